/* Connections that are to be reset: marked, told, and gone. */

#include "fixture.h"

/* As the director has it: one behind its methods. */
#define RESET 3

static const struct lb_conn_stats *
stats(const struct fixture *f)
{
	return lb_conn_get_stats(f->table);
}

static void
marked_connection_counts_as_closed_and_is_still_found(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, 0);
	CU_ASSERT_TRUE(load_is(&f, 3, 1, 0));
	CU_ASSERT_EQUAL(lb_conn_get_reset(conn), LB_CONN_RESET_NONE);
	lb_conn_reset(f.table, conn, RESET, 0);
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 1));
	CU_ASSERT_EQUAL(conn->method, RESET);
	CU_ASSERT_EQUAL(lb_conn_get_reset(conn), LB_CONN_RESET_MARKED);
	CU_ASSERT_TRUE(lb_conn_is_closing(conn->state)); /* a SYN starts the next flow */
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, 1), conn);
	fixture_fini(&f);
}

/* Established ones would live for 900 s; the wheel has them for the time that was first. */
static void
idle_marked_connection_ends_silently_after_a_minute(void)
{
	struct lb_conn_new new = flow_dr(1), fresh = flow_dr(2);
	struct fixture f;
	struct lb_conn *conn;
	uint32_t soon;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, 0);
	lb_conn_expire(f.table, SECONDS(62), 10);
	soon = add(&f, &fresh, SECONDS(62))->expiry;
	lb_conn_reset(f.table, conn, RESET, SECONDS(62) + 20);
	lb_conn_reset(f.table, find(&f, &fresh, LB_FWD_REQUEST, SECONDS(62)), RESET, SECONDS(62));
	CU_ASSERT_EQUAL(conn->expiry, SECONDS(122) + 20);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(122) - 1, 10), 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, RTE_MIN(soon, SECONDS(122)), 10), 1);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(122) + 19, 10), 0);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(122) + 20, 10), 1);
	CU_ASSERT_EQUAL(stats(&f)->reset_silent, 2);
	CU_ASSERT_EQUAL(stats(&f)->entries, 0);
	fixture_fini(&f);
}

static void
connection_that_is_seen_one_way_ends_with_the_client_told(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	lb_conn_reset(f.table, conn, RESET, 0);
	lb_conn_tell_reset(f.table, conn, LB_FWD_REQUEST);
	CU_ASSERT_EQUAL(stats(&f)->entries, 0);
	CU_ASSERT_EQUAL(stats(&f)->reset[LB_FWD_REQUEST], 1);
	CU_ASSERT_EQUAL(stats(&f)->reset_silent, 0);
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, 1));
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 0));
	fixture_fini(&f);
}

/* Either side may be first, and say more than once. */
static void
connection_that_is_seen_both_ways_ends_with_both_told(void)
{
	struct lb_conn_new new = flow_nat(1);
	struct fixture f;

	for (int first = 0; first < LB_FWD_DIRECTIONS; first++) {
		struct lb_conn *conn;

		fixture_init(&f, 10, 0);
		conn = add(&f, &new, 0);
		lb_conn_reset(f.table, conn, RESET, 0);
		lb_conn_tell_reset(f.table, conn, (enum lb_fwd_direction)first);
		lb_conn_tell_reset(f.table, conn, (enum lb_fwd_direction)first);
		CU_ASSERT_EQUAL(stats(&f)->entries, 1);
		lb_conn_tell_reset(f.table, conn, (enum lb_fwd_direction) !first);
		CU_ASSERT_EQUAL(stats(&f)->entries, 0);
		CU_ASSERT_EQUAL(stats(&f)->reset[first], 2);
		CU_ASSERT_EQUAL(stats(&f)->reset[!first], 1);
		CU_ASSERT_EQUAL(stats(&f)->reset_silent, 0);
		CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REPLY, 1));
		fixture_fini(&f);
	}
}

/* With one side told nothing was silent, though the other never said a word. */
static void
half_told_connection_is_not_counted_as_silent(void)
{
	struct lb_conn_new new = flow_nat(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	lb_conn_reset(f.table, conn, RESET, 0);
	lb_conn_tell_reset(f.table, conn, LB_FWD_REPLY);
	lb_conn_reset(f.table, conn, RESET, SECONDS(1)); /* is no new beginning */
	CU_ASSERT_EQUAL(lb_conn_get_reset(conn), LB_CONN_RESET_SERVER);
	CU_ASSERT_EQUAL(lb_conn_expire(f.table, SECONDS(61), 10), 1);
	CU_ASSERT_EQUAL(stats(&f)->reset_silent, 0);
	fixture_fini(&f);
}

static void
flow_without_states_ends_at_once(void)
{
	struct lb_conn_new new = flow_udp(1);
	struct fixture f;

	fixture_init(&f, 10, 0);
	lb_conn_reset(f.table, add(&f, &new, 0), RESET, 0);
	CU_ASSERT_EQUAL(stats(&f)->entries, 0);
	CU_ASSERT_EQUAL(stats(&f)->reset_silent, 1);
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, 1));
	fixture_fini(&f);
}

static const struct unit_test tests[] = {
	UNIT_TEST(marked_connection_counts_as_closed_and_is_still_found),
	UNIT_TEST(idle_marked_connection_ends_silently_after_a_minute),
	UNIT_TEST(connection_that_is_seen_one_way_ends_with_the_client_told),
	UNIT_TEST(connection_that_is_seen_both_ways_ends_with_both_told),
	UNIT_TEST(half_told_connection_is_not_counted_as_silent),
	UNIT_TEST(flow_without_states_ends_at_once),
	UNIT_END,
};

const struct unit_suite unit_conn_reset = { "reset", tests };
