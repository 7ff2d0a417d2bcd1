/*
 * Draining servers by the management socket, seen in what leaves the director: what is new goes
 * elsewhere, what is open goes on, and at a deadline it is reset or left alone.
 */

#include <string.h>
#include <unistd.h>

#include "conf_json.h"
#include "director.h"
#include "lb_clock.h"
#include "rpc_bed.h"
#include "unit.h"

#define FRAME_TCP_FLAGS (FRAME_L4 + 13)

#define FIRST "\"service\":\"web\",\"server\":\"10.2.0.21:80\""
#define SERVICE(more)                                                                              \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; " more                             \
	"  servers = ( { address = \"10.2.0.21\"; }, { address = \"10.2.0.22\"; } ); }"

static struct director *director;

static void
begin(uint32_t workers, const char *service)
{
	director = bed_begin(&(struct graph_setup){
		.workers = workers,
		.connections = 4096,
		.services = service,
	});
}

/* Where a packet of a client's flow goes: the number of the server; SERVERS: back as a reset. */
static uint32_t
sent(uint32_t client, uint8_t flags)
{
	struct frame_flow flow = frame_flow(client, 80);
	struct frame in = frame_tcp(&flow, flags, 0), out = { 0 };

	graph_send(WAN, &in);
	if (graph_take(LAN, TYPE_IP4, &out))
		return graph_server(&out);
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &out));
	CU_ASSERT_TRUE((out.bytes[FRAME_TCP_FLAGS] & TCP_RST) != 0);
	return SERVERS;
}

/* Open flows from..to-1, each twice seen; returns how many server 0 got. */
static uint32_t
open_flows(uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++) {
		n += sent(i, TCP_SYN) == 0;
		sent(i, TCP_ACK);
	}
	return n;
}

/* How many of the flows go on to server 0, and how many are reset. */
static void
expect_flows(uint32_t n, uint32_t on, uint32_t reset)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t server = sent(i, TCP_ACK);

		on -= server == 0;
		reset -= server == SERVERS;
	}
	CU_ASSERT_EQUAL(on, 0);
	CU_ASSERT_EQUAL(reset, 0);
}

/* What service.get says of the first server's drain, as "state connections"; "": it has none. */
static const char *
drain(void)
{
	static char text[64];
	json_t *service = bed_call("service.get", "{\"name\":\"web\"}");
	json_t *server = json_array_get(json_object_get(service, "servers"), 0);
	const json_t *drains = json_object_get(server, "drain");

	text[0] = '\0';
	if (drains != NULL)
		snprintf(text, sizeof(text), "%s %" JSON_INTEGER_FORMAT,
			json_string_value(json_object_get(drains, "state")),
			json_integer_value(json_object_get(drains, "connections")));
	json_decref(service);
	return text;
}

/* Turn until control has looked at all servers, and workers have reset what they were to. */
static void
look_round(void)
{
	director->servers.due_ms = 0;
	for (int i = 0; i < 20 || director->servers.resetting; i++)
		bed_turn_all();
}

/* All deadlines that there are have come. */
static void
come_deadlines(void)
{
	struct server_state *state;

	TAILQ_FOREACH(state, &director->servers.list, link)
		if (state->deadline_ms != SERVERS_NEVER)
			state->deadline_ms = 0;
	look_round();
}

/* The running configuration becomes the director's file. */
static void
save(char path[96])
{
	snprintf(path, 96, "%s/conf", bed_folder());
	director->path = path;
	bed_save(path);
}

static void
check_drain(uint32_t workers)
{
	uint32_t before;
	char want[32];

	begin(workers, SERVICE(""));
	before = open_flows(0, 40);
	CU_ASSERT_TRUE(before >= 10 && before <= 30);
	CU_ASSERT_STRING_EQUAL(drain(), "");
	CU_ASSERT_EQUAL(bed_number("server.drain", "{" FIRST "}", "revision"), 1);
	CU_ASSERT_EQUAL(open_flows(100, 140), 0);
	expect_flows(40, before, 0);
	snprintf(want, sizeof(want), "draining %u", before);
	CU_ASSERT_STRING_EQUAL(drain(), want);
	bed_done("server.drain", "{" FIRST ",\"cancel\":true}");
	CU_ASSERT_STRING_EQUAL(drain(), "");
	CU_ASSERT_TRUE(open_flows(200, 240) >= 10);
	CU_ASSERT_EQUAL(bed_number("service.get", "{\"name\":\"web\"}", "revision"), 1);
	bed_end();
}

static void
drained_server_keeps_what_it_has_and_gets_nothing_new(void)
{
	check_drain(1);
	check_drain(3);
}

static void
setting_the_weight_ends_a_drain(void)
{
	begin(1, SERVICE(""));
	bed_done("server.drain", "{" FIRST "}");
	bed_done("server.set", "{" FIRST ",\"forward\":\"dr\"}");
	CU_ASSERT_STRING_EQUAL(drain(), "drained 0");
	bed_done("server.set", "{" FIRST ",\"weight\":3,\"dry_run\":true}");
	bed_refused("server.set", "{" FIRST ",\"weight\":70000}", "invalid_configuration",
		"service \"web\": server 10.2.0.21: weight is 70000, which is out of range; write "
		"0 "
		"to 65535");
	CU_ASSERT_STRING_EQUAL(drain(), "drained 0");
	CU_ASSERT_EQUAL(open_flows(0, 10), 0);
	bed_done("server.set", "{" FIRST ",\"weight\":3}");
	CU_ASSERT_STRING_EQUAL(drain(), "");
	CU_ASSERT_EQUAL(open_flows(100, 140), 30);
	bed_end();
}

static void
drain_survives_a_reload_while_the_server_exists(void)
{
	char path[96];

	begin(1, SERVICE(""));
	open_flows(0, 10);
	save(path);
	bed_done("server.drain", "{" FIRST "}");
	bed_done("config.reload", "{}");
	CU_ASSERT_STRING_EQUAL(drain(), "draining 5");
	CU_ASSERT_EQUAL(open_flows(100, 110), 0);
	bed_done("server.delete", "{" FIRST "}");
	bed_done("config.reload", "{}"); /* it is back, and another object */
	CU_ASSERT_STRING_EQUAL(drain(), "");
	CU_ASSERT_EQUAL(open_flows(200, 210), 5);
	expect_flows(10, 5, 0);
	CU_ASSERT_EQUAL(unlink(path), 0);
	bed_end();
}

static void
at_the_deadline_connections_are_reset_if_that_was_asked_for(void)
{
	begin(1, SERVICE(""));
	CU_ASSERT_EQUAL(open_flows(0, 10), 5);
	bed_done("server.drain", "{" FIRST ",\"timeout_ms\":60000}");
	look_round();
	CU_ASSERT_STRING_EQUAL(drain(), "draining 5");
	come_deadlines();
	CU_ASSERT_STRING_EQUAL(drain(), "over 5");
	expect_flows(10, 5, 0);
	bed_done("server.drain", "{" FIRST ",\"timeout_ms\":60000,\"reset\":true}");
	expect_flows(10, 5, 0);
	CU_ASSERT_STRING_EQUAL(drain(), "draining 5");
	come_deadlines();
	CU_ASSERT_STRING_EQUAL(drain(), "reset 5");
	expect_flows(10, 0, 5);
	CU_ASSERT_STRING_EQUAL(drain(), "drained 0");
	bed_end();
}

static void
deadline_comes_by_itself(void)
{
	uint64_t end = lb_clock_ms() + 60000;

	begin(1, SERVICE(""));
	open_flows(0, 4);
	bed_done("server.drain", "{" FIRST ",\"timeout_ms\":200,\"reset\":true}");
	while (strncmp(drain(), "reset", 5) != 0 && lb_clock_ms() < end)
		bed_turn_all();
	look_round(); /* the deadline has come; now the workers are asked */
	expect_flows(4, 0, 2);
	bed_end();
}

static void
deleted_server_drains_and_is_reset_after_its_timeout(void)
{
	uint32_t n;

	begin(3, SERVICE("drain_timeout_ms = 60000;"));
	n = open_flows(0, 60);
	bed_done("server.delete", "{" FIRST "}");
	CU_ASSERT_EQUAL(open_flows(100, 130), 0);
	expect_flows(60, n, 0);
	come_deadlines();
	expect_flows(60, 0, n);
	look_round();
	CU_ASSERT_TRUE(TAILQ_EMPTY(&director->servers.list));
	bed_end();
}

static void
server_that_comes_back_in_time_keeps_its_connections(void)
{
	begin(1, SERVICE("drain_timeout_ms = 60000;"));
	CU_ASSERT_EQUAL(open_flows(0, 10), 5);
	bed_done("server.delete", "{" FIRST "}");
	bed_done("server.add", "{\"service\":\"web\",\"address\":\"10.2.0.21\"}");
	come_deadlines();
	expect_flows(10, 5, 0);
	CU_ASSERT_TRUE(TAILQ_EMPTY(&director->servers.list));
	bed_end();
}

static void
deleted_service_drains_too(void)
{
	begin(1, SERVICE("drain_timeout_ms = 60000;"));
	open_flows(0, 10);
	bed_done("service.delete", "{\"service\":\"web\"}");
	expect_flows(10, 5, 0);
	come_deadlines();
	expect_flows(10, 0, 10);
	bed_end();
}

static void
without_a_timeout_connections_of_a_deleted_server_go_on(void)
{
	begin(1, SERVICE("drain_timeout_ms = 0;"));
	open_flows(0, 10);
	bed_done("server.delete", "{" FIRST "}");
	come_deadlines();
	expect_flows(10, 5, 0);
	CU_ASSERT_FALSE(TAILQ_EMPTY(&director->servers.list));
	bed_end();
}

static void
server_deleted_now_is_reset_at_once(void)
{
	begin(1, SERVICE(""));
	open_flows(0, 10);
	bed_done("server.delete", "{" FIRST ",\"now\":true,\"dry_run\":true}");
	look_round();
	expect_flows(10, 5, 0);
	bed_done("server.delete",
		"{\"service\":\"tcp:10.1.0.200:80\",\"server\":\"10.2.0.21:80\",\"now\":true}");
	look_round();
	expect_flows(10, 0, 5);
	bed_end();
}

/* Its table is built aside, with the weights of a drain, also by a change that comes after. */
static void
slow_schedulers_drain_too(void)
{
	begin(1, SERVICE("scheduler = \"mh\"; scheduler_options = { port = true; };"));
	CU_ASSERT_TRUE(open_flows(0, 40) >= 10);
	bed_done("server.drain", "{" FIRST "}");
	CU_ASSERT_EQUAL(open_flows(100, 140), 0);
	bed_done("server.set", "{\"service\":\"web\",\"server\":\"10.2.0.22:80\",\"weight\":5,"
			       "\"forward\":\"dr\"}");
	CU_ASSERT_EQUAL(open_flows(200, 240), 0);
	bed_done("server.drain", "{" FIRST ",\"cancel\":true}");
	CU_ASSERT_TRUE(open_flows(300, 400) >= 5);
	bed_end();
}

static void
with_all_servers_drained_nobody_is_served(void)
{
	begin(1, SERVICE(""));
	bed_done("server.drain", "{" FIRST "}");
	bed_done("server.drain", "{\"service\":\"web\",\"server\":\"10.2.0.22:80\"}");
	CU_ASSERT_EQUAL(sent(0, TCP_SYN), SERVERS);
	CU_ASSERT_EQUAL(graph_count("reject_sched_none"), 1);
	bed_end();
}

/* How many of 410 new flows the first server gets. */
static uint32_t
share_of_first(uint32_t from)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < from + 410; i++)
		n += sent(i, TCP_SYN) == 0;
	return n;
}

/* The first server has been starting for so long. */
static void
grow_to(uint32_t ms)
{
	struct server_state *state = TAILQ_FIRST(&director->servers.list);

	CU_ASSERT_PTR_NOT_NULL_FATAL(state);
	state->slow_ms = lb_clock_ms() - ms;
	look_round();
}

/* 20 parts of the other, and 1, then 11 of its own. */
static void
server_that_comes_back_takes_its_share_slowly(void)
{
	begin(1, SERVICE("slow_start_ms = 3600000;"));
	CU_ASSERT_EQUAL(share_of_first(0), 205);
	CU_ASSERT_TRUE(TAILQ_EMPTY(&director->servers.list));
	bed_done("server.drain", "{" FIRST "}");
	bed_done("server.drain", "{" FIRST ",\"cancel\":true}");
	CU_ASSERT_TRUE(share_of_first(1000) - 19 <= 2);
	grow_to(1900000);
	CU_ASSERT_TRUE(share_of_first(2000) - 144 <= 6);
	grow_to(3600000);
	CU_ASSERT_EQUAL(share_of_first(3000), 205);
	CU_ASSERT_TRUE(TAILQ_EMPTY(&director->servers.list));
	bed_end();
}

static void
server_that_is_new_or_had_no_weight_starts_slowly(void)
{
	begin(1, SERVICE("slow_start_ms = 3600000;"));
	bed_done("server.set", "{" FIRST ",\"weight\":0}");
	CU_ASSERT_EQUAL(share_of_first(0), 0);
	bed_done("server.set", "{" FIRST ",\"weight\":1}");
	CU_ASSERT_TRUE(share_of_first(1000) - 19 <= 2);
	bed_done("server.delete", "{" FIRST "}");
	bed_done("server.add", "{\"service\":\"web\",\"address\":\"10.2.0.21\"}");
	CU_ASSERT_TRUE(share_of_first(2000) - 19 <= 2);
	bed_done("service.set", "{\"service\":\"web\",\"slow_start_ms\":0}");
	look_round();
	CU_ASSERT_EQUAL(share_of_first(3000), 205);
	bed_end();
}

static void
what_cannot_drain_is_refused(void)
{
	begin(1, SERVICE(""));
	bed_refused("server.drain", "{\"service\":\"shop\",\"server\":\"10.2.0.21:80\"}",
		"unknown_service",
		"service \"shop\": there is none; give a name that service.list shows, or "
		"protocol, "
		"address and port as tcp:10.1.0.100:80");
	bed_refused("server.drain", "{\"service\":\"web\",\"server\":\"10.2.0.29:80\"}",
		"not_found",
		"service \"web\": it has no server 10.2.0.29:80; service.get lists them");
	bed_refused("server.drain", "{\"service\":\"web\",\"server\":\"first\"}", "not_found",
		"service \"web\": it has no server first; service.get lists them");
	bed_refused("server.drain", "{" FIRST ",\"cancel\":true}", "not_found",
		"service \"web\": server 10.2.0.21:80 does not drain; service.get shows which do");
	bed_refused("server.drain", "{" FIRST ",\"timeout_ms\":-5}", "invalid_params",
		"parameter \"timeout_ms\" is -5; give 0 to 86400000, 0 for no deadline");
	bed_refused("server.drain", "{" FIRST ",\"timeout_ms\":86400001}", "invalid_params",
		"parameter \"timeout_ms\" is 86400001; give 0 to 86400000, 0 for no deadline");
	bed_refused("server.drain", "{" FIRST ",\"timeout_ms\":0,\"reset\":true}", "invalid_params",
		"parameter \"reset\" needs a deadline; give \"timeout_ms\" too");
	bed_refused("server.drain", "{" FIRST ",\"cancel\":true,\"timeout_ms\":1}",
		"invalid_params",
		"parameter \"cancel\" ends a drain, which \"timeout_ms\" and \"reset\" begin; "
		"leave "
		"one of them out");
	bed_refused("server.drain", "{" FIRST ",\"if_revision\":7}", "revision_mismatch",
		"revision 7 was asked for, but 1 is in force; look at it and ask again");
	bed_done("server.drain", "{" FIRST ",\"dry_run\":true}");
	CU_ASSERT_STRING_EQUAL(drain(), "");
	CU_ASSERT_TRUE(TAILQ_EMPTY(&director->servers.list));
	CU_ASSERT_EQUAL(open_flows(0, 10), 5);
	bed_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(drained_server_keeps_what_it_has_and_gets_nothing_new),
	UNIT_TEST(setting_the_weight_ends_a_drain),
	UNIT_TEST(drain_survives_a_reload_while_the_server_exists),
	UNIT_TEST(at_the_deadline_connections_are_reset_if_that_was_asked_for),
	UNIT_TEST(deadline_comes_by_itself),
	UNIT_TEST(deleted_server_drains_and_is_reset_after_its_timeout),
	UNIT_TEST(server_that_comes_back_in_time_keeps_its_connections),
	UNIT_TEST(deleted_service_drains_too),
	UNIT_TEST(without_a_timeout_connections_of_a_deleted_server_go_on),
	UNIT_TEST(server_deleted_now_is_reset_at_once),
	UNIT_TEST(slow_schedulers_drain_too),
	UNIT_TEST(with_all_servers_drained_nobody_is_served),
	UNIT_TEST(server_that_comes_back_takes_its_share_slowly),
	UNIT_TEST(server_that_is_new_or_had_no_weight_starts_slowly),
	UNIT_TEST(what_cannot_drain_is_refused),
	UNIT_END,
};

const struct unit_suite graph_drains = { "drains", tests };
