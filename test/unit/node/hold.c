/* Packets that wait for a next hop, with a TSC that only the test moves: a cycle is a microsecond.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>

#include "lb_node.h"
#include "unit.h"

#define SECOND 1000000
#define LOOK 2000
#define PACKETS 600
#define PORT 1
#define ANOTHER_PORT 2

/* A worker's state, a table of neighbours that control keeps, and packets that can wait. */
struct bed {
	struct lb_node_env *env;
	struct lb_neigh_table *neigh;
	struct rte_mbuf mbufs[PACKETS];
	struct rte_ipv4_hdr headers[PACKETS];
	uint32_t used;
	struct rte_mbuf *out[PACKETS];
};

static struct bed bed;

static void
ignore_frame(void *arg, uint8_t port, const void *frame, size_t len)
{
	(void)arg;
	(void)port;
	(void)frame;
	(void)len;
}

static bool
give_source(void *arg, uint8_t port, const struct lb_addr *addr, struct rte_ether_addr *mac,
	struct lb_addr *from)
{
	(void)arg;
	(void)port;
	(void)addr;
	*mac = (struct rte_ether_addr){ { 2, 0, 0, 0, 0, 1 } };
	*from = lb_addr_ip4(RTE_BE32(0x0a01000b));
	return true;
}

static bool
is_unused(void *arg, uint32_t index)
{
	(void)arg;
	(void)index;
	return false;
}

static void
ignore_change(void *arg, uint32_t index, bool usable)
{
	(void)arg;
	(void)index;
	(void)usable;
}

static void
begin(void)
{
	static const struct lb_neigh_timing timing = { 5000, 30000, 1000, 3, 300000 };
	static const struct lb_neigh_env env = { .send = ignore_frame,
		.source = give_source,
		.used = is_unused,
		.changed = ignore_change };

	unit_eal();
	memset(&bed, 0, sizeof(bed));
	bed.env = calloc(1, sizeof(*bed.env));
	bed.neigh = lb_neigh_create(64, 64, &env, &timing);
	CU_ASSERT_FATAL(bed.env != NULL && bed.neigh != NULL);
	bed.env->neigh = lb_neigh_view(bed.neigh);
	bed.env->generation = 1;
	bed.env->tsc = 10 * SECOND;
	bed.env->hold.limit = LB_NODE_HOLD;
	bed.env->hold.cycles_per_s = SECOND;
}

static void
end(void)
{
	lb_neigh_destroy(bed.neigh);
	free(bed.env);
}

static struct rte_mbuf *
packet(uint32_t ip4)
{
	struct rte_mbuf *m;

	CU_ASSERT_FATAL(bed.used < PACKETS);
	m = &bed.mbufs[bed.used];
	m->buf_addr = &bed.headers[bed.used];
	bed.headers[bed.used++].dst_addr = rte_cpu_to_be_32(ip4);
	return m;
}

/* A packet to an address on a port's link that no neighbour is known for. */
static enum lb_node_hold_result
add_address(uint32_t ip4, uint32_t port)
{
	struct rte_mbuf *m = packet(ip4);

	lb_node_meta(m)->hop = LB_NODE_HOP_UNKNOWN | port;
	lb_node_meta(m)->address = rte_cpu_to_be_32(ip4);
	return lb_node_hold_add(bed.env, m);
}

static enum lb_node_hold_result
add_hop(uint32_t hop)
{
	struct rte_mbuf *m = packet(0);

	lb_node_meta(m)->hop = hop;
	return lb_node_hold_add(bed.env, m);
}

/* Move the TSC on, and take what can go. */
static uint16_t
take_after(uint64_t us, uint16_t max)
{
	bed.env->tsc += us;
	return lb_node_hold_take(bed.env, bed.out, max);
}

/* Control has a neighbour pinned; returns its number. */
static uint32_t
pinned(uint32_t ip4)
{
	struct lb_addr addr = lb_addr_ip4(rte_cpu_to_be_32(ip4));
	uint32_t hop = lb_neigh_get(bed.neigh, PORT, &addr, 1000);

	CU_ASSERT_NOT_EQUAL_FATAL(hop, 0);
	return hop;
}

/* A neighbour answers. */
static void
answers(uint32_t ip4)
{
	struct lb_arp arp = {
		.op = RTE_ARP_OP_REPLY,
		.sender_mac = { { 2, 0, 0, 0, 0, 9 } },
		.sender_ip = rte_cpu_to_be_32(ip4),
		.target_ip = RTE_BE32(0x0a01000b),
	};

	lb_neigh_heard(bed.neigh, PORT, &arp, true, 1000);
}

static void
neighbour_is_asked_for_once(void)
{
	begin();
	CU_ASSERT_EQUAL(add_address(0x0a010015, PORT), LB_NODE_HOLD_ASK);
	CU_ASSERT_EQUAL(add_address(0x0a010015, PORT), LB_NODE_HOLD_TAKEN);
	CU_ASSERT_EQUAL(add_address(0x0a010016, PORT), LB_NODE_HOLD_ASK);
	CU_ASSERT_EQUAL(add_address(0x0a010015, ANOTHER_PORT), LB_NODE_HOLD_ASK);
	CU_ASSERT_EQUAL(add_address(0x0a010015, PORT), LB_NODE_HOLD_TAKEN);
	end();
}

static void
pinned_neighbour_is_not_asked_for(void)
{
	begin();
	CU_ASSERT_EQUAL(add_hop(pinned(0x0a010015)), LB_NODE_HOLD_TAKEN); /* control asks anyway */
	end();
}

static void
eight_packets_wait_for_a_neighbour(void)
{
	uint32_t hop;

	begin();
	hop = pinned(0x0a010099);
	for (int i = 0; i < 8; i++) {
		CU_ASSERT_NOT_EQUAL(add_address(0x0a010015, PORT), LB_NODE_HOLD_FULL);
		CU_ASSERT_EQUAL(add_hop(hop), LB_NODE_HOLD_TAKEN);
	}
	CU_ASSERT_EQUAL(add_address(0x0a010015, PORT), LB_NODE_HOLD_FULL);
	CU_ASSERT_EQUAL(add_hop(hop), LB_NODE_HOLD_FULL);
	CU_ASSERT_EQUAL(add_address(0x0a010016, PORT), LB_NODE_HOLD_ASK);
	CU_ASSERT_EQUAL(bed.env->hold.n, 17);
	end();
}

static void
worker_holds_no_more_than_its_limit(void)
{
	begin();
	for (uint32_t i = 0; i < 512; i++)
		CU_ASSERT_EQUAL(add_address(0x0a020000 + i, PORT), LB_NODE_HOLD_ASK);
	CU_ASSERT_EQUAL(add_address(0x0a030000, PORT), LB_NODE_HOLD_FULL);
	end();
	begin();
	bed.env->hold.limit = 3;
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(add_address(0x0a020000 + i, PORT), LB_NODE_HOLD_ASK);
	CU_ASSERT_EQUAL(add_address(0x0a030000, PORT), LB_NODE_HOLD_FULL);
	end();
}

static void
packets_go_in_their_order_when_the_neighbour_answers(void)
{
	uint32_t hop;

	begin();
	hop = pinned(0x0a010015);
	for (int i = 0; i < 5; i++)
		add_hop(hop);
	CU_ASSERT_EQUAL(take_after(0, 32), 0);
	answers(0x0a010015);
	CU_ASSERT_EQUAL_FATAL(take_after(LOOK, 32), 5);
	for (int i = 0; i < 5; i++) {
		CU_ASSERT_PTR_EQUAL(bed.out[i], &bed.mbufs[i]);
		CU_ASSERT_EQUAL(lb_node_meta(bed.out[i])->hop, hop);
	}
	CU_ASSERT_EQUAL(bed.env->hold.n, 0);
	end();
}

static void
address_that_has_become_known_gets_its_neighbour(void)
{
	uint32_t hop;

	begin();
	add_address(0x0a010015, PORT);
	add_address(0x0a010015, ANOTHER_PORT);
	hop = pinned(0x0a010015);
	CU_ASSERT_EQUAL(take_after(0, 32), 0); /* known, and does not answer yet */
	answers(0x0a010015);
	CU_ASSERT_EQUAL_FATAL(take_after(LOOK, 32), 1);
	CU_ASSERT_PTR_EQUAL(bed.out[0], &bed.mbufs[0]);
	CU_ASSERT_EQUAL(lb_node_meta(bed.out[0])->hop, hop);
	end();
}

static void
others_stay_in_order_when_one_goes(void)
{
	uint32_t a, b;

	begin();
	a = pinned(0x0a010015);
	b = pinned(0x0a010016);
	add_hop(a);
	add_hop(b);
	add_hop(a);
	add_hop(b);
	answers(0x0a010015);
	CU_ASSERT_EQUAL(take_after(0, 32), 2);
	answers(0x0a010016);
	CU_ASSERT_EQUAL_FATAL(take_after(LOOK, 32), 2);
	CU_ASSERT_PTR_EQUAL(bed.out[0], &bed.mbufs[1]);
	CU_ASSERT_PTR_EQUAL(bed.out[1], &bed.mbufs[3]);
	end();
}

static void
no_more_than_asked_for_are_taken_and_the_rest_follows_at_once(void)
{
	uint32_t hop;

	begin();
	hop = pinned(0x0a010015);
	for (int i = 0; i < 8; i++)
		add_hop(hop);
	answers(0x0a010015);
	CU_ASSERT_EQUAL(take_after(0, 3), 3);
	CU_ASSERT_EQUAL(take_after(0, 3), 3);
	CU_ASSERT_PTR_EQUAL(bed.out[0], &bed.mbufs[3]);
	CU_ASSERT_EQUAL(take_after(0, 3), 2);
	CU_ASSERT_PTR_EQUAL(bed.out[1], &bed.mbufs[7]);
	end();
}

static void
hold_is_looked_at_every_two_milliseconds_only(void)
{
	uint32_t hop;

	begin();
	hop = pinned(0x0a010015);
	add_hop(hop);
	CU_ASSERT_EQUAL(take_after(0, 32), 0);
	answers(0x0a010015);
	CU_ASSERT_EQUAL(take_after(LOOK - 1, 32), 0);
	CU_ASSERT_EQUAL(take_after(1, 32), 1);
	end();
}

static void
packet_is_given_up_after_a_second(void)
{
	begin();
	add_address(0x0a010015, PORT);
	bed.env->tsc += SECOND / 2;
	add_address(0x0a010015, PORT);
	CU_ASSERT_EQUAL(take_after(SECOND / 2 - 1, 32), 0);
	CU_ASSERT_EQUAL_FATAL(take_after(LOOK, 32), 1);
	CU_ASSERT_PTR_EQUAL(bed.out[0], &bed.mbufs[0]);
	CU_ASSERT_EQUAL(lb_node_meta(bed.out[0])->hop, 0);
	CU_ASSERT_EQUAL(take_after(SECOND / 2, 32), 1);
	end();
}

static void
neighbour_of_an_older_generation_is_given_up(void)
{
	uint32_t hop;

	begin();
	hop = pinned(0x0a010015);
	add_hop(hop);
	answers(0x0a010015);
	bed.env->generation = 2; /* the number may mean another neighbour by now */
	add_hop(hop);
	CU_ASSERT_EQUAL_FATAL(take_after(0, 32), 2);
	CU_ASSERT_EQUAL(lb_node_meta(bed.out[0])->hop, 0);
	CU_ASSERT_EQUAL(lb_node_meta(bed.out[1])->hop, hop);
	end();
}

static void
address_outlives_a_change_of_generation(void)
{
	begin();
	add_address(0x0a010015, PORT);
	bed.env->generation = 2;
	CU_ASSERT_EQUAL(take_after(0, 32), 0);
	pinned(0x0a010015);
	answers(0x0a010015);
	CU_ASSERT_EQUAL_FATAL(take_after(LOOK, 32), 1);
	CU_ASSERT_NOT_EQUAL(lb_node_meta(bed.out[0])->hop, 0);
	end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(neighbour_is_asked_for_once),
	UNIT_TEST(pinned_neighbour_is_not_asked_for),
	UNIT_TEST(eight_packets_wait_for_a_neighbour),
	UNIT_TEST(worker_holds_no_more_than_its_limit),
	UNIT_TEST(packets_go_in_their_order_when_the_neighbour_answers),
	UNIT_TEST(address_that_has_become_known_gets_its_neighbour),
	UNIT_TEST(others_stay_in_order_when_one_goes),
	UNIT_TEST(no_more_than_asked_for_are_taken_and_the_rest_follows_at_once),
	UNIT_TEST(hold_is_looked_at_every_two_milliseconds_only),
	UNIT_TEST(packet_is_given_up_after_a_second),
	UNIT_TEST(neighbour_of_an_older_generation_is_given_up),
	UNIT_TEST(address_outlives_a_change_of_generation),
	UNIT_END,
};

const struct unit_suite unit_node_hold = { "hold", tests };
