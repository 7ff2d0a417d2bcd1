/* When connections end by time, and what that costs. */

#include "fixture.h"

static void
connection_ends_after_its_timeout_and_jitter(void)
{
	struct fixture f;
	uint32_t now = 5000, ended = 0, jitters = 0;

	fixture_init(&f, 200, now);
	for (uint32_t i = 0; i < 200; i++) {
		struct lb_conn_new new = flow_dr(i);
		struct lb_conn *conn = add(&f, &new, now);

		jitters |= 1U << (conn->expiry - now - SECONDS(60));
		CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, now + SECONDS(60) - 1), conn);
		CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, now + SECONDS(60) + JITTER_MAX));
	}
	CU_ASSERT_EQUAL(jitters, 0xffff); /* each of 0 .. 15 ticks, and no other */
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, now + SECONDS(60) - 1, 1000), 0);
	for (uint32_t tick = 0; tick <= JITTER_MAX; tick++)
		ended += lb_conn_expire(f.table, now + SECONDS(60) + tick, 1000);
	CU_ASSERT_EQUAL(ended, 200);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->expired, 200);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 0);
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 0));
	fixture_fini(&f);
}

/* The lookup needs no expiry to run: it and the moment of ending agree on the tick. */
static void
lookup_misses_from_the_tick_of_expiry_on(void)
{
	struct lb_conn_new new = flow_udp(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, conn->expiry - 1), conn);
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, conn->expiry));
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, conn->expiry - 1, 10), 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, conn->expiry, 10), 1);
	fixture_fini(&f);
}

static void
expired_flow_is_made_anew_in_place_of_the_old(void)
{
	struct lb_conn_new new = flow_nat(1), other = new;
	struct fixture f;
	uint32_t later;

	other.target.vip = RTE_BE32(0x0a010065);
	fixture_init(&f, 10, 0);
	later = add(&f, &new, 0)->expiry;
	add(&f, &new, later);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->expired, 1);
	later += SECONDS(62);
	CU_ASSERT_PTR_NOT_NULL(lb_conn_add(f.table, &other, later)); /* by the reply key alone */
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->expired, 2);
	CU_ASSERT_TRUE(load_is(&f, 3, 1, 0));
	fixture_fini(&f);
}

static void
expiry_is_stamped_once_a_second(void)
{
	struct lb_conn_new new = flow_udp(1);
	struct fixture f;
	struct lb_conn *conn;
	uint32_t first;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	first = conn->expiry;
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_NONE, SECONDS(1) - 1);
	CU_ASSERT_EQUAL(conn->expiry, first);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_NONE, SECONDS(1));
	CU_ASSERT_EQUAL(conn->expiry, first + SECONDS(1));
	fixture_fini(&f);
}

static void
packets_leave_the_wheel_alone(void)
{
	struct lb_conn_new new = flow_udp(1);
	struct fixture f;
	struct lb_conn *conn;
	uint32_t armed, now = 0;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	armed = conn->armed;
	for (; now < SECONDS(200); now += SECONDS(1))
		lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_NONE, now);
	CU_ASSERT_EQUAL(conn->armed, armed);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, armed, 10), 0);
	CU_ASSERT_NOT_EQUAL(conn->armed, armed);
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, armed), conn);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, now + SECONDS(301), 10), 1);
	fixture_fini(&f);
}

/* 900 s is 3.5 turns of the wheel. */
static void
timeout_of_several_turns_is_kept(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;
	uint32_t expiry;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, 0);
	expiry = conn->expiry;
	for (uint32_t now = 0; now < expiry; now++)
		CU_ASSERT_EQUAL_FATAL(lb_conn_expire(f.table, now, 10), 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, expiry, 10), 1);
	fixture_fini(&f);
}

static void
shorter_timeout_relinks_at_once(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(100), 10), 0);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_OTHER, SECONDS(100));
	CU_ASSERT_EQUAL(conn->state, LB_CONN_CL);
	CU_ASSERT_EQUAL(conn->armed, conn->expiry);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(110) - 1, 10), 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(110) + JITTER_MAX, 10), 1);
	fixture_fini(&f);
}

static void
timeout_shortened_by_control_holds_from_the_next_packet(void)
{
	struct lb_conn_new new = flow_udp(1);
	struct fixture f;
	struct lb_conn *conn;

	new.timeout_class = 4;
	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	lb_conn_timeouts[4].udp = SECONDS(20);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_NONE, 1);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, 1 + SECONDS(20) + JITTER_MAX, 10), 1);
	lb_conn_timeouts_init();
	fixture_fini(&f);
}

static void
budget_bounds_the_entries_visited(void)
{
	struct fixture f;

	fixture_init(&f, 200, 0);
	for (uint32_t i = 0; i < 200; i++) {
		struct lb_conn_new new = flow_nat(i);

		add(&f, &new, 0);
	}
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(62), 0), 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(62), 1), 1);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(62), 75), 75);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(62), 1000), 124);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(62), 1000), 0);
	fixture_fini(&f);
}

static void
time_goes_on_over_the_wrap_of_ticks(void)
{
	uint32_t now = UINT32_MAX - SECONDS(30);
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, now);
	conn = add(&f, &new, now);
	CU_ASSERT_TRUE(conn->expiry < now);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, now + SECONDS(31), 10), 0);
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, now + SECONDS(31)), conn);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, now + SECONDS(31));
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_FIN, now + SECONDS(32));
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, now + SECONDS(152) - 1, 10), 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, now + SECONDS(152) + JITTER_MAX, 10), 1);
	fixture_fini(&f);
}

static const struct unit_test tests[] = {
	UNIT_TEST(connection_ends_after_its_timeout_and_jitter),
	UNIT_TEST(lookup_misses_from_the_tick_of_expiry_on),
	UNIT_TEST(expired_flow_is_made_anew_in_place_of_the_old),
	UNIT_TEST(expiry_is_stamped_once_a_second),
	UNIT_TEST(packets_leave_the_wheel_alone),
	UNIT_TEST(timeout_of_several_turns_is_kept),
	UNIT_TEST(shorter_timeout_relinks_at_once),
	UNIT_TEST(timeout_shortened_by_control_holds_from_the_next_packet),
	UNIT_TEST(budget_bounds_the_entries_visited),
	UNIT_TEST(time_goes_on_over_the_wrap_of_ticks),
	UNIT_END,
};

const struct unit_suite unit_conn_expiry = { "expiry", tests };
