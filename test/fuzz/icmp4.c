/*
 * An ICMP message of anybody's choice: answered, or read for what it quotes, and translated both
 * ways with it.
 *
 * Input: a byte of flags, then the IPv4 packet.
 */

#include "lb_icmp4.h"

#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>

#include "fuzz.h"
#include "lb_icmp4_quote.h"
#include "lb_ip4.h"
#include "packet.h"

#define SEALED 1       /* Make the checksums of the packet right first, */
#define QUOTE_SEALED 2 /* before it those of what it quotes. */
#define TO_CLIENT 4    /* Translate the quote as one of a request, not of an answer. */

#define SERVER RTE_BE32(0x0a020015)
#define SERVER_PORT RTE_BE16(8080)

#define IP_SUM 10

/* Make the checksums of the quoted packet right, if it can be one. */
static void
seal_quote(uint8_t *packet, size_t len)
{
	size_t at = len == 0 ? 0 : (size_t)(packet[0] & 15) * 4 + 8;

	if (at < len)
		fuzz_seal(packet + at, len - at);
}

static uint8_t *
bytes_of(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, uint8_t *);
}

static void
answer_echo(struct rte_mbuf *m, const uint8_t *before)
{
	size_t header = (size_t)(before[0] & 15) * 4;

	lb_icmp4_echo_reply(m);
	FUZZ_HOLDS(fuzz_ip_is_sound(bytes_of(m), m->data_len));
	FUZZ_HOLDS(fuzz_l4_sum_is_right(bytes_of(m)));
	FUZZ_HOLDS(bytes_of(m)[header] == 0);
	FUZZ_HOLDS(memcmp(bytes_of(m) + 12, before + 16, 4) == 0);
	FUZZ_HOLDS(memcmp(bytes_of(m) + 16, before + 12, 4) == 0);
	FUZZ_HOLDS(memcmp(bytes_of(m) + header + 4, before + header + 4,
			   m->data_len - header - 4) == 0);
}

/* What a quote says lies within the packet. */
static void
check_quote(const struct rte_mbuf *m, const struct lb_icmp4_quote *quote)
{
	FUZZ_HOLDS(quote->header >= 20 && quote->header <= 60);
	FUZZ_HOLDS(quote->quoted >= quote->header + 8);
	FUZZ_HOLDS(quote->offset + quote->quoted <= m->data_len);
	FUZZ_HOLDS(quote->has_ports || (quote->src_port | quote->dst_port) == 0);
}

/* Where the end stands that a translation changes, in the packet and in the quote. */
struct place {
	size_t outer;
	size_t address;
	size_t port;
};

static struct place
place_of(const struct lb_icmp4_quote *quote, bool to_client)
{
	return (struct place){
		.outer = to_client ? 12 : 16,
		.address = quote->offset + (to_client ? 16u : 12u),
		.port = (size_t)quote->offset + quote->header + (to_client ? 2 : 0),
	};
}

static bool
is_in(size_t i, size_t at, size_t n)
{
	return i >= at && i < at + n;
}

/* Beyond the translated end and checksums, both packets have the same bytes. */
static bool
is_same_aside(const uint8_t *a, const uint8_t *b, size_t len, const struct lb_icmp4_quote *quote,
	bool to_client)
{
	struct place place = place_of(quote, to_client);
	size_t l4_sum =
		(size_t)quote->offset + quote->header + (quote->protocol == IPPROTO_TCP ? 16 : 6);

	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i] && !is_in(i, IP_SUM, 2) && !is_in(i, place.outer, 4) &&
			!is_in(i, quote->offset - 6u, 2) && !is_in(i, quote->offset + IP_SUM, 2) &&
			!is_in(i, place.address, 4) && !is_in(i, place.port, 2) &&
			!is_in(i, l4_sum, 2))
			return false;
	return true;
}

/* Translated, the error is right, and what it quotes is as right as it was. */
static void
translate(struct rte_mbuf *m, const uint8_t *before, const struct lb_icmp4_quote *quote,
	bool to_client)
{
	struct place place = place_of(quote, to_client);
	const rte_be32_t address = SERVER;
	const rte_be16_t port = SERVER_PORT;
	const uint8_t *was = before + quote->offset, *is = bytes_of(m) + quote->offset;
	bool whole = fuzz_has_l4_sum(was, quote->quoted);

	if (to_client)
		lb_icmp4_quote_to_client(m, quote, address, port);
	else
		lb_icmp4_quote_to_server(m, quote, address, port);
	FUZZ_HOLDS(fuzz_ip_is_sound(bytes_of(m), m->data_len));
	FUZZ_HOLDS(fuzz_l4_sum_is_right(bytes_of(m)));
	FUZZ_HOLDS(memcmp(bytes_of(m) + place.outer, &address, sizeof(address)) == 0);
	FUZZ_HOLDS(memcmp(bytes_of(m) + place.address, &address, sizeof(address)) == 0);
	FUZZ_HOLDS(memcmp(bytes_of(m) + place.port, &port, sizeof(port)) == 0);
	FUZZ_HOLDS(is_same_aside(before, bytes_of(m), m->data_len, quote, to_client));
	FUZZ_HOLDS(fuzz_ip_sum_is_right(was) == fuzz_ip_sum_is_right(is));
	if (whole)
		FUZZ_HOLDS(fuzz_l4_sum_is_right(was) == fuzz_l4_sum_is_right(is));
}

/* The translated error is read as one about the translated packet. */
static void
read_again(const struct rte_mbuf *m, const struct lb_icmp4_quote *quote, bool to_client)
{
	struct lb_icmp4_quote again;

	FUZZ_HOLDS(lb_icmp4_quote_read(m, &again) == LB_ICMP4_QUOTE_OK);
	FUZZ_HOLDS(again.quoted == quote->quoted && again.mtu == quote->mtu);
	FUZZ_HOLDS((to_client ? again.dst : again.src) == SERVER);
	FUZZ_HOLDS((to_client ? again.dst_port : again.src_port) == SERVER_PORT);
	FUZZ_HOLDS((to_client ? again.src : again.dst) == (to_client ? quote->src : quote->dst));
}

static void
take_error(struct rte_mbuf *m, const uint8_t *before, bool to_client)
{
	struct lb_icmp4_quote quote, inside;

	if (lb_icmp4_quote_read(m, &quote) != LB_ICMP4_QUOTE_OK)
		return;
	check_quote(m, &quote);
	if (lb_icmp4_quote_is_tunnel(&quote) &&
		lb_icmp4_quote_read_tunnel(m, &quote, &inside) == LB_ICMP4_QUOTE_OK) {
		check_quote(m, &inside);
		FUZZ_HOLDS(inside.offset + inside.quoted <= quote.offset + quote.quoted);
	}
	if (!quote.has_ports)
		return;
	translate(m, before, &quote, to_client);
	read_again(m, &quote, to_client);
}

/* The kind, by what RFC 792 says of each byte. */
static enum lb_icmp4_kind
kind_of(const uint8_t *packet)
{
	size_t header = (size_t)(packet[0] & 15) * 4, total = (size_t)packet[2] << 8 | packet[3];

	if (total < header + 8)
		return LB_ICMP4_IS_TRUNCATED;
	if (!fuzz_l4_sum_is_right(packet))
		return LB_ICMP4_IS_CORRUPT;
	if (memchr("\3\4\5\13\14", packet[header], 5) != NULL)
		return LB_ICMP4_IS_ERROR;
	return packet[header] == 8 && packet[header + 1] == 0 ? LB_ICMP4_IS_ECHO
							      : LB_ICMP4_IS_OTHER;
}

static void
take_message(struct rte_mbuf *m, uint8_t flags)
{
	enum lb_icmp4_kind kind = lb_icmp4_kind(m);
	uint8_t *before = malloc(m->data_len);

	FUZZ_HOLDS(before != NULL);
	memcpy(before, bytes_of(m), m->data_len);
	FUZZ_HOLDS(kind == kind_of(before));
	if (kind == LB_ICMP4_IS_ECHO)
		answer_echo(m, before);
	else if (kind == LB_ICMP4_IS_ERROR)
		take_error(m, before, (flags & TO_CLIENT) != 0);
	free(before);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint8_t flags = fuzz_take_byte(&input);
	struct rte_mbuf m;
	void *block = fuzz_mbuf_init(&m, input.at, RTE_MIN(input.left, 4096u), 0);

	if (flags & QUOTE_SEALED)
		seal_quote(bytes_of(&m), m.data_len);
	if (flags & SEALED)
		fuzz_seal(bytes_of(&m), m.data_len);
	if (lb_ip4_check(bytes_of(&m), m.data_len) == LB_IP4_OK && bytes_of(&m)[9] == 1) {
		m.pkt_len = m.data_len = (uint16_t)(bytes_of(&m)[2] << 8 | bytes_of(&m)[3]);
		take_message(&m, flags);
	}
	free(block);
	return 0;
}
