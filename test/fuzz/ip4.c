/*
 * An IPv4 packet of anybody's choice: checked, aged, read as a flow, translated, tunnelled and
 * complained about.
 *
 * Input: a byte of flags, then the packet.
 */

#include "lb_ip4.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "fuzz.h"
#include "lb_fwd.h"
#include "lb_icmp4.h"
#include "packet.h"

#define SEALED 1         /* Make the checksums right first. */
#define ROOM_SHIFT 1     /* Two bits: which headroom. */
#define REPLY (1 << 3)   /* Read as a packet to somebody else. */
#define MTU_BIT (1 << 4) /* The error tells an MTU. */

static const uint16_t rooms[] = { 128, 0, 27, 28 };

static const struct lb_fwd_target target = {
	.client = RTE_BE32(0xc0000207),
	.vip = RTE_BE32(0x0a010064),
	.server = RTE_BE32(0x0a020015),
	.local = RTE_BE32(0x0a02000b),
	.client_port = RTE_BE16(40000),
	.vip_port = RTE_BE16(80),
	.server_port = RTE_BE16(8080),
};

/* A packet that the target may change. */
struct packet {
	struct rte_mbuf m;
	void *block;
};

static uint8_t *
bytes_of(struct packet *packet)
{
	return rte_pktmbuf_mtod(&packet->m, uint8_t *);
}

static void
copy_begin(struct packet *copy, struct packet *of, uint16_t headroom)
{
	copy->block = fuzz_mbuf_init(&copy->m, bytes_of(of), of->m.data_len, headroom);
	*lb_node_meta(&copy->m) = *lb_node_meta(&of->m);
}

static void
copy_end(struct packet *copy)
{
	free(copy->block);
}

static const struct lb_fwd_ops *
method(const char *name)
{
	int at = lb_fwd_find(lb_fwd_table, name);

	FUZZ_HOLDS(at >= 0);
	return lb_fwd_table[at];
}

/* What RFC 1122 section 3.2.1.3 lets nobody send from, and nothing else. */
static bool
is_host(const uint8_t *address)
{
	static const uint8_t all[] = { 255, 255, 255, 255 };

	return address[0] != 0 && address[0] != 127 && address[0] >> 4 != 14 &&
	       memcmp(address, all, sizeof(all)) != 0;
}

/* The packet is taken when it is sound, and only then. */
static bool
check(struct packet *packet)
{
	const uint8_t *bytes = bytes_of(packet);
	uint16_t len = packet->m.data_len;
	bool taken = lb_ip4_check(bytes, len) == LB_IP4_OK;

	FUZZ_HOLDS(taken == (fuzz_ip_is_sound(bytes, len) && is_host(bytes + 12)));
	return taken;
}

static void
age(struct packet *packet)
{
	struct packet copy;

	if (lb_node_ip4(&packet->m)->time_to_live == 0)
		return;
	copy_begin(&copy, packet, 0);
	lb_ip4_lower_ttl(lb_node_ip4(&copy.m));
	FUZZ_HOLDS(fuzz_ip_is_sound(bytes_of(&copy), copy.m.data_len));
	FUZZ_HOLDS(bytes_of(&copy)[8] == bytes_of(packet)[8] - 1);
	copy_end(&copy);
}

/* The error is sound, and quotes the packet from its start. */
static void
complain(struct packet *packet, uint8_t flags)
{
	const struct lb_icmp4_error error = {
		.type = LB_ICMP4_UNREACHABLE,
		.code = flags & MTU_BIT ? LB_ICMP4_FRAG_NEEDED : LB_ICMP4_HOST,
		.mtu = flags & MTU_BIT ? 1400 : 0,
		.source = target.local,
	};
	uint16_t room = rooms[flags >> ROOM_SHIFT & 3];
	struct packet copy;
	const uint8_t *bytes;

	if (!lb_icmp4_may_answer(&packet->m))
		return;
	copy_begin(&copy, packet, room);
	FUZZ_HOLDS((lb_icmp4_make_error(&copy.m, &error) == 0) == (room >= 28));
	bytes = bytes_of(&copy);
	if (room >= 28) {
		FUZZ_HOLDS(copy.m.data_len <= 576 && copy.m.data_len == copy.m.pkt_len);
		FUZZ_HOLDS(fuzz_ip_is_sound(bytes, copy.m.data_len));
		FUZZ_HOLDS(fuzz_l4_sum_is_right(bytes));
		FUZZ_HOLDS(memcmp(bytes + 16, bytes_of(packet) + 12, 4) == 0);
		FUZZ_HOLDS(memcmp(bytes + 28, bytes_of(packet), copy.m.data_len - 28u) == 0);
		FUZZ_HOLDS(!lb_icmp4_may_answer(&copy.m));
	} else {
		FUZZ_HOLDS(copy.m.data_len == packet->m.data_len);
		FUZZ_HOLDS(memcmp(bytes, bytes_of(packet), copy.m.data_len) == 0);
	}
	copy_end(&copy);
}

/* Beyond addresses, ports and checksums, both packets have the same bytes. */
static bool
is_same_flow_aside(const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t header = (size_t)(a[0] & 15) * 4;
	size_t sum = header + (a[9] == IPPROTO_TCP ? 16 : 6);

	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i] && i / 2 != 5 && i / 2 != sum / 2 && (i < 12 || i >= 20) &&
			(i < header || i >= header + 4))
			return false;
	return true;
}

/* Translated there, the packet has the server's end, and is as right as it was. */
static void
translate(struct packet *packet, enum lb_fwd_direction direction)
{
	const struct lb_fwd_ops *nat = method("nat");
	const struct lb_fwd_target *to = &target;
	bool reply = direction == LB_FWD_REPLY, right;
	rte_be32_t end = reply ? target.vip : target.server;
	rte_be16_t port = reply ? target.vip_port : target.server_port;
	struct packet copy;
	struct rte_mbuf *m = &copy.m;
	size_t header, at = reply ? 12 : 16;

	copy_begin(&copy, packet, 0);
	header = (size_t)(bytes_of(&copy)[0] & 15) * 4;
	right = fuzz_l4_sum_is_right(bytes_of(&copy));
	(reply ? nat->restore : nat->rewrite)(&m, &to, 1);
	FUZZ_HOLDS(fuzz_ip_is_sound(bytes_of(&copy), m->data_len));
	FUZZ_HOLDS(memcmp(bytes_of(&copy) + at, &end, sizeof(end)) == 0);
	FUZZ_HOLDS(memcmp(bytes_of(&copy) + header + (reply ? 0 : 2), &port, sizeof(port)) == 0);
	FUZZ_HOLDS(is_same_flow_aside(bytes_of(packet), bytes_of(&copy), m->data_len));
	if (fuzz_has_l4_sum(bytes_of(packet), m->data_len))
		FUZZ_HOLDS(fuzz_l4_sum_is_right(bytes_of(&copy)) == right);
	else if (copy.m.data_len >= header + 8 && bytes_of(packet)[9] == IPPROTO_UDP)
		FUZZ_HOLDS(memcmp(bytes_of(&copy) + header + 6, "\0\0", 2) == 0);
	copy_end(&copy);
}

/* The outer header is right and the packet inside as it was. */
static void
tunnel(struct packet *packet)
{
	const struct lb_fwd_target *to = &target;
	struct packet copy;
	struct rte_mbuf *m = &copy.m;
	const uint8_t *outer;

	copy_begin(&copy, packet, 20);
	method("tun")->rewrite(&m, &to, 1);
	outer = bytes_of(&copy);
	FUZZ_HOLDS(m->data_len == packet->m.data_len + 20);
	FUZZ_HOLDS(fuzz_ip_is_sound(outer, m->data_len));
	FUZZ_HOLDS(memcmp(outer + 16, &target.server, sizeof(target.server)) == 0);
	FUZZ_HOLDS(memcmp(outer + 20, bytes_of(packet), packet->m.data_len) == 0);
	copy_end(&copy);
}

static void
read_flow(struct packet *packet, uint8_t flags)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(&packet->m);
	enum lb_conn_event event;
	struct lb_conn_key key;

	if (lb_ip4_is_fragment(ip) ||
		(ip->next_proto_id != IPPROTO_TCP && ip->next_proto_id != IPPROTO_UDP))
		return;
	lb_node_meta(&packet->m)->kind = flags & REPLY ? LB_VIP_NONE : LB_VIP_VIP;
	if (!flow_is_whole(&packet->m))
		return;
	key = flow_key(&packet->m);
	event = flow_event(&packet->m);
	FUZZ_HOLDS(event < LB_CONN_EVENTS);
	FUZZ_HOLDS(flow_owner(key.client, key.client_port, 3) < 3);
	if (ip->next_proto_id == IPPROTO_TCP)
		FUZZ_HOLDS(!flow_opens(&packet->m) || event == LB_CONN_EVENT_SYN);
	translate(packet, (enum lb_fwd_direction)key.direction);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint8_t flags = fuzz_take_byte(&input);
	struct packet packet;

	packet.block = fuzz_mbuf_init(&packet.m, input.at, RTE_MIN(input.left, 4096u), 0);
	if (flags & SEALED)
		fuzz_seal(bytes_of(&packet), packet.m.data_len);
	if (check(&packet)) {
		packet.m.pkt_len = packet.m.data_len =
			rte_be_to_cpu_16(lb_node_ip4(&packet.m)->total_length);
		age(&packet);
		complain(&packet, flags);
		tunnel(&packet);
		read_flow(&packet, flags);
	}
	free(packet.block);
	return 0;
}
