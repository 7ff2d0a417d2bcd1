/* Schedulers that go by load, with loads made by packets: S4 and S5 are the numbers of the rules.
 */

#include <string.h>

#include "harness.h"
#include "unit.h"

#define SERVICES(protocol, scheduler)                                                              \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; protocol = \"" protocol            \
	"\"; scheduler = \"" scheduler "\"; servers = ("                                           \
	"  { address = \"10.2.0.21\"; weight = 1; }, { address = \"10.2.0.22\"; weight = 2; },"    \
	"  { address = \"10.2.0.23\"; weight = 4; } ); }"

/* The server of the next frame: 'A' is the first. */
static char
next_server(void)
{
	struct frame out = { 0 };

	return graph_take(LAN, TYPE_IP4, &out) ? (char)('A' + graph_server(&out)) : '-';
}

static char
send_tcp(uint32_t i, uint8_t flags)
{
	struct frame_flow flow = frame_flow(i, 80);
	struct frame in = frame_tcp(&flow, flags, 0);

	graph_send(WAN, &in);
	return next_server();
}

static char
send_udp(uint32_t i)
{
	struct frame_flow flow = frame_flow(i, 80);
	struct frame in = frame_udp(&flow, 8);

	graph_send(WAN, &in);
	return next_server();
}

static void
new_flows_go_where_there_are_fewest_for_the_weight(void)
{
	static const char expected[] = "ABCCBCCABCCBCC"; /* S4.3 */

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("tcp", "wlc") });
	for (uint32_t i = 0; i < strlen(expected); i++)
		CU_ASSERT_EQUAL(send_tcp(i, TCP_SYN), expected[i]);
	graph_end();
}

static void
flow_that_closes_makes_room_for_the_next(void)
{
	graph_boot_met(&(struct graph_setup){ .services = SERVICES("tcp", "wlc") });
	for (uint32_t i = 0; i < 14; i++) /* 2, 4 and 8 */
		send_tcp(i, TCP_SYN);
	CU_ASSERT_EQUAL(send_tcp(1, TCP_ACK), 'B');
	CU_ASSERT_EQUAL(send_tcp(1, TCP_RST), 'B');
	CU_ASSERT_EQUAL(send_tcp(14, TCP_SYN), 'B'); /* 769 / 2 < 512 / 1 = 2048 / 4 */
	CU_ASSERT_EQUAL(send_tcp(15, TCP_SYN), 'A');
	graph_end();
}

/* All in one walk: each pick sees the flow before it. */
static void
burst_of_new_flows_is_spread(void)
{
	static const char expected[] = "ABCCBCC";
	char servers[sizeof(expected)] = "";

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("tcp", "wlc") });
	for (uint32_t i = 0; i < strlen(expected); i++) {
		struct frame_flow flow = frame_flow(i, 80);
		struct frame in = frame_tcp(&flow, TCP_SYN, 0);

		graph_put(WAN, 0, &in);
	}
	graph_settle();
	for (uint32_t i = 0; i < strlen(expected); i++)
		servers[i] = next_server();
	CU_ASSERT_STRING_EQUAL(servers, expected);
	graph_end();
}

/* If they counted as inactive, sed would send all of them to the heaviest. */
static void
udp_flows_count_as_active(void)
{
	static const char expected[] = "CBCCABCCBCCABC"; /* S5.2 */

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("udp", "sed") });
	for (uint32_t i = 0; i < strlen(expected); i++)
		CU_ASSERT_EQUAL(send_udp(i), expected[i]);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(new_flows_go_where_there_are_fewest_for_the_weight),
	UNIT_TEST(flow_that_closes_makes_room_for_the_next),
	UNIT_TEST(burst_of_new_flows_is_spread),
	UNIT_TEST(udp_flows_count_as_active),
	UNIT_END,
};

const struct unit_suite graph_balance = { "balance", tests };
