/* Packets and their checksums: see packet.h. */

#include "packet.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "seal.h"

enum {
	ICMP = 1,
	TCP = 6,
	UDP = 17,
};

void *
fuzz_mbuf_init(struct rte_mbuf *m, const void *bytes, size_t len, uint16_t headroom)
{
	uint8_t *block = malloc(headroom + len);

	FUZZ_HOLDS(block != NULL || headroom + len == 0);
	if (len != 0)
		memcpy(block + headroom, bytes, len);
	memset(m, 0, sizeof(*m));
	m->buf_addr = block;
	m->buf_len = (uint16_t)(headroom + len);
	m->data_off = headroom;
	m->data_len = (uint16_t)len;
	m->pkt_len = (uint32_t)len;
	m->nb_segs = 1;
	rte_mbuf_refcnt_set(m, 1);
	return block;
}

/* Whether the packet's own lengths lie within len. */
static bool
has_lengths(const uint8_t *packet, size_t len)
{
	return len >= 20 && packet[0] >> 4 == 4 && seal_header(packet) >= 20 &&
	       seal_header(packet) <= seal_total(packet) && seal_total(packet) <= len;
}

bool
fuzz_ip_sum_is_right(const uint8_t *packet)
{
	return seal_sum(seal_add(0, packet, seal_header(packet))) == 0;
}

bool
fuzz_ip_is_sound(const uint8_t *packet, size_t len)
{
	return has_lengths(packet, len) && fuzz_ip_sum_is_right(packet);
}

bool
fuzz_l4_sum_is_right(const uint8_t *packet)
{
	size_t header = seal_header(packet), len = seal_total(packet) - header;
	uint32_t sum = 0;

	if (packet[9] != ICMP)
		sum = seal_add(packet[9] + (uint32_t)len, packet + 12, 8);
	return seal_sum(seal_add(sum, packet + header, len)) == 0;
}

bool
fuzz_has_l4_sum(const uint8_t *packet, size_t len)
{
	const uint8_t *l4 = packet + seal_header(packet);
	size_t l4_len = seal_total(packet) - seal_header(packet);

	if (!has_lengths(packet, len) || (packet[6] & 0x3f) != 0 || packet[7] != 0)
		return false;
	if (packet[9] == TCP)
		return l4_len >= 20;
	return packet[9] == UDP && l4_len >= 8 && (l4[6] | l4[7]) != 0;
}

void
fuzz_seal(uint8_t *packet, size_t len)
{
	size_t l4_len;

	if (len < 20 || seal_header(packet) < 20 || seal_header(packet) > len)
		return;
	seal_ip(packet);
	if (!has_lengths(packet, len))
		return;
	l4_len = seal_total(packet) - seal_header(packet);
	if (packet[9] == ICMP && l4_len >= 4)
		seal_icmp(packet);
	else if (fuzz_has_l4_sum(packet, len))
		seal_l4(packet, packet[9] == TCP ? 16 : 6);
}
