/*
 * Servers that are full, by real packets: S2.8 and S7.2 are the numbers of the rules. A server is
 * full by the flows that it has got, and opens again when enough of them have ended.
 */

#include <string.h>

#include "director.h"
#include "harness.h"
#include "unit.h"

/* A, B and C; each may have a limit. */
#define SERVICES(scheduler, a, b, c)                                                               \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"" scheduler          \
	"\"; servers = ( { address = \"10.2.0.21\"; " a " }, { address = \"10.2.0.22\"; " b        \
	" }, { address = \"10.2.0.23\"; " c " } ); }"

static struct director *director;

static void
boot(const char *services)
{
	director = graph_boot_met(&(struct graph_setup){ .services = services });
}

/* The server of the next packet of a flow; '-': none gets it. */
static char
send_tcp(uint32_t i, uint8_t flags)
{
	struct frame_flow flow = frame_flow(i, 80);
	struct frame in = frame_tcp(&flow, flags, 0);
	struct frame out = { 0 };

	graph_send(WAN, &in);
	return graph_take(LAN, TYPE_IP4, &out) ? (char)('A' + graph_server(&out)) : '-';
}

/* New flows, from number `from` on, go to these servers. */
static void
expect(uint32_t from, const char *servers)
{
	char got[64] = "";

	for (uint32_t i = 0; i < strlen(servers); i++)
		got[i] = send_tcp(from + i, TCP_SYN);
	CU_ASSERT_STRING_EQUAL(got, servers);
}

static void
end_flow(uint32_t i)
{
	struct frame_flow flow = frame_flow(i, 80);
	struct frame in = frame_tcp(&flow, TCP_SYN, 0);
	struct lb_conn *conn = graph_conn(0, &in);

	CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
	lb_conn_end(director->workers[0]->env.conns, conn);
}

/* S2.8: weights 4, 3, 2 give AABABCABC, and without A BBCBC. A is full with its second flow. */
static void
wrr_leaves_a_full_server_out(void)
{
	boot(SERVICES("wrr", "weight = 4; upper = 1;", "weight = 3;", "weight = 2;"));
	expect(0, "A"); /* level 4, where A is alone */
	expect(1, "BBCBCBBCBC");
	graph_end();
}

static void
rr_leaves_a_full_server_out_until_it_opens(void)
{
	boot(SERVICES("rr", "upper = 2;", "", ""));
	expect(0, "ABCABCBCBC");
	end_flow(0); /* 1 is less than three quarters of 2 */
	expect(10, "ABCBC");
	graph_end();
}

static void
lc_leaves_a_full_server_out_until_it_opens(void)
{
	boot(SERVICES("lc", "upper = 2; lower = 1;", "", ""));
	expect(0, "ABCABCBCBC"); /* 2, 4, 4 */
	end_flow(0);             /* 1 is not less than 1 */
	expect(10, "BC");
	end_flow(3);
	expect(12, "AABC");
	graph_end();
}

/* S7.2: 10, 20, 20, and B overloaded: C. */
static void
fo_goes_on_to_the_next_when_the_heaviest_is_full(void)
{
	boot(SERVICES("fo", "weight = 10;", "weight = 20; upper = 3;",
		"weight = 20; upper = 2; lower = 1;"));
	expect(0, "BBBCCAA");
	end_flow(0);
	end_flow(3);
	expect(7, "BAA");
	end_flow(4);
	expect(10, "CCA");
	graph_end();
}

/* A flow that closes stays as an inactive one for a while, and counts. */
static void
inactive_flows_count(void)
{
	boot(SERVICES("fo", "weight = 9; upper = 2;", "", ""));
	expect(0, "AAB");
	CU_ASSERT_EQUAL(send_tcp(0, TCP_ACK), 'A');
	CU_ASSERT_EQUAL(send_tcp(0, TCP_RST), 'A');
	expect(3, "B");
	graph_end();
}

/* One after another in one walk: what the first picks do, the later ones see. */
static void
limit_holds_within_a_burst(void)
{
	char got[9] = "";
	struct frame out = { 0 };

	boot(SERVICES("fo", "weight = 9; upper = 3;", "weight = 8; upper = 3;", ""));
	for (uint32_t i = 0; i < 8; i++) {
		struct frame_flow flow = frame_flow(i, 80);
		struct frame in = frame_tcp(&flow, TCP_SYN, 0);

		graph_put(WAN, 0, &in);
	}
	graph_settle();
	for (uint32_t i = 0; i < 8; i++)
		got[i] = graph_take(LAN, TYPE_IP4, &out) ? (char)('A' + graph_server(&out)) : '-';
	CU_ASSERT_STRING_EQUAL(got, "AAABBBCC");
	graph_end();
}

static void
known_flows_go_on_when_all_servers_are_full(void)
{
	boot(SERVICES("rr", "upper = 1;", "upper = 1;", "upper = 1;"));
	expect(0, "ABC-");
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(send_tcp(i, TCP_ACK), (char)('A' + i));
	end_flow(1);
	expect(4, "B-");
	graph_end();
}

/* An order of servers that a scheduler keeps learns within a millisecond of one that has opened. */
static void
edit_of_a_limit_is_in_force_at_once(void)
{
	static const struct {
		const char *services;
		const char *expected;
	} edits[] = {
		{ SERVICES("fo", "weight = 9; upper = 2;", "weight = 2;", ""), "BB" },
		{ SERVICES("fo", "weight = 9; upper = 6;", "weight = 2;", ""), "AAAB" },
		{ SERVICES("fo", "weight = 9; upper = 6; lower = 5;", "weight = 2;", ""), "B" },
		{ SERVICES("fo", "weight = 9;", "weight = 2;", ""), "AA" },
	};
	struct lb_conf *confs[sizeof(edits) / sizeof(edits[0])];
	uint32_t from = 3;

	boot(SERVICES("fo", "weight = 9;", "weight = 2;", ""));
	expect(0, "AAA");
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		confs[i] = graph_conf(edits[i].services);
		graph_apply(confs[i]);
		graph_pause(2);
		expect(from, edits[i].expected);
		from += (uint32_t)strlen(edits[i].expected);
	}
	graph_end();
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		lb_conf_destroy(confs[i]);
}

/* Each worker's flows count for all, a millisecond later at most. */
static void
flows_of_all_workers_count(void)
{
	unsigned int a = 0;

	director = graph_boot_met(&(struct graph_setup){
		.workers = 3,
		.services = SERVICES("fo", "weight = 9; upper = 20;", "", ""),
	});
	for (uint32_t i = 0; i < 60; i++) {
		a += send_tcp(i, TCP_SYN) == 'A';
		graph_pause(2);
	}
	CU_ASSERT_EQUAL(a, 20);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(wrr_leaves_a_full_server_out),
	UNIT_TEST(rr_leaves_a_full_server_out_until_it_opens),
	UNIT_TEST(lc_leaves_a_full_server_out_until_it_opens),
	UNIT_TEST(fo_goes_on_to_the_next_when_the_heaviest_is_full),
	UNIT_TEST(inactive_flows_count),
	UNIT_TEST(limit_holds_within_a_burst),
	UNIT_TEST(known_flows_go_on_when_all_servers_are_full),
	UNIT_TEST(edit_of_a_limit_is_in_force_at_once),
	UNIT_TEST(flows_of_all_workers_count),
	UNIT_END,
};

const struct unit_suite graph_limit = { "limit", tests };
