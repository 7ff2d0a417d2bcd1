#pragma once
/**
 * @file
 * All checksums of an IPv4 packet computed as RFC 791, 792, 793 and 768 describe them, byte by byte
 * over the whole packet: the model that incremental updates are held against.
 */

#include <stddef.h>
#include <stdint.h>

/** Add bytes, as 16-bit words in network order; an odd one is padded with zero. */
static inline uint32_t
seal_add(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
	return sum;
}

/** The checksum of a sum, host order. */
static inline uint16_t
seal_sum(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static inline void
seal_put(uint8_t *at, uint16_t checksum)
{
	at[0] = (uint8_t)(checksum >> 8);
	at[1] = (uint8_t)checksum;
}

static inline size_t
seal_header(const uint8_t *packet)
{
	return (size_t)(packet[0] & 15) * 4;
}

static inline size_t
seal_total(const uint8_t *packet)
{
	return (size_t)packet[2] << 8 | packet[3];
}

/** The IP header's checksum. */
static inline void
seal_ip(uint8_t *packet)
{
	seal_put(packet + 10, 0);
	seal_put(packet + 10, seal_sum(seal_add(0, packet, seal_header(packet))));
}

/** The checksum of TCP or UDP, where at is, with the pseudo header. */
static inline void
seal_l4(uint8_t *packet, size_t at)
{
	size_t header = seal_header(packet), len = seal_total(packet) - header;
	uint32_t sum = packet[9] + (uint32_t)len;
	uint16_t checksum;

	seal_put(packet + header + at, 0);
	sum = seal_add(sum, packet + 12, 8);
	checksum = seal_sum(seal_add(sum, packet + header, len));
	if (packet[9] == 17 && checksum == 0)
		checksum = 0xffff;
	seal_put(packet + header + at, checksum);
}

/** The checksum of an ICMP message. */
static inline void
seal_icmp(uint8_t *packet)
{
	size_t header = seal_header(packet);

	seal_put(packet + header + 2, 0);
	seal_put(packet + header + 2,
		seal_sum(seal_add(0, packet + header, seal_total(packet) - header)));
}

/** All of a whole packet. */
static inline void
seal(uint8_t *packet)
{
	seal_ip(packet);
	if (packet[9] == 1)
		seal_icmp(packet);
	else
		seal_l4(packet, packet[9] == 6 ? 16 : 6);
}

/** Numbers that look random, the same in each run (xorshift of Marsaglia). */
static inline uint32_t
seal_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}
