/*
 * Each reason to drop is made to happen, on a director of its own with three workers: its node
 * counts exactly the packets meant for it, and no other drop node counts any.
 */

#include "harness.h"

#include <string.h>

#include "director.h"
#include "drops6.h"
#include "kernel.h"
#include "lb_clock.h"
#include "lb_conf.h"
#include "unit.h"

/* Entries of the rings to control, and between two workers. */
#define CONTROL_RING 511
#define STEER_RING 1023

/* Those whose packets the kernel gets. */
#define CHECK_RING 255
#define ICMP_RING 127
#define HOST_RING 255

static struct frame
syn(uint32_t i, uint16_t port)
{
	struct frame_flow flow = frame_flow(i, port);

	return frame_tcp(&flow, TCP_SYN, 0);
}

static struct frame
datagram(uint32_t i, size_t payload)
{
	struct frame_flow flow = frame_flow(i, 53);

	return frame_udp(&flow, payload);
}

/* A good packet with one 16-bit field of its IPv4 header changed, and the checksum right again. */
static void
send_changed(size_t at, uint16_t value)
{
	struct frame frame = syn(0, 80);

	frame_put16(&frame, at, value);
	frame_seal(&frame);
	graph_send(WAN, &frame);
}

static void
eth_not_ours(void)
{
	struct frame frame = syn(0, 80);

	frame_put_mac(&frame, 0, NEAR_MAC);
	graph_send(WAN, &frame);
}

static void
eth_truncated(void)
{
	struct frame frame = syn(0, 80);

	frame.len = 13;
	graph_send(WAN, &frame);
}

static void
eth_type(void)
{
	struct frame frame = syn(0, 80);

	frame_put16(&frame, FRAME_TYPE, 0x88cc);
	graph_send(WAN, &frame);
}

/* IPv4 to the VIP in frames to all. */
static void
eth_group(void)
{
	struct frame frame = syn(0, 80);

	frame_put_mac(&frame, 0, UINT64_C(0xffffffffffff));
	graph_send(WAN, &frame);
	graph_send(WAN, &frame);
}

static void
arp_malformed(void)
{
	struct frame frame = frame_arp(3, WAN_MAC, NEAR_MAC, NEAR_IP, 0, VIP);

	graph_send(WAN, &frame);
}

static void
arp_not_ours(void)
{
	struct frame frame =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, NEAR_MAC, NEAR_IP, 0, NEAR_IP + 1);

	graph_send(WAN, &frame);
}

/* Control does not run, and its ring takes no more. */
static void
fill_control_ring(uint32_t sender_ip, uint32_t target_ip)
{
	struct frame frame =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, NEAR_MAC, sender_ip, 0, target_ip);

	for (int i = 0; i < CONTROL_RING + 2; i++) {
		graph_put(WAN, 0, &frame);
		graph_walk(0);
	}
}

static void
punt_arp_vip(void)
{
	fill_control_ring(NEAR_IP, VIP);
}

static void
punt_neigh(void)
{
	fill_control_ring(NEAR_IP, NEAR_IP);
}

/* Adverts of another router come to the group that an instance has joined, and control does not
 * run.
 */
static void
punt_vrrp(void)
{
	struct frame frame = frame_icmp(NEAR_IP, IP(224, 0, 0, 18), 0, 12);

	frame_put_mac(&frame, 0, UINT64_C(0x01005e000012));
	frame_put16(&frame, FRAME_IP_TTL, 255 << 8 | 112);
	frame_seal(&frame);
	for (int i = 0; i < CONTROL_RING + 2; i++) {
		graph_put(WAN, 0, &frame);
		graph_walk(0);
	}
}

/* The kernel has a part in the ports; control does not run, and the ring takes no more. */
static void
fill_kernel_ring(enum graph_port port, const struct frame *frame, int entries)
{
	for (int i = 0; i < entries + 2; i++) {
		graph_put(port, 0, frame);
		graph_walk(port); /* which polls the first queue of the port of its number */
	}
}

static void
punt_check(void)
{
	struct frame frame = frame_icmp(SERVER_IP(0), LAN_IP, ICMP_ECHO_REPLY, 0);

	frame = frame_from_server(&frame, 0);
	fill_kernel_ring(LAN, &frame, CHECK_RING);
}

static void
punt_icmp(void)
{
	struct frame frame = frame_icmp(NEAR_IP, WAN_IP, ICMP_ECHO, 0);

	fill_kernel_ring(WAN, &frame, ICMP_RING);
}

static void
punt_host(void)
{
	struct frame frame = frame_icmp(NEAR_IP, WAN_IP, ICMP_ECHO, 0);

	frame.bytes[FRAME_IP_PROTOCOL] = 47;
	frame_seal(&frame);
	fill_kernel_ring(WAN, &frame, HOST_RING);
}

/* An address that is served, but is no host that answers. */
static void
vip_accept(void)
{
	struct frame frame = frame_icmp(NEAR_IP, IP(10, 1, 0, 210), ICMP_ECHO, 0);

	graph_pause(200);
	graph_send(WAN, &frame);
}

static void
ip4_truncated(void)
{
	send_changed(FRAME_IP_LENGTH, 1000);
}

static void
ip4_version(void)
{
	send_changed(FRAME_IP, 0x5500);
}

static void
ip4_header(void)
{
	send_changed(FRAME_IP, 0x4400);
}

static void
ip4_checksum(void)
{
	struct frame frame = syn(0, 80);

	frame.bytes[FRAME_IP_CHECKSUM] ^= 1;
	graph_send(WAN, &frame);
}

static void
ip4_source(void)
{
	send_changed(FRAME_IP_SOURCE, 0x7f00);
}

static void
ip4_fragment(void)
{
	send_changed(FRAME_IP_FRAGMENT, 0x2000);
}

static void
ip4_protocol(void)
{
	send_changed(FRAME_IP_TTL, 64 << 8 | 47);
}

static void
ip4_not_ours(void)
{
	send_changed(FRAME_IP_SOURCE + 6, 201);
}

static void
vip_backup(void)
{
	struct frame frame = syn(0, 80);

	lb_vip_set_active(LB_VIP_STATIC, false, 0);
	graph_send(WAN, &frame);
	lb_vip_set_active(LB_VIP_STATIC, true, UINT64_MAX);
}

static void
host_none(void)
{
	send_changed(FRAME_IP_SOURCE + 6, 11);
}

static void
icmp4_truncated(void)
{
	struct frame frame = frame_icmp(NEAR_IP, VIP, ICMP_ECHO, 0);

	frame_put16(&frame, FRAME_IP_LENGTH, 27);
	frame_seal(&frame);
	graph_send(WAN, &frame);
}

static void
icmp4_checksum(void)
{
	struct frame frame = frame_icmp(NEAR_IP, VIP, ICMP_ECHO, 0);

	frame.bytes[FRAME_L4 + 7] ^= 1;
	graph_send(WAN, &frame);
}

/* What it quotes is no IPv4 packet; and it quotes an answer of the VIP, but less of it than ports.
 */
static void
icmp4_quote(void)
{
	struct frame_flow flow = { VIP, NEAR_IP, 80, 40000 };
	struct frame frame = frame_icmp(NEAR_IP, VIP, ICMP_UNREACHABLE, 28);
	struct frame about = frame_tcp(&flow, TCP_ACK, 0);

	graph_send(WAN, &frame);
	frame = frame_error(NEAR_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, 27);
	graph_send(WAN, &frame);
}

/* An answer of the VIP that it never sent. */
static void
icmp4_unknown(void)
{
	struct frame_flow flow = { VIP, NEAR_IP, 80, 40000 };
	struct frame about = frame_tcp(&flow, TCP_ACK, 0);
	struct frame frame = frame_error(NEAR_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, 28);

	graph_send(WAN, &frame);
}

static void
icmp4_type(void)
{
	struct frame frame = frame_icmp(NEAR_IP, VIP, ICMP_ECHO_REPLY, 0);

	graph_send(WAN, &frame);
}

/* What follows is all in the same second of the packet path's clock. */
static void
await_second(void)
{
	uint32_t second = lb_clock_tick(rte_rdtsc()) / LB_TICKS_PER_SECOND;

	while (lb_clock_tick(rte_rdtsc()) / LB_TICKS_PER_SECOND == second)
		rte_pause();
}

static void
icmp4_limit(void)
{
	struct frame frame = datagram(0, LAN_MTU);

	frame_put16(&frame, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&frame);
	await_second();
	for (int i = 0; i < 12; i++)
		graph_put(WAN, 0, &frame);
	graph_settle();
}

/* An error has no room in front of the packet that caused it. */
static void
icmp4_silent(void)
{
	struct frame frame = datagram(0, 0);

	frame.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&frame);
	graph_put_bare(WAN, 0, &frame);
	graph_settle();
}

static void
send_unknown(uint8_t flags)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame frame = frame_tcp(&flow, flags, 0);

	graph_send(WAN, &frame);
}

/* One flow: all of it belongs to one worker. */
static void
tcp4_limit(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame frame = frame_tcp(&flow, TCP_ACK, 0);

	await_second();
	for (uint32_t i = 0; i < LB_NODE_LIMIT_RESETS + 6; i++) {
		graph_put(WAN, 0, &frame);
		if (i % 128 == 127) {
			graph_settle();
			graph_drain(WAN, 0);
		}
	}
	graph_settle();
}

static void
tcp4_silent(void)
{
	send_unknown(TCP_RST);
}

static void
conn_truncated(void)
{
	struct frame frame = syn(0, 80);

	frame.bytes[FRAME_L4 + 12] = 6 << 4;
	graph_send(WAN, &frame);
}

static void
conn_unknown(void)
{
	send_unknown(TCP_ACK);
}

/* Put the first n flows' packets into all queues. */
static void
flood(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct frame frame = datagram(i, 0);

		graph_put(WAN, (uint16_t)(i % 3), &frame);
		if (i % 64 == 63) {
			graph_settle();
			graph_drain(LAN, 0);
		}
	}
	graph_settle();
	graph_drain(LAN, 0);
}

/*
 * More flows than the tables hold; those that found a place come again after a second, and so may
 * not be evicted any more. Then each table is full for whoever comes.
 */
static void
conn_full(void)
{
	struct frame frame;

	flood(2000);
	graph_pause(1100);
	for (uint32_t i = 0; i < 2000; i++) {
		frame = datagram(i, 0);
		for (uint32_t w = 0; w < 3; w++) {
			if (graph_conn(w, &frame) == NULL)
				continue;
			graph_put(WAN, 0, &frame);
			graph_put(WAN, 0, &frame);
			graph_settle();
			graph_drain(LAN, 0);
		}
	}
	frame = datagram(3000, 0);
	graph_put(WAN, 0, &frame);
	frame = datagram(3004, 0);
	graph_put(WAN, 1, &frame);
	graph_settle();
}

/* Two services lead to one server and port, and a client uses one port of his for both. */
static void
nat_collision(void)
{
	struct frame frame = syn(0, 90);

	graph_send(WAN, &frame);
	frame = syn(0, 91);
	graph_send(WAN, &frame);
	graph_send(WAN, &frame);
}

/* The client is the only server. */
static void
nat_self(void)
{
	struct frame_flow flow = { SERVER_IP(0), VIP, 40000, 90 };
	struct frame frame = frame_tcp(&flow, TCP_SYN, 0);

	frame = frame_from_server(&frame, 0);
	graph_send(LAN, &frame);
}

static void
svc_none(void)
{
	struct frame frame = syn(0, 82);

	graph_send(WAN, &frame);
}

#define PERSISTENT(server)                                                                         \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; persistence_ms = 60000;"           \
	"  servers = ( { address = \"" server "\"; } ); }"

/* A configuration that was applied, to be freed when the director has ended. */
static struct lb_conf *applied;

/* The answer to another worker lies in its ring when the server that it names goes. */
static void
pick_stale(void)
{
	uint64_t before;
	uint32_t i = 0;

	do {
		struct frame frame = syn(i++, 80);

		graph_settle();
		graph_drain(LAN, 0);
		before = graph_count("template_pick");
		graph_put(WAN, 0, &frame);
		graph_walk(0);
		graph_walk(1);
		graph_walk(2);
	} while (graph_count("template_pick") == before);
	applied = graph_conf(PERSISTENT("10.2.0.23"));
	graph_apply(applied);
}

/* A flow of another worker, which does not walk. */
static void
steer_full(void)
{
	struct frame frame;
	uint32_t i = 0;

	do {
		frame = syn(i++, 80);
		graph_send(WAN, &frame);
	} while (graph_conn(0, &frame) != NULL);
	for (i = 0; i < STEER_RING + 5; i++) {
		graph_put(WAN, 0, &frame);
		graph_walk(0);
	}
}

static void
fwd_size(void)
{
	struct frame frame = datagram(0, LAN_MTU);

	graph_send(WAN, &frame);
}

/* This director has no default route, so it cannot answer clients that are not on a link. */
static void
route_none(void)
{
	struct frame frame = frame_icmp(CLIENT_IP(0), VIP, ICMP_ECHO, 0);

	graph_send(WAN, &frame);
}

static void
send_to_unknown(uint32_t n)
{
	struct frame frame = frame_icmp(NEAR_IP, VIP, ICMP_ECHO, 0);

	for (uint32_t i = 0; i < n; i++)
		graph_put(WAN, 0, &frame);
	graph_settle();
}

/* The first eight find no neighbour; control is told, and then there is one without a MAC. */
static void
neigh_hold_full(void)
{
	send_to_unknown(11);
}

static void
neigh_unresolved(void)
{
	uint64_t end = lb_clock_ms() + 3000;

	send_to_unknown(2);
	while (graph_count("drop_neigh_unresolved") == 0 && lb_clock_ms() < end)
		graph_turn();
}

/* Nobody takes what leaves through the lan port. */
static void
tx_full(void)
{
	struct frame frame = datagram(0, 0);

	for (int i = 0; i < GRAPH_RING + 7; i++) {
		graph_put(WAN, 0, &frame);
		graph_settle();
	}
}

/* Of two packets in one burst the second finds the flow gone. */
static void
conn_reset(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame ack = frame_tcp(&flow, TCP_ACK, 0), first = syn(0, 80);

	graph_send(WAN, &first);
	for (uint32_t w = 0; w < 3; w++) {
		struct lb_conn *conn = graph_conn(w, &first);
		struct lb_node_env *env = graph_env(w);

		if (conn != NULL)
			lb_conn_reset(
				env->conns, conn, (uint8_t)lb_fwd_count(env->methods), env->now);
	}
	graph_put(WAN, 0, &ack);
	graph_put(WAN, 0, &ack);
	graph_settle();
}

static const struct graph_setup usual = { .workers = 3 };
static const struct graph_setup with_kernel = { .workers = 3 }; /* in both ports */
static const struct graph_setup with_ip6 = {
	.workers = 3,
	.wan6 = ", \"fd01::11/64\", \"fe80::11/64\"",
	.vips = "\"10.1.0.200\", \"fd01::100\"",
};
static const struct graph_setup unknown_dropped = {
	.workers = 3,
	.services = "{ name = \"web\"; address = \"10.1.0.200\"; port = 80; unknown = \"drop\";"
		    "  servers = ( { address = \"10.2.0.21\"; } ); }",
};
static const struct graph_setup persistent = {
	.workers = 3,
	.services = PERSISTENT("10.2.0.21"),
};
static const struct graph_setup no_default_route = { .workers = 3, .routes = "" };
static const struct graph_setup with_vrrp = {
	.workers = 3,
	.vrrp = "{ name = \"wan\"; port = \"wan\"; vrid = 7; interval_ms = 10;"
		"  addresses = [ \"10.1.0.210/24\" ]; accept = false; }",
};

static const struct reason {
	const char *node;
	void (*provoke)(void);
	uint64_t packets;
	const struct graph_setup *setup;
} reasons[] = {
	{ "drop_eth_not_ours", eth_not_ours, 1, &usual },
	{ "drop_eth_truncated", eth_truncated, 1, &usual },
	{ "drop_eth_type", eth_type, 1, &usual },
	{ "drop_eth_group", eth_group, 2, &usual },
	{ "drop_arp_malformed", arp_malformed, 1, &usual },
	{ "drop_arp_not_ours", arp_not_ours, 1, &usual },
	{ "drop_punt_arp_vip", punt_arp_vip, 2, &usual },
	{ "drop_punt_neigh", punt_neigh, 2, &usual },
	{ "drop_punt_vrrp", punt_vrrp, 2, &with_vrrp },
	{ "drop_punt_check", punt_check, 2, &with_kernel },
	{ "drop_punt_icmp", punt_icmp, 2, &with_kernel },
	{ "drop_punt_host", punt_host, 2, &with_kernel },
	{ "drop_ip4_truncated", ip4_truncated, 1, &usual },
	{ "drop_ip4_version", ip4_version, 1, &usual },
	{ "drop_ip4_header", ip4_header, 1, &usual },
	{ "drop_ip4_checksum", ip4_checksum, 1, &usual },
	{ "drop_ip4_source", ip4_source, 1, &usual },
	{ "drop_ip4_fragment", ip4_fragment, 1, &usual },
	{ "drop_ip4_protocol", ip4_protocol, 1, &usual },
	{ "drop_ip4_not_ours", ip4_not_ours, 1, &usual },
	{ "drop_ip6_truncated", drops6_ip6_truncated, 1, &with_ip6 },
	{ "drop_ip6_version", drops6_ip6_version, 1, &with_ip6 },
	{ "drop_ip6_source", drops6_ip6_source, 1, &with_ip6 },
	{ "drop_ip6_options", drops6_ip6_options, 1, &with_ip6 },
	{ "drop_ip6_protocol", drops6_ip6_protocol, 1, &with_ip6 },
	{ "drop_ip6_group", drops6_ip6_group, 1, &with_ip6 },
	{ "drop_ip6_not_ours", drops6_ip6_not_ours, 1, &with_ip6 },
	{ "drop_vip_backup", vip_backup, 1, &usual },
	{ "drop_vip_accept", vip_accept, 1, &with_vrrp },
	{ "drop_host_none", host_none, 1, &usual },
	{ "drop_icmp4_truncated", icmp4_truncated, 1, &usual },
	{ "drop_icmp4_checksum", icmp4_checksum, 1, &usual },
	{ "drop_icmp4_quote", icmp4_quote, 2, &usual },
	{ "drop_icmp4_unknown", icmp4_unknown, 1, &usual },
	{ "drop_icmp4_type", icmp4_type, 1, &usual },
	{ "drop_icmp4_limit", icmp4_limit, 2, &usual },
	{ "drop_icmp4_silent", icmp4_silent, 1, &usual },
	{ "drop_icmp6_truncated", drops6_icmp6_truncated, 1, &with_ip6 },
	{ "drop_icmp6_checksum", drops6_icmp6_checksum, 1, &with_ip6 },
	{ "drop_icmp6_type", drops6_icmp6_type, 1, &with_ip6 },
	{ "drop_nd_malformed", drops6_nd_malformed, 1, &with_ip6 },
	{ "drop_nd_not_ours", drops6_nd_not_ours, 1, &with_ip6 },
	{ "drop_tcp4_limit", tcp4_limit, 6, &usual },
	{ "drop_tcp4_silent", tcp4_silent, 1, &usual },
	{ "drop_conn_truncated", conn_truncated, 1, &usual },
	{ "drop_conn_unknown", conn_unknown, 1, &unknown_dropped },
	{ "drop_conn_full", conn_full, 2, &usual },
	{ "drop_conn_reset", conn_reset, 1, &usual },
	{ "drop_nat_collision", nat_collision, 2, &usual },
	{ "drop_nat_self", nat_self, 1, &usual },
	{ "drop_svc_none", svc_none, 1, &usual },
	{ "drop_pick_stale", pick_stale, 1, &persistent },
	{ "drop_steer_full", steer_full, 5, &usual },
	{ "drop_fwd_size", fwd_size, 1, &usual },
	{ "drop_route_none", route_none, 1, &no_default_route },
	{ "drop_neigh_hold_full", neigh_hold_full, 3, &usual },
	{ "drop_neigh_unresolved", neigh_unresolved, 2, &usual },
	{ "drop_tx_full", tx_full, 7, &usual },
};

static const struct reason *
find_reason(const char *node)
{
	for (size_t i = 0; i < RTE_DIM(reasons); i++)
		if (strcmp(reasons[i].node, node) == 0)
			return &reasons[i];
	return NULL;
}

/* CUnit has no message of its own: the name goes to TAP as a remark. */
static void
expect_count(const char *provoked, const char *node, uint64_t packets)
{
	uint64_t count = graph_count(node);

	CU_ASSERT_EQUAL(count, packets);
	if (count != packets)
		printf("# %s: %s counts %ju instead of %ju\n", provoked, node, (uintmax_t)count,
			(uintmax_t)packets);
}

static void
try_reason(const struct reason *reason)
{
	struct director *director = graph_boot_met(reason->setup);

	if (reason->setup == &with_kernel) {
		kernel_attach(director, WAN);
		kernel_attach(director, LAN);
	}
	reason->provoke();
	for (size_t i = 0; lb_node_drops[i] != NULL; i++)
		expect_count(reason->node, lb_node_drops[i],
			strcmp(lb_node_drops[i], reason->node) == 0 ? reason->packets : 0);
	graph_end();
	lb_conf_destroy(applied);
	applied = NULL;
}

static void
every_drop_node_counts_its_own_packets_and_no_others(void)
{
	size_t n = 0;

	for (; lb_node_drops[n] != NULL; n++) {
		const struct reason *reason = find_reason(lb_node_drops[n]);

		CU_ASSERT_PTR_NOT_NULL(reason);
		if (reason != NULL)
			try_reason(reason);
		else
			printf("# no test makes %s happen\n", lb_node_drops[n]);
	}
	CU_ASSERT_EQUAL(n, RTE_DIM(reasons));
}

static const struct unit_test tests[] = {
	UNIT_TEST(every_drop_node_counts_its_own_packets_and_no_others),
	UNIT_END,
};

const struct unit_suite graph_drops = { "drops", tests };
