/*
 * As many packets in one walk as its sources can bring in. graph_end() sees that no stream had to
 * grow for them, which would be an allocation on the path of packets.
 */

#include "harness.h"

#include "unit.h"

/* A worker polls at most so many queues: the rest of its budget is for other sources. */
#define WAN_QUEUES 13
#define BURST 32

static void put_everywhere(struct frame (*make)(uint32_t i))
{
	uint32_t i = 0;

	for (uint16_t queue = 0; queue < WAN_QUEUES; queue++) {
		for (int n = 0; n < BURST; n++) {
			struct frame frame = make(i++);

			graph_put(WAN, queue, &frame);
		}
	}
}

static struct frame
make_datagram(uint32_t i)
{
	struct frame_flow flow = frame_flow(i, 53);

	return frame_udp(&flow, 10);
}

/* All of them leave through icmp4_error, ip4_output and eth_output. */
static struct frame
make_dying(uint32_t i)
{
	struct frame frame = make_datagram(i);

	frame.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&frame);
	return frame;
}

/* Neighbours in the walk have different ways: no stream is moved as a whole. */
static struct frame
make_mixed(uint32_t i)
{
	struct frame_flow flow = frame_flow(i, i % 2 == 0 ? 53 : 82);

	return i % 3 == 0 ? frame_icmp(CLIENT_IP(i), VIP, ICMP_ECHO, 20) : frame_udp(&flow, 10);
}

/* Twice: all flows are new to the first walk and known to the second. */
static void
walk_twice(struct frame (*make)(uint32_t i), const char *node, uint32_t packets)
{
	graph_boot_met(&(struct graph_setup){ .wan_queues = WAN_QUEUES });
	for (int turn = 0; turn < 2; turn++) {
		uint64_t before = graph_count(node);

		put_everywhere(make);
		graph_walk(0);
		CU_ASSERT_EQUAL(graph_count(node) - before, packets);
		graph_drain(LAN, 0);
		graph_drain(WAN, 0);
	}
	graph_end();
}

static void
a_full_walk_of_datagrams_fits(void)
{
	walk_twice(make_datagram, "eth_tx-1", WAN_QUEUES * BURST);
}

static void
a_full_walk_of_errors_fits(void)
{
	walk_twice(make_dying, "eth_tx-0", WAN_QUEUES * BURST);
}

static void
a_full_walk_of_everything_fits(void)
{
	walk_twice(make_mixed, "eth_input", WAN_QUEUES * BURST);
}

/* The budget of a walk is what 14 queues and the two other sources bring in. */
static void
a_walk_takes_no_more_than_a_burst_of_each_queue(void)
{
	graph_boot_met(&(struct graph_setup){ .wan_queues = WAN_QUEUES });
	put_everywhere(make_datagram);
	put_everywhere(make_datagram);
	graph_walk(0);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), WAN_QUEUES * BURST);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_full_walk_of_datagrams_fits),
	UNIT_TEST(a_full_walk_of_errors_fits),
	UNIT_TEST(a_full_walk_of_everything_fits),
	UNIT_TEST(a_walk_takes_no_more_than_a_burst_of_each_queue),
	UNIT_END,
};

const struct unit_suite graph_bursts = { "bursts", tests };
