/* The sorry server: who has it, when, and what becomes of its connections. */

#include "harness.h"

#include <string.h>

#include "lb_conf.h"
#include "rpc_bed.h"
#include "unit.h"

/* Two servers of a weight; the third one says sorry. */
#define SERVICE(weight, more)                                                                      \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"rr\";" more          \
	"  sorry = { address = \"10.2.0.23\"; };"                                                  \
	"  servers = ( { address = \"10.2.0.21\"; weight = " weight "; },"                         \
	"              { address = \"10.2.0.22\"; weight = " weight "; } ); }"
#define SORRY 2

static uint32_t
send_packet(uint32_t flow, uint8_t flags)
{
	struct frame_flow at = frame_flow(flow, 80);
	struct frame in = frame_tcp(&at, flags, 0), out = { 0 };

	graph_send(WAN, &in);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

static void
takes_what_no_server_takes(void)
{
	struct lb_conf *closed, *open;

	graph_boot_met(&(struct graph_setup){ .services = SERVICE("1", "") });
	CU_ASSERT_EQUAL(send_packet(0, TCP_SYN), 0);
	CU_ASSERT_EQUAL(send_packet(1, TCP_SYN), 1);
	closed = graph_conf(SERVICE("0", ""));
	graph_apply(closed);
	CU_ASSERT_EQUAL(send_packet(2, TCP_SYN), SORRY);
	CU_ASSERT_EQUAL(send_packet(0, TCP_ACK), 0);
	CU_ASSERT_EQUAL(graph_count("reject_sched_none"), 0);
	open = graph_conf(SERVICE("1", ""));
	graph_apply(open);
	CU_ASSERT_TRUE(send_packet(3, TCP_SYN) < SORRY);
	CU_ASSERT_EQUAL(send_packet(2, TCP_ACK), SORRY);
	graph_end();
	lb_conf_destroy(closed);
	lb_conf_destroy(open);
}

/* Also where the client's template belongs to another worker than its flow. */
static void
persistent_client_leaves_it_when_a_server_is_back(void)
{
	struct lb_conf *open;

	graph_boot_met(&(struct graph_setup){
		.services = SERVICE("0", "persistence_ms = 60000;"), .workers = 3 });
	for (uint32_t i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(send_packet(i, TCP_SYN), SORRY);
	CU_ASSERT_EQUAL(graph_connections(), 20);
	open = graph_conf(SERVICE("1", "persistence_ms = 60000;"));
	graph_apply(open);
	for (uint32_t i = 0; i < 20; i++) {
		CU_ASSERT_EQUAL(send_packet(i, TCP_ACK), SORRY);
		CU_ASSERT_TRUE(send_packet(1000 + i, TCP_SYN) < SORRY);
	}
	graph_end();
	lb_conf_destroy(open);
}

static void
full_servers_send_there_too(void)
{
	static const char services[] =
		"{ name = \"web\"; address = \"10.1.0.200\"; port = 80;"
		"  sorry = { address = \"10.2.0.23\"; port = 8080; forward = \"nat\"; };"
		"  servers = ( { address = \"10.2.0.21\"; upper = 1; } ); }";
	json_t *service, *sorry;

	bed_begin(&(struct graph_setup){ .services = services });
	CU_ASSERT_EQUAL(send_packet(0, TCP_SYN), 0);
	CU_ASSERT_EQUAL(send_packet(1, TCP_SYN), SORRY);
	CU_ASSERT_EQUAL(send_packet(2, TCP_SYN), SORRY);
	service = bed_call("service.get", "{\"name\":\"web\"}");
	sorry = json_object_get(service, "sorry");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(sorry, "connections")), 2);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(sorry, "forward")), "nat");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(service, "connections")), 3);
	json_decref(service);
	bed_end();
}

#define ONLY(sorry)                                                                                \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; " sorry                            \
	"  servers = ( { address = \"10.2.0.21\"; weight = 0; } ); }"

static void
edit_puts_another_in_its_place_or_none(void)
{
	static const char *const services[] = { ONLY("sorry = { address = \"10.2.0.23\"; };"),
		ONLY("") };
	struct lb_conf *confs[2];

	graph_boot_met(
		&(struct graph_setup){ .services = ONLY("sorry = { address = \"10.2.0.22\"; };") });
	graph_announce(LAN, SERVER_MAC(1), SERVER_IP(1));
	CU_ASSERT_EQUAL(send_packet(0, TCP_SYN), 1);
	confs[0] = graph_conf(services[0]);
	graph_apply(confs[0]);
	graph_announce(LAN, SERVER_MAC(2), SERVER_IP(2));
	graph_settle();
	CU_ASSERT_EQUAL(send_packet(1, TCP_SYN), 2);
	CU_ASSERT_EQUAL(send_packet(0, TCP_ACK), 1);
	confs[1] = graph_conf(services[1]);
	graph_apply(confs[1]);
	CU_ASSERT_EQUAL(send_packet(2, TCP_SYN), SERVERS);
	CU_ASSERT_EQUAL(send_packet(1, TCP_ACK), 2);
	CU_ASSERT_EQUAL(graph_count("reject_sched_none"), 1);
	graph_end();
	lb_conf_destroy(confs[0]);
	lb_conf_destroy(confs[1]);
}

static const struct unit_test tests[] = {
	UNIT_TEST(takes_what_no_server_takes),
	UNIT_TEST(persistent_client_leaves_it_when_a_server_is_back),
	UNIT_TEST(full_servers_send_there_too),
	UNIT_TEST(edit_puts_another_in_its_place_or_none),
	UNIT_END,
};

const struct unit_suite graph_sorry = { "sorry", tests };
