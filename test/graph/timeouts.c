/* How long connections are remembered: by the configuration, by the service, after a change. */

#include "harness.h"

#include "lb_clock.h"
#include "lb_conf.h"
#include "lb_conn.h"
#include "unit.h"

#define SERVICES(ms)                                                                               \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"rr\";"               \
	"  timeouts = { established_ms = " ms "; };"                                               \
	"  servers = ( { address = \"10.2.0.21\"; } ); },"                                         \
	"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"               \
	"  servers = ( { address = \"10.2.0.21\"; } ); }"

/* Ticks that a connection has from now on; the clock may go on by one meanwhile. */
static uint32_t
left(const struct frame *frame)
{
	const struct lb_conn *conn = graph_conn(0, frame);

	CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
	return conn->expiry - lb_clock_tick(rte_rdtsc());
}

/* A timeout, and the second of its own that each connection may have. */
static bool
is_about(uint32_t ticks, uint32_t seconds)
{
	return ticks + 2 >= seconds * LB_TICKS_PER_SECOND &&
	       ticks < (seconds + 1) * LB_TICKS_PER_SECOND;
}

static struct frame
tcp(uint32_t client, uint8_t flags)
{
	struct frame_flow flow = frame_flow(client, 80);

	return frame_tcp(&flow, flags, 0);
}

static void
each_service_has_its_own(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame syn = tcp(0, TCP_SYN), ack = tcp(0, TCP_ACK), udp = frame_udp(&flow, 0);

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("7000") });
	graph_send(WAN, &syn);
	CU_ASSERT_TRUE(is_about(left(&syn), 60));
	graph_send(WAN, &ack);
	CU_ASSERT_TRUE(is_about(left(&syn), 7));
	graph_send(WAN, &udp);
	CU_ASSERT_TRUE(is_about(left(&udp), 300));
	graph_drain(LAN, TYPE_IP4);
	graph_end();
}

static void
change_is_for_new_connections(void)
{
	struct frame old = tcp(0, TCP_SYN), old_ack = tcp(0, TCP_ACK);
	struct frame new = tcp(1, TCP_SYN), new_ack = tcp(1, TCP_ACK);
	struct lb_conf *conf;

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("7000") });
	graph_send(WAN, &old);
	conf = graph_conf(SERVICES("30000"));
	graph_apply(conf);
	graph_send(WAN, &old_ack);
	graph_send(WAN, &new);
	graph_send(WAN, &new_ack);
	CU_ASSERT_TRUE(is_about(left(&old), 7));
	CU_ASSERT_TRUE(is_about(left(&new), 30));
	graph_drain(LAN, TYPE_IP4);
	graph_end();
	lb_conf_destroy(conf);
}

static void
connection_is_forgotten_when_its_time_is_over(void)
{
	struct frame syn = tcp(0, TCP_SYN), ack = tcp(0, TCP_ACK);

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("1000") });
	graph_send(WAN, &syn);
	graph_send(WAN, &ack);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_pause(2300);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_drain(LAN, TYPE_IP4);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(each_service_has_its_own),
	UNIT_TEST(change_is_for_new_connections),
	UNIT_TEST(connection_is_forgotten_when_its_time_is_over),
	UNIT_END,
};

const struct unit_suite graph_timeouts = { "timeouts", tests };
