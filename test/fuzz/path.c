/*
 * Frames of anybody's choice on their way through the nodes: each node sends a packet on to one
 * place, and what leaves is sound. Services forward by NAT, DR and TUN; what one frame did to
 * connections the next ones find.
 *
 * The nodes are the product's, run one by one with a packet at a time: a graph of DPDK would need
 * EAL, whose memory the address sanitizer does not see.
 *
 * Input: a byte of flags, then frames. One is a byte of flags, one that says how much time passes,
 * a word of length, and so many bytes.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "packet.h"
#include "path_bed.h"

/* Flags of the input. */
#define TRANSIT 3 /* What becomes of other people's packets; 3 is like 0. */
#define HOST 4    /* The kernel has a part in both ports. */

/* Flags of a frame. */
#define LAN 1    /* It comes from the servers' side. */
#define WHOLE 2  /* The bytes are all of it; else they begin with the IP header. */
#define SEALED 4 /* Its checksums are made right first. */

#define HEADROOM 128
#define FRAME_MAX 2048
#define CONNECTIONS 8
#define NODES 64 /* Edges of a node at most. */
#define STEPS 16 /* Nodes on the longest way. */

/* A node that runs, and those that it can send to: they only take what they get. */
struct stage {
	struct rte_graph graph;
	rte_graph_off_t reel[NODES];
	struct rte_node *node;
	struct rte_node *next[NODES];
	void *objs[NODES][2];
};

static struct stage stage;
static struct path_bed *bed;

static struct rte_node *
make_node(void **objs)
{
	struct rte_node *node = aligned_alloc(
		RTE_CACHE_LINE_SIZE, sizeof(*node) + RTE_ALIGN_CEIL(NODES * sizeof(node), 64));

	FUZZ_HOLDS(node != NULL);
	memset(node, 0, sizeof(*node));
	node->objs = objs;
	node->size = 2;
	return node;
}

static void
make_stage(void)
{
	static void *objs[2];

	if (stage.node != NULL)
		return;
	stage.graph.cir_start = stage.reel;
	stage.graph.cir_mask = NODES - 1;
	stage.node = make_node(objs);
	stage.node->nb_edges = NODES;
	for (int i = 0; i < NODES; i++) {
		stage.next[i] = make_node(stage.objs[i]);
		stage.node->nodes[i] = stage.next[i];
	}
}

static struct rte_node_register *
find_node(const char *name)
{
	for (size_t i = 0; lb_node_table[i] != NULL; i++)
		if (strcmp(lb_node_table[i]->name, name) == 0)
			return lb_node_table[i];
	return NULL;
}

/* Let a node have the packet; the number of the edge by which it leaves. */
static rte_edge_t
run_node(const struct rte_node_register *node, uint32_t method, struct rte_mbuf *m)
{
	struct lb_node_ctx *ctx = lb_node_ctx(stage.node);
	rte_edge_t edge = NODES;

	*ctx = (struct lb_node_ctx){ .env = &bed->env, .index = method };
	stage.graph.tail = 0;
	stage.node->objs[0] = m;
	stage.node->idx = 1;
	node->process(&stage.graph, stage.node, stage.node->objs, 1);
	for (rte_edge_t i = 0; i < NODES; i++) {
		if (stage.next[i]->idx == 0)
			continue;
		FUZZ_HOLDS(edge == NODES && stage.next[i]->idx == 1);
		FUZZ_HOLDS(stage.next[i]->objs[0] == m);
		stage.next[i]->idx = 0;
		edge = i;
	}
	FUZZ_HOLDS(edge != NODES);
	return edge;
}

/* What has left by eth_output is a frame whose packet is sound and fits its port. */
static void
check_leaving(const struct rte_mbuf *m, const struct lb_netif_port *port, bool was_right)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	const uint8_t *packet = frame + sizeof(struct rte_ether_hdr);
	size_t len = m->data_len - sizeof(struct rte_ether_hdr);

	FUZZ_HOLDS(m->data_len == m->pkt_len && m->nb_segs == 1);
	FUZZ_HOLDS(memcmp(frame + RTE_ETHER_ADDR_LEN, &port->mac, RTE_ETHER_ADDR_LEN) == 0);
	FUZZ_HOLDS(fuzz_ip_is_sound(packet, len));
	FUZZ_HOLDS((size_t)(packet[2] << 8 | packet[3]) == len && len <= port->mtu);
	FUZZ_HOLDS(packet[8] != 0);
	if (packet[9] == IPPROTO_ICMP && was_right && (packet[6] & 0x3f) == 0 && packet[7] == 0)
		FUZZ_HOLDS(len < 28 || fuzz_l4_sum_is_right(packet));
	else if (was_right && fuzz_has_l4_sum(packet, len))
		FUZZ_HOLDS(fuzz_l4_sum_is_right(packet));
}

/* A node's way out by its number: NULL beyond those that it names, where methods or ports follow.
 */
static const char *
name_of(const struct rte_node_register *node, rte_edge_t edge)
{
	return edge < node->nb_edges ? node->next_nodes[edge] : NULL;
}

/* The node that a packet goes on to. NULL: it is dropped, punted, or kept for another turn. */
static const struct rte_node_register *
next_node(const struct rte_node_register *node, rte_edge_t edge, uint32_t *method)
{
	const char *next = name_of(node, edge);

	if (next == NULL) {
		*method = edge - node->nb_edges;
		FUZZ_HOLDS(*method < 3 && lb_fwd_table[*method] != NULL);
		return &lb_node_fwd;
	}
	if (strcmp(next, "neigh_hold") == 0 || strcmp(next, "steer") == 0)
		return NULL;
	return find_node(next);
}

/* From node to node, until the packet has left or goes no further. */
static void
walk(struct rte_mbuf *m, bool was_right)
{
	const struct rte_node_register *node = find_node("eth_input");
	const struct rte_node_register *last = find_node("eth_output");
	uint32_t method = 0;

	for (int steps = 0; node != NULL; steps++) {
		rte_edge_t edge = run_node(node, method, m);

		FUZZ_HOLDS(steps < STEPS);
		if (node == last && name_of(node, edge) == NULL) {
			FUZZ_HOLDS(edge - node->nb_edges < 2);
			check_leaving(m, bed->env.ports[edge - node->nb_edges], was_right);
			return;
		}
		node = next_node(node, edge, &method);
	}
}

/* Whether all sums of the packet in a frame are right, as far as it has any. */
static bool
is_right(const struct rte_mbuf *m)
{
	const uint8_t *packet = rte_pktmbuf_mtod(m, const uint8_t *) + sizeof(struct rte_ether_hdr);
	size_t len = m->data_len - sizeof(struct rte_ether_hdr);

	if (m->data_len < sizeof(struct rte_ether_hdr) || !fuzz_ip_is_sound(packet, len))
		return false;
	return (packet[9] != IPPROTO_ICMP && !fuzz_has_l4_sum(packet, len)) ||
	       fuzz_l4_sum_is_right(packet);
}

/* The header of a frame to us. */
static void
put_header(uint8_t *frame, bool lan)
{
	const struct rte_ether_hdr eth = {
		.dst_addr = (lan ? &bed->lan : &bed->wan)->mac,
		.src_addr = { { 2, 0, 0, 0, 0, 2 } },
		.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4),
	};

	memcpy(frame, &eth, sizeof(eth));
}

static void
take_frame(struct fuzz_input *input)
{
	uint8_t frame[FRAME_MAX], flags = fuzz_take_byte(input);
	size_t at = flags & WHOLE ? 0 : sizeof(struct rte_ether_hdr), len;
	const uint8_t *bytes;
	struct rte_mbuf m;
	void *block;

	bed->env.now += fuzz_take_byte(input) * LB_TICKS_PER_SECOND;
	len = fuzz_take_word(input) % (FRAME_MAX - sizeof(struct rte_ether_hdr));
	bytes = fuzz_take_bytes(input, &len);
	put_header(frame, (flags & LAN) != 0);
	memcpy(frame + at, bytes, len);
	if (flags & SEALED && at + len >= sizeof(struct rte_ether_hdr))
		fuzz_seal(frame + sizeof(struct rte_ether_hdr),
			at + len - sizeof(struct rte_ether_hdr));
	block = fuzz_mbuf_init(&m, frame, at + len, HEADROOM);
	m.port = flags & LAN;
	walk(&m, is_right(&m));
	lb_conn_expire(bed->env.conns, bed->env.now, CONNECTIONS);
	free(block);
}

/* Whatever lives can be ended, and then nothing is left: no connection, no load of a server. */
static void
check_connections(struct lb_conn_table *conns)
{
	const struct lb_conn_stats *stats = lb_conn_get_stats(conns);

	while (lb_conn_expire(conns, bed->env.now, CONNECTIONS) != 0)
		; /* what ended in a call is read no more in the next */
	FUZZ_HOLDS(stats->entries <= CONNECTIONS && stats->half_open <= stats->entries);
	for (uint32_t i = 1; i <= lb_conn_last(conns); i++)
		if (lb_conn_at(conns, i) != NULL)
			lb_conn_end(conns, lb_conn_at(conns, i));
	FUZZ_HOLDS(stats->entries == 0 && stats->half_open == 0);
	lb_slot_flush(bed->env.slots);
	for (uint32_t slot = 0; slot < BED_SERVERS; slot++) {
		struct lb_sched_load load = lb_slots_load(bed->slots, slot);

		FUZZ_HOLDS(load.active == 0 && load.inactive == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint8_t flags;

	bed = path_bed();
	make_stage();
	flags = fuzz_take_byte(&input);
	atomic_store(&bed->transit, (flags & TRANSIT) % 3);
	bed->host_ports = flags & HOST ? 3 : 0;
	bed->env.now = 1000;
	memset(&bed->env.limit, 0, sizeof(bed->env.limit));
	bed->env.conns = lb_conn_create(CONNECTIONS, 0, bed->env.slots, 1, bed->env.now);
	bed->env.all_conns = lb_conn_all(bed->env.conns);
	FUZZ_HOLDS(bed->env.conns != NULL);
	while (input.left > 0)
		take_frame(&input);
	check_connections(bed->env.conns);
	lb_conn_destroy(bed->env.conns);
	return 0;
}
