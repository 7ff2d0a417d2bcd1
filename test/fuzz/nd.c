/*
 * IPv6 packets of anybody's choice: their headers are walked, Neighbor Discovery is taken only with
 * what RFC 4861 section 7.1 asks for, and then written back and read again; MLD queries are read;
 * echo requests are answered. The first byte of the input says whether the checksum of ICMPv6 is
 * made right first, lest nothing but checksums be tried.
 */

#include "lb_nd.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lb_icmp6.h"
#include "lb_ip6.h"
#include "lb_mld.h"
#include "packet.h"
#include "seal.h"

#define HEADER 40

static size_t
payload(const uint8_t *packet)
{
	return (size_t)packet[4] << 8 | packet[5];
}

static uint16_t
sum_of(const uint8_t *packet, size_t at)
{
	size_t len = HEADER + payload(packet) - at;
	uint32_t sum = seal_add(58 + (uint32_t)len, packet + 8, 32);

	return seal_sum(seal_add(sum, packet + at, len));
}

/* Where ICMPv6 begins, if all of it is there: behind the header, or behind eight bytes of options.
 */
static size_t
icmp_at(const uint8_t *packet, size_t len)
{
	if (len < HEADER + 4 || payload(packet) > len - HEADER || payload(packet) < 4)
		return 0;
	if (packet[6] == 58)
		return HEADER;
	return packet[6] == 0 && payload(packet) >= 12 && packet[HEADER] == 58 &&
			       packet[HEADER + 1] == 0
		       ? HEADER + 8
		       : 0;
}

static void
seal_icmp6(uint8_t *packet, size_t len)
{
	size_t at = icmp_at(packet, len);

	if (at == 0)
		return;
	seal_put(packet + at + 2, 0);
	seal_put(packet + at + 2, sum_of(packet, at));
}

/* What must hold of a message that was taken, by its bytes. */
static void
judge(const struct lb_nd *nd, const uint8_t *packet, size_t len)
{
	const uint8_t *icmp = packet + HEADER;

	FUZZ_HOLDS(len >= HEADER + 24 && payload(packet) >= 24 && payload(packet) <= len - HEADER);
	FUZZ_HOLDS(packet[0] >> 4 == 6 && packet[6] == 58 && packet[7] == 255);
	FUZZ_HOLDS((icmp[0] == 135 || icmp[0] == 136) && icmp[1] == 0);
	FUZZ_HOLDS(sum_of(packet, HEADER) == 0);
	FUZZ_HOLDS(icmp[8] != 0xff && packet[8] != 0xff);
	FUZZ_HOLDS(nd->type == icmp[0] && memcmp(nd->target.bytes, icmp + 8, 16) == 0);
	FUZZ_HOLDS(memcmp(nd->src.bytes, packet + 8, 16) == 0);
	FUZZ_HOLDS(!nd->has_mac || (nd->mac.addr_bytes[0] & 1) == 0);
	if (icmp[0] == 136)
		FUZZ_HOLDS((icmp[4] & 0x40) == 0 || packet[24] != 0xff);
}

static void
write_back(const struct lb_nd *nd)
{
	static const struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, 1 } };
	uint8_t *frame = malloc(LB_ND_FRAME);
	struct lb_nd read, told = *nd;
	bool trial = lb_ip6_is_none(nd->src.bytes) && nd->type == LB_ND_SOLICIT;

	FUZZ_HOLDS(frame != NULL);
	if (!told.has_mac)
		told.mac = mac;
	lb_nd_frame(frame, &mac, &mac, &told);
	FUZZ_HOLDS((lb_nd_parse(frame + 14, LB_ND_FRAME - 14, &read) == 0) == !trial);
	if (!trial) {
		FUZZ_HOLDS(read.type == nd->type && read.router == nd->router);
		FUZZ_HOLDS(read.solicited == nd->solicited && read.override == nd->override);
		FUZZ_HOLDS(rte_is_same_ether_addr(&read.mac, &told.mac));
		FUZZ_HOLDS(lb_addr_equal(&read.target, &nd->target));
		FUZZ_HOLDS(lb_addr_equal(&read.dst, &nd->dst));
	}
	free(frame);
}

static void
answer_echo(const uint8_t *packet, size_t len)
{
	struct lb_ip6_upper upper;
	struct rte_mbuf m;
	void *block;

	if (len > UINT16_MAX || lb_ip6_check(packet, (uint16_t)len) != LB_IP6_OK)
		return;
	block = fuzz_mbuf_init(&m, packet, len, 0);
	if (lb_ip6_find_upper(rte_pktmbuf_mtod(&m, void *), &upper)) {
		FUZZ_HOLDS((size_t)upper.offset + upper.len == HEADER + payload(packet));
		if (upper.protocol == 58 && lb_icmp6_kind(&m, &upper) == LB_ICMP6_IS_ECHO) {
			lb_icmp6_echo_reply(&m);
			FUZZ_HOLDS(sum_of(rte_pktmbuf_mtod(&m, uint8_t *), HEADER) == 0);
		}
	}
	free(block);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lb_mld_query query;
	struct lb_nd nd;
	uint8_t *packet;
	size_t len;

	if (size == 0)
		return 0;
	len = size - 1;
	packet = calloc(1, len);
	FUZZ_HOLDS(packet != NULL || len == 0);
	if (len != 0)
		memcpy(packet, data + 1, len);
	if (data[0] & 1)
		seal_icmp6(packet, len);
	if (lb_nd_parse(packet, len, &nd) == 0) {
		judge(&nd, packet, len);
		write_back(&nd);
	}
	if (lb_mld_parse(packet, len, &query) == 0) {
		FUZZ_HOLDS(packet[7] == 1 && packet[6] == 0);
		FUZZ_HOLDS(query.delay_ms <= UINT32_C(0x1fff) << 10);
	}
	answer_echo(packet, len);
	free(packet);
	return 0;
}
