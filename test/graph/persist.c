/*
 * Persistence and one-packet scheduling, with one worker and with three, where the template of a
 * client may belong to another worker than its flows.
 */

#include "harness.h"

#include <string.h>

#include "lb_conf.h"
#include "lb_conn.h"
#include "rpc_bed.h"
#include "unit.h"

#define SERVERS_OF(a, b, c)                                                                        \
	"  servers = ( { address = \"10.2.0.21\"; weight = " #a "; },"                             \
	"              { address = \"10.2.0.22\"; weight = " #b "; },"                             \
	"              { address = \"10.2.0.23\"; weight = " #c "; } );"
#define SERVICE(name, port, protocol, more, servers)                                               \
	"{ name = \"" name "\"; address = \"10.1.0.200\"; port = " #port ";"                       \
	"  protocol = \"" protocol "\"; scheduler = \"rr\"; " more servers " }"
#define WEB(more, servers) SERVICE("web", 80, "tcp", more, servers)

/* Send a TCP packet of a client from a port of its; the server that it goes to, SERVERS: none. */
static uint32_t
send_tcp(uint32_t client, uint16_t client_port, uint16_t port, uint8_t flags)
{
	struct frame_flow flow = { client, VIP, client_port, port };
	struct frame in = frame_tcp(&flow, flags, 0), out = { 0 };

	graph_send(WAN, &in);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

static uint32_t
send_udp(uint32_t client, uint16_t client_port)
{
	struct frame_flow flow = { client, VIP, client_port, 53 };
	struct frame in = frame_udp(&flow, 8), out = { 0 };

	graph_send(WAN, &in);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

static void
client_stays_at_its_server(void)
{
	graph_boot_met(&(struct graph_setup){
		.services = WEB("persistence_ms = 300000;", SERVERS_OF(1, 1, 1)) });
	for (uint32_t client = 0; client < 6; client++)
		for (uint16_t i = 0; i < 4; i++)
			CU_ASSERT_EQUAL(
				send_tcp(CLIENT_IP(client), (uint16_t)(40000 + i), 80, TCP_SYN),
				client % 3);
	CU_ASSERT_EQUAL(graph_connections(), 24 + 6);
	graph_end();
}

static void
networks_stay_together(void)
{
	uint32_t first;

	graph_boot_met(&(struct graph_setup){
		.services = WEB("persistence_ms = 300000; persistence_prefix = 24;",
			SERVERS_OF(1, 1, 1)) });
	first = send_tcp(IP(198, 18, 4, 1), 40000, 80, TCP_SYN);
	CU_ASSERT_EQUAL(send_tcp(IP(198, 18, 4, 255), 40000, 80, TCP_SYN), first);
	CU_ASSERT_NOT_EQUAL(send_tcp(IP(198, 18, 5, 1), 40000, 80, TCP_SYN), first);
	CU_ASSERT_EQUAL(graph_connections(), 3 + 2);
	graph_end();
}

static void
each_service_has_its_own_templates(void)
{
	graph_boot_met(&(struct graph_setup){
		.services = WEB("persistence_ms = 300000;", SERVERS_OF(1, 0, 0)) "," SERVICE(
			"other", 81, "tcp", "persistence_ms = 300000;", SERVERS_OF(0, 1, 0)) });
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40000, 80, TCP_SYN), 0);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40001, 81, TCP_SYN), 1);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40002, 80, TCP_SYN), 0);
	graph_end();
}

/* The first connection is still there when the template is not; nothing keeps it alive. */
static void
time_does_not_depend_on_open_connections(void)
{
	graph_boot_met(&(struct graph_setup){
		.services = WEB("persistence_ms = 1000;", SERVERS_OF(1, 1, 1)) });
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40000, 80, TCP_SYN), 0);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40000, 80, TCP_ACK), 0);
	graph_pause(1100);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40000, 80, TCP_ACK), 0);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40001, 80, TCP_SYN), 1);
	graph_end();
}

static void
each_new_connection_begins_the_time_anew(void)
{
	graph_boot_met(&(struct graph_setup){
		.services = WEB("persistence_ms = 1000;", SERVERS_OF(1, 1, 1)) });
	for (uint16_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), (uint16_t)(40000 + i), 80, TCP_SYN), 0);
		graph_pause(600);
	}
	graph_end();
}

static void
server_without_weight_or_gone_loses_its_clients(void)
{
	struct lb_conf *drained, *gone;

	graph_boot_met(&(struct graph_setup){
		.services = WEB("persistence_ms = 300000;", SERVERS_OF(1, 1, 1)) });
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40000, 80, TCP_SYN), 0);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(1), 40000, 80, TCP_SYN), 1);
	drained = graph_conf(WEB("persistence_ms = 300000;", SERVERS_OF(0, 1, 1)));
	graph_apply(drained);
	CU_ASSERT_NOT_EQUAL(send_tcp(CLIENT_IP(0), 40001, 80, TCP_SYN), 0);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40000, 80, TCP_ACK), 0);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(1), 40001, 80, TCP_SYN), 1);
	gone = graph_conf(
		WEB("persistence_ms = 300000;", "servers = ( { address = \"10.2.0.23\"; } );"));
	graph_apply(gone);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(1), 40002, 80, TCP_SYN), 2);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(1), 40001, 80, TCP_ACK), 1);
	graph_end();
	lb_conf_destroy(drained);
	lb_conf_destroy(gone);
}

static void
clients_stay_whichever_worker_has_their_flows(void)
{
	uint32_t used[SERVERS] = { 0 };

	graph_boot_met(&(struct graph_setup){
		.workers = 3, .services = WEB("persistence_ms = 300000;", SERVERS_OF(1, 1, 1)) });
	for (uint32_t client = 0; client < 60; client++) {
		uint32_t server = send_tcp(CLIENT_IP(client), 40000, 80, TCP_SYN);

		CU_ASSERT_TRUE_FATAL(server < SERVERS);
		used[server]++;
		for (uint16_t i = 1; i < 8; i++)
			CU_ASSERT_EQUAL(
				send_tcp(CLIENT_IP(client), (uint16_t)(40000 + i), 80, TCP_SYN),
				server);
	}
	CU_ASSERT_EQUAL(graph_connections(), 60 * 8 + 60);
	CU_ASSERT_TRUE(graph_count("template_pick") > 200);
	CU_ASSERT_EQUAL(graph_count("template_pick"), graph_count("conn_answer"));
	for (uint32_t i = 0; i < SERVERS; i++)
		CU_ASSERT_TRUE(used[i] > 10);
	graph_end();
}

/* All at once: the answer to the first meets the second, which asked too. */
static void
repeated_first_packets_make_one_connection(void)
{
	graph_boot_met(&(struct graph_setup){
		.workers = 3, .services = WEB("persistence_ms = 300000;", SERVERS_OF(1, 1, 1)) });
	for (uint16_t i = 0; i < 20; i++) {
		struct frame_flow flow = { CLIENT_IP(0), VIP, (uint16_t)(40000 + i), 80 };
		struct frame in = frame_tcp(&flow, TCP_SYN, 0);

		for (uint16_t copy = 0; copy < 3; copy++)
			graph_put(WAN, copy, &in);
	}
	graph_settle();
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 60);
	CU_ASSERT_EQUAL(graph_connections(), 20 + 1);
	graph_end();
}

#define NAT(more, servers) WEB("forward = \"nat\"; persistence_ms = 300000;" more, servers)

/* The same for a client that is a server itself. */
static uint32_t
send_from_server(uint32_t i, uint16_t port)
{
	struct frame_flow flow = { SERVER_IP(i), VIP, port, 80 };
	struct frame frame = frame_tcp(&flow, TCP_SYN, 0), out = { 0 };

	frame = frame_from_server(&frame, i);
	graph_send(LAN, &frame);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

static void
check_server_as_client(uint32_t workers)
{
	graph_boot_met(&(struct graph_setup){
		.workers = workers, .services = NAT("", SERVERS_OF(50, 1, 1)) });
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t server = send_from_server(i, 40000);

		CU_ASSERT_TRUE(server < SERVERS);
		CU_ASSERT_NOT_EQUAL(server, i);
		for (uint16_t k = 1; k < 8; k++)
			CU_ASSERT_EQUAL(send_from_server(i, (uint16_t)(40000 + k)), server);
	}
	CU_ASSERT_EQUAL(graph_count("drop_nat_self"), 0);
	CU_ASSERT_EQUAL(graph_connections(), 3 * 8 + 3);
	graph_end();
}

/* Under NAT its own answer would not come back to us. */
static void
a_server_that_is_a_client_stays_at_another(void)
{
	check_server_as_client(1);
	check_server_as_client(3);
}

static void
a_server_leaves_its_network_at_itself(void)
{
	graph_boot_met(&(struct graph_setup){
		.services = NAT("persistence_prefix = 24;", SERVERS_OF(1, 1, 1)) });
	CU_ASSERT_EQUAL(send_from_server(1, 40000), 0);
	for (uint16_t i = 0; i < 8; i++) {
		uint32_t server = send_from_server(0, (uint16_t)(40000 + i));

		CU_ASSERT_TRUE(server == 1 || server == 2);
	}
	CU_ASSERT_EQUAL(send_from_server(2, 40000), 0);
	CU_ASSERT_EQUAL(graph_connections(), 10 + 1);
	graph_end();
}

static void
a_server_alone_gets_no_template(void)
{
	graph_boot_met(&(struct graph_setup){ .services = NAT("", SERVERS_OF(1, 0, 0)) });
	CU_ASSERT_EQUAL(send_from_server(0, 40000), SERVERS);
	CU_ASSERT_EQUAL(graph_count("drop_nat_self"), 1);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

static void
without_a_server_the_client_is_told(void)
{
	graph_boot_met(&(struct graph_setup){
		.workers = 3, .services = WEB("persistence_ms = 300000;", SERVERS_OF(0, 0, 0)) });
	for (uint16_t i = 0; i < 9; i++)
		CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(i), 40000, 80, TCP_SYN), SERVERS);
	CU_ASSERT_EQUAL(graph_count("reject_sched_none"), 9);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 9);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

static void
templates_are_listed_and_flushed_but_not_counted(void)
{
	json_t *list, *item;

	bed_begin(&(struct graph_setup){
		.services = WEB("persistence_ms = 300000;", SERVERS_OF(1, 1, 1)) });
	send_tcp(CLIENT_IP(0), 40000, 80, TCP_SYN);
	CU_ASSERT_EQUAL(bed_number("connection.count", "{\"service\":\"web\"}", "connections"), 1);
	list = bed_call("connection.list", "{\"service\":\"web\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(list, "items")), 2);
	item = json_array_get(json_object_get(list, "items"), 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(item, "state")), "TEMPLATE");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(item, "client")), "198.18.0.1:0");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(item, "server")), "10.2.0.21:80");
	json_decref(list);
	list = bed_call("service.get", "{\"name\":\"web\"}");
	item = json_array_get(json_object_get(list, "servers"), 0);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(item, "persistent")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(item, "active")), 1);
	json_decref(list);
	CU_ASSERT_EQUAL(bed_number("connection.flush", "{\"service\":\"web\"}", "flushed"), 2);
	CU_ASSERT_EQUAL(send_tcp(CLIENT_IP(0), 40001, 80, TCP_SYN), 1);
	bed_end();
}

static void
each_packet_is_scheduled_by_itself(void)
{
	graph_boot_met(&(struct graph_setup){
		.services = SERVICE("dns", 53, "udp", "one_packet = true;", SERVERS_OF(1, 1, 1)) });
	for (uint32_t i = 0; i < 9; i++)
		CU_ASSERT_EQUAL(send_udp(CLIENT_IP(0), 40000), i % 3);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

static void
single_packets_of_a_client_stay_together(void)
{
	uint32_t server;

	graph_boot_met(&(struct graph_setup){ .workers = 3,
		.services = SERVICE("dns", 53, "udp", "one_packet = true; persistence_ms = 300000;",
			SERVERS_OF(1, 1, 1)) });
	server = send_udp(CLIENT_IP(0), 40000);
	for (uint16_t i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(send_udp(CLIENT_IP(0), (uint16_t)(40000 + i)), server);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(client_stays_at_its_server),
	UNIT_TEST(networks_stay_together),
	UNIT_TEST(each_service_has_its_own_templates),
	UNIT_TEST(time_does_not_depend_on_open_connections),
	UNIT_TEST(each_new_connection_begins_the_time_anew),
	UNIT_TEST(server_without_weight_or_gone_loses_its_clients),
	UNIT_TEST(clients_stay_whichever_worker_has_their_flows),
	UNIT_TEST(repeated_first_packets_make_one_connection),
	UNIT_TEST(a_server_that_is_a_client_stays_at_another),
	UNIT_TEST(a_server_leaves_its_network_at_itself),
	UNIT_TEST(a_server_alone_gets_no_template),
	UNIT_TEST(without_a_server_the_client_is_told),
	UNIT_TEST(templates_are_listed_and_flushed_but_not_counted),
	UNIT_TEST(each_packet_is_scheduled_by_itself),
	UNIT_TEST(single_packets_of_a_client_stay_together),
	UNIT_END,
};

const struct unit_suite graph_persist = { "persist", tests };
