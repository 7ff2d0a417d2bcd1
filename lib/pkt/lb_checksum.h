#pragma once
/**
 * @file
 * Internet checksums mended after a change, by equation 3 of RFC 1624: what the change does not
 * touch is never read, and a checksum that was wrong stays wrong. Pure functions; any thread.
 *
 * Checksums and words are as they stand in the packet: the sum is the same in either byte order
 * (RFC 1071 section 2). A word begins at an even offset from where the sum begins.
 */

#include <stdint.h>

#include <rte_byteorder.h>

/** The 16 bits that stand for a sum of 16-bit words: carries come back in at the end. */
static inline uint16_t
lb_checksum_fold(uint32_t sum)
{
	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)(sum + (sum >> 16));
}

/** What checksum becomes when the word from becomes to. */
static inline rte_be16_t
lb_checksum_replace16(rte_be16_t checksum, rte_be16_t from, rte_be16_t to)
{
	uint32_t sum = (uint16_t)~checksum + (uint32_t)(uint16_t)~from + to;

	return (uint16_t)~lb_checksum_fold(sum);
}

/** The same for two words in a row, as an address. */
static inline rte_be16_t
lb_checksum_replace32(rte_be16_t checksum, rte_be32_t from, rte_be32_t to)
{
	uint32_t sum = (uint16_t)~checksum + (uint32_t)(uint16_t)~from + (~from >> 16) +
		       (uint16_t)to + (to >> 16);

	return (uint16_t)~lb_checksum_fold(sum);
}

/** Address and port of one end of a packet, as they were and as they become. */
struct lb_checksum_end {
	rte_be32_t from;
	rte_be32_t to;
	rte_be16_t from_port;
	rte_be16_t to_port;
};

/** What a TCP checksum becomes. */
static inline rte_be16_t
lb_checksum_replace_tcp(rte_be16_t checksum, const struct lb_checksum_end *end)
{
	checksum = lb_checksum_replace32(checksum, end->from, end->to);
	return lb_checksum_replace16(checksum, end->from_port, end->to_port);
}

/** The same for UDP: 0 says that there is none and stays, what comes out as 0 is 0xffff (RFC 768).
 */
static inline rte_be16_t
lb_checksum_replace_udp(rte_be16_t checksum, const struct lb_checksum_end *end)
{
	if (checksum == 0)
		return 0;
	checksum = lb_checksum_replace_tcp(checksum, end);
	return checksum == 0 ? UINT16_MAX : checksum;
}
