/* A full table: who has to go, and who cannot be driven out. */

#include "fixture.h"

#include <errno.h>

/* Three packets over 1 s, in the smallest number of ticks. */
static void
promote(struct fixture *f, struct lb_conn *conn, uint32_t now)
{
	lb_conn_track(f->table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, now);
	lb_conn_track(f->table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, now + SECONDS(1));
}

static uint64_t
half_open(const struct fixture *f)
{
	return lb_conn_get_stats(f->table)->half_open;
}

static void
oldest_half_open_goes_first(void)
{
	struct fixture f;

	fixture_init(&f, 4, 0);
	for (uint32_t i = 0; i < 10; i++) {
		struct lb_conn_new new = flow_nat(i);

		add(&f, &new, 0);
	}
	for (uint32_t i = 0; i < 10; i++) {
		struct lb_conn_new new = flow_nat(i);

		CU_ASSERT_EQUAL(find(&f, &new, LB_FWD_REQUEST, 0) != NULL, i >= 6);
		CU_ASSERT_EQUAL(find(&f, &new, LB_FWD_REPLY, 0) != NULL, i >= 6);
	}
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->evicted, 6);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 4);
	CU_ASSERT_EQUAL(half_open(&f), 4);
	CU_ASSERT_TRUE(load_is(&f, 3, 4, 0));
	CU_ASSERT_EQUAL(f.load.own[3].conns, 10);
	fixture_fini(&f);
}

static void
three_packets_over_a_second_promote(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 4, 0);
	conn = add(&f, &new, 0);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, 0);
	CU_ASSERT_EQUAL(half_open(&f), 1);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, SECONDS(1) - 1);
	CU_ASSERT_EQUAL(half_open(&f), 1); /* three packets, too soon */
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, SECONDS(1));
	CU_ASSERT_EQUAL(half_open(&f), 0);
	fixture_fini(&f);
}

static void
two_packets_promote_never(void)
{
	struct lb_conn_new new = flow_udp(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 4, 0);
	conn = add(&f, &new, 0);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_NONE, SECONDS(100));
	CU_ASSERT_EQUAL(half_open(&f), 1);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_NONE, SECONDS(100));
	CU_ASSERT_EQUAL(half_open(&f), 0);
	fixture_fini(&f);
}

static void
many_packets_within_a_second_do_not_promote(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 4, 0);
	conn = add(&f, &new, 0);
	for (int i = 0; i < 1000; i++)
		lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, SECONDS(1) - 1);
	CU_ASSERT_EQUAL(half_open(&f), 1);
	CU_ASSERT_TRUE(conn->flags & LB_CONN_HALF_OPEN);
	CU_ASSERT_TRUE(conn->flags & LB_CONN_ONE_WAY);
	fixture_fini(&f);
}

static void
flood_of_any_kind_drives_no_established_flow_out(void)
{
	struct lb_conn_new (*const kinds[])(uint32_t) = { flow_dr, flow_nat, flow_udp };
	struct lb_conn_new old = flow_dr(0);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 8, 0);
	conn = add(&f, &old, 0);
	promote(&f, conn, 0);
	for (uint32_t i = 1; i < 1000; i++) {
		struct lb_conn_new new = kinds[i % RTE_DIM(kinds)](i);

		if (new.protocol == IPPROTO_TCP && i % 2)
			new.event = LB_CONN_EVENT_ACK; /* met in mid-stream */
		add(&f, &new, SECONDS(1));
	}
	CU_ASSERT_PTR_EQUAL(find(&f, &old, LB_FWD_REQUEST, SECONDS(1)), conn);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->evicted, 999 - 7);
	fixture_fini(&f);
}

static void
table_full_of_established_flows_refuses(void)
{
	struct lb_conn_new new = flow_nat(99);
	struct fixture f;
	struct lb_conn *last = NULL;

	fixture_init(&f, 5, 0);
	for (uint32_t i = 0; i < 5; i++) {
		struct lb_conn_new old = flow_nat(i);

		last = add(&f, &old, 0);
		promote(&f, last, 0);
	}
	errno = 0;
	CU_ASSERT_PTR_NULL(lb_conn_add(f.table, &new, SECONDS(2)));
	CU_ASSERT_EQUAL(errno, ENOSPC);
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, SECONDS(2)));
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REPLY, SECONDS(2)));
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->refused, 1);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->evicted, 0);
	lb_conn_end(f.table, last);
	CU_ASSERT_PTR_NOT_NULL(lb_conn_add(f.table, &new, SECONDS(2)));
	fixture_fini(&f);
}

/* Ends and promotions in the middle must not break the order of the rest. */
static void
order_survives_those_who_leave_early(void)
{
	static const uint32_t left[] = { 1, 4, 5 };
	struct lb_conn *conns[6];
	struct fixture f;

	fixture_init(&f, 6, 0);
	for (uint32_t i = 0; i < 6; i++) {
		struct lb_conn_new new = flow_dr(i);

		conns[i] = add(&f, &new, 0);
	}
	lb_conn_end(f.table, conns[0]);
	lb_conn_end(f.table, conns[2]);
	promote(&f, conns[3], 0);
	CU_ASSERT_EQUAL(half_open(&f), 3);
	for (uint32_t i = 6; i < 8; i++) { /* fills the two free ones */
		struct lb_conn_new new = flow_dr(i);

		add(&f, &new, SECONDS(1));
	}
	for (uint32_t i = 0; i < RTE_DIM(left); i++) {
		struct lb_conn_new old = flow_dr(left[i]), new = flow_dr(20 + i);

		CU_ASSERT_PTR_NOT_NULL(find(&f, &old, LB_FWD_REQUEST, SECONDS(1)));
		add(&f, &new, SECONDS(1));
		CU_ASSERT_PTR_NULL(find(&f, &old, LB_FWD_REQUEST, SECONDS(1)));
	}
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->evicted, 3);
	fixture_fini(&f);
}

static const struct unit_test tests[] = {
	UNIT_TEST(oldest_half_open_goes_first),
	UNIT_TEST(three_packets_over_a_second_promote),
	UNIT_TEST(two_packets_promote_never),
	UNIT_TEST(many_packets_within_a_second_do_not_promote),
	UNIT_TEST(flood_of_any_kind_drives_no_established_flow_out),
	UNIT_TEST(table_full_of_established_flows_refuses),
	UNIT_TEST(order_survives_those_who_leave_early),
	UNIT_END,
};

const struct unit_suite unit_conn_fifo = { "fifo", tests };
