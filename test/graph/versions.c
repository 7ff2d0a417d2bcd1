/*
 * Versions of the configuration under traffic: a server that is taken out keeps its flows, gets no
 * new ones, and is itself again when it comes back; when its last flow has ended, its slot is free.
 */

#include "harness.h"

#include "director.h"
#include "lb_clock.h"
#include "unit.h"

#define SERVICE(servers)                                                                           \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"rr\";"               \
	"  servers = ( " servers " ); }"
#define SERVER(last) "{ address = \"10.2.0." last "\"; }"

static const char both[] = SERVICE(SERVER("21") ", " SERVER("22"));
static const char first_only[] = SERVICE(SERVER("21"));
static const char first_and_other[] = SERVICE(SERVER("21") ", " SERVER("23"));

#define FLOWS 10

/* Send one packet of a flow; returns its server. */
static uint32_t
send_flow(uint32_t i, uint8_t flags)
{
	struct frame_flow flow = frame_flow(i, 80);
	struct frame in = frame_tcp(&flow, flags, 0), out = { 0 };

	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	return graph_server(&out);
}

static uint32_t
slot_of(const struct director *director, uint32_t server)
{
	struct lb_endpoint at = {
		.addr = lb_addr_ip4(rte_cpu_to_be_32(SERVER_IP(server))),
		.port = rte_cpu_to_be_16(80),
	};

	return lb_slots_lookup(director->slots, "web", &at);
}

/* Flows 0 to FLOWS - 1, every other one to server 1. */
static struct director *
boot_with_flows(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){ .services = both });

	for (uint32_t i = 0; i < FLOWS; i++) {
		CU_ASSERT_EQUAL(send_flow(i, TCP_SYN), i % 2);
		CU_ASSERT_EQUAL(send_flow(i, TCP_ACK), i % 2);
	}
	return director;
}

static void
flows_of_a_server_that_is_taken_out_go_on_and_new_ones_avoid_it(void)
{
	struct director *director = boot_with_flows();
	struct lb_conf *without = graph_conf(first_only);
	uint32_t slot = slot_of(director, 1);

	graph_apply(without);
	for (uint32_t i = 0; i < FLOWS; i++)
		CU_ASSERT_EQUAL(send_flow(i, TCP_ACK), i % 2);
	for (uint32_t i = FLOWS; i < 2 * FLOWS; i++)
		CU_ASSERT_EQUAL(send_flow(i, TCP_SYN), 0);
	CU_ASSERT_EQUAL(lb_slots_load(director->slots, slot).active, FLOWS / 2);
	graph_end();
	lb_conf_destroy(without);
}

static void
a_server_that_comes_back_has_its_slot_and_counters(void)
{
	struct director *director = boot_with_flows();
	struct lb_conf *without = graph_conf(first_only), *with = graph_conf(both);
	uint32_t slot = slot_of(director, 1), chosen = 0;
	struct lb_slot_stats stats;

	graph_apply(without);
	graph_pause(20); /* the version before is freed, its server retired */
	graph_apply(with);
	CU_ASSERT_EQUAL(slot_of(director, 1), slot);
	for (uint32_t i = 0; i < FLOWS; i++)
		CU_ASSERT_EQUAL(send_flow(i, TCP_ACK), i % 2);
	for (uint32_t i = FLOWS; i < 2 * FLOWS; i++)
		chosen += send_flow(i, TCP_SYN);
	CU_ASSERT_EQUAL(chosen, FLOWS / 2);
	stats = lb_slots_stats(director->slots, slot);
	CU_ASSERT_EQUAL(stats.conns, FLOWS / 2 + chosen);
	CU_ASSERT_EQUAL(stats.packets[LB_FWD_REQUEST], 3 * FLOWS / 2 + chosen);
	CU_ASSERT_EQUAL(stats.bytes[LB_FWD_REQUEST], (3 * FLOWS / 2 + chosen) * 40);
	graph_end();
	lb_conf_destroy(without);
	lb_conf_destroy(with);
}

/* End all flows to a server, between two walks, as time would. */
static void
end_flows(struct director *director, uint32_t server)
{
	for (uint32_t i = 0; i < FLOWS; i++) {
		struct frame_flow flow = frame_flow(i, 80);
		struct frame in = frame_tcp(&flow, TCP_ACK, 0);
		struct lb_conn *conn = graph_conn(0, &in);

		if (conn != NULL && conn->target.server == rte_cpu_to_be_32(SERVER_IP(server)))
			lb_conn_end(director->workers[0]->env.conns, conn);
	}
}

/* Sweeps come at most once a second. */
static void
wait_until_free(const struct director *director, uint32_t server, uint32_t ms)
{
	uint64_t end = lb_clock_ms() + ms;

	while (slot_of(director, server) != LB_SLOT_NONE && lb_clock_ms() < end)
		graph_pause(10);
}

static void
a_slot_is_free_when_the_last_flow_of_its_server_has_ended(void)
{
	struct director *director = boot_with_flows();
	struct lb_conf *without = graph_conf(first_only), *other = graph_conf(first_and_other);
	uint32_t slot = slot_of(director, 1);

	graph_apply(without);
	wait_until_free(director, 1, 2500);
	CU_ASSERT_EQUAL(slot_of(director, 1), slot); /* swept, and found in use */
	CU_ASSERT_TRUE(lb_conn_get_stats(director->workers[0]->env.conns)->swept >= FLOWS);
	end_flows(director, 1);
	wait_until_free(director, 1, 2500);
	CU_ASSERT_EQUAL(slot_of(director, 1), LB_SLOT_NONE);
	graph_apply(other);
	CU_ASSERT_EQUAL(slot_of(director, 2), slot);
	CU_ASSERT_EQUAL(lb_slots_stats(director->slots, slot).conns, 0);
	CU_ASSERT_EQUAL(lb_slots_load(director->slots, slot).active, 0);
	for (uint32_t i = 0; i < FLOWS; i += 2)
		CU_ASSERT_EQUAL(send_flow(i, TCP_ACK), 0);
	graph_end();
	lb_conf_destroy(without);
	lb_conf_destroy(other);
}

static void
a_configuration_that_is_refused_changes_nothing(void)
{
	static const char unknown[] =
		"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; servers = ("
		"  { address = \"10.2.0.21\"; } ); scheduler_options = { nonsense = 1; }; }";
	struct director *director = boot_with_flows();
	const struct lb_conf *before = director->conf;
	uint64_t revision = lb_svc_revision(director->services);
	struct lb_conf *wrong = graph_conf(unknown);
	struct lb_error err = { 0 };

	director->conf = wrong;
	CU_ASSERT_NOT_EQUAL(director_apply(director, &err), 0);
	CU_ASSERT_NOT_EQUAL(err.text[0], '\0');
	director->conf = before;
	CU_ASSERT_EQUAL(lb_svc_revision(director->services), revision);
	for (uint32_t i = 0; i < FLOWS; i++)
		CU_ASSERT_EQUAL(send_flow(i, TCP_ACK), i % 2);
	graph_end();
	lb_conf_destroy(wrong);
}

/* Its link is down at the moment when it is taken out; then it is up again, and says so. */
static void
flows_of_a_server_that_was_not_resolved_when_it_was_taken_out_go_on(void)
{
	struct director *director = graph_boot(&(struct graph_setup){ .services = both });
	struct frame_flow flow = frame_flow(1, 80);
	struct frame in = frame_tcp(&flow, TCP_SYN, 0), out = { 0 };
	struct lb_conf *without = graph_conf(first_only);

	(void)director;
	graph_announce(LAN, SERVER_MAC(0), SERVER_IP(0));
	CU_ASSERT_EQUAL(send_flow(0, TCP_SYN), 0);
	graph_send(WAN, &in); /* held for server 1 */
	graph_apply(without);
	in = frame_tcp(&flow, TCP_SYN, 0);
	graph_send(WAN, &in);
	graph_announce(LAN, SERVER_MAC(1), SERVER_IP(1));
	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_wait(LAN, TYPE_IP4, &out, 500));
	CU_ASSERT_EQUAL(graph_server(&out), 1);
	CU_ASSERT_EQUAL(graph_count("drop_route_none"), 0);
	graph_end();
	lb_conf_destroy(without);
}

static const struct unit_test tests[] = {
	UNIT_TEST(flows_of_a_server_that_is_taken_out_go_on_and_new_ones_avoid_it),
	UNIT_TEST(a_server_that_comes_back_has_its_slot_and_counters),
	UNIT_TEST(a_slot_is_free_when_the_last_flow_of_its_server_has_ended),
	UNIT_TEST(a_configuration_that_is_refused_changes_nothing),
	UNIT_TEST(flows_of_a_server_that_was_not_resolved_when_it_was_taken_out_go_on),
	UNIT_END,
};

const struct unit_suite graph_versions = { "versions", tests };
