/* Keys, loads, lives of flows, sweeps and memory of a connection table. */

#include "fixture.h"

#include <errno.h>

static void
connection_is_found_by_what_it_was_made_of(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	new.method = 2;
	new.timeout_class = 9;
	new.target.hop[LB_FWD_REQUEST] = 77;
	fixture_init(&f, 10, 1000);
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, 1000));
	conn = add(&f, &new, 1000);
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, 1000), conn);
	CU_ASSERT_EQUAL(memcmp(&conn->target, &new.target, sizeof(new.target)), 0);
	CU_ASSERT_EQUAL(conn->method, 2);
	CU_ASSERT_EQUAL(conn->timeout_class, 9);
	CU_ASSERT_EQUAL(conn->generation, 1);
	CU_ASSERT_EQUAL(conn->slot, 3);
	CU_ASSERT_EQUAL(conn->created, 1000);
	CU_ASSERT_PTR_EQUAL(lb_conn_at(f.table, lb_conn_index(f.table, conn)), conn);
	lb_conn_end(f.table, conn);
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, 1000));
	CU_ASSERT_PTR_NULL(lb_conn_at(f.table, 11));
	fixture_fini(&f);
}

static void
ended_connection_can_be_read_until_the_walk_is_over(void)
{
	struct lb_conn_new first = flow_dr(1), second = flow_dr(2);
	struct lb_conn *conn, *other;
	struct fixture f;

	fixture_init(&f, 1, 1000);
	conn = add(&f, &first, 1000);
	other = add(&f, &second, 1000); /* full: the first one goes */
	CU_ASSERT_PTR_NOT_EQUAL(other, conn);
	CU_ASSERT_PTR_EQUAL(lb_conn_at(f.table, lb_conn_index(f.table, conn)), conn);
	CU_ASSERT_EQUAL(memcmp(&conn->target, &first.target, sizeof(first.target)), 0);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	lb_conn_expire(f.table, 1000, 0);
	CU_ASSERT_PTR_NULL(lb_conn_at(f.table, lb_conn_index(f.table, conn)));
	CU_ASSERT_PTR_EQUAL(lb_conn_at(f.table, lb_conn_index(f.table, other)), other);
	fixture_fini(&f);
}

static void
no_number_is_used_anew_within_a_walk(void)
{
	struct lb_conn_new first = flow_dr(1);
	struct lb_conn *conn;
	struct fixture f;

	fixture_init(&f, 1, 1000);
	conn = add(&f, &first, 1000);
	for (uint16_t i = 2; i < 2 + LB_CONN_SPARE; i++) {
		struct lb_conn_new next = flow_dr(i);

		CU_ASSERT_PTR_NOT_EQUAL(add(&f, &next, 1000), conn);
	}
	fixture_fini(&f);
}

static void
every_part_of_the_key_matters(void)
{
	struct lb_conn_new new = flow_nat(1);
	struct fixture f;

	fixture_init(&f, 10, 0);
	add(&f, &new, 0);
	for (int part = 0; part < 6; part++) {
		struct lb_conn_key keys[LB_FWD_DIRECTIONS] = { key_of(&new, LB_FWD_REQUEST),
			key_of(&new, LB_FWD_REPLY) };
		struct lb_conn *conns[LB_FWD_DIRECTIONS];

		for (int i = 0; i < LB_FWD_DIRECTIONS; i++) {
			keys[i].client ^= part == 0;
			keys[i].other ^= part == 1;
			keys[i].client_port ^= part == 2;
			keys[i].other_port ^= part == 3;
			keys[i].protocol ^= part == 4;
			keys[i].direction ^= part == 5;
		}
		lb_conn_lookup(f.table, keys, LB_FWD_DIRECTIONS, 0, conns);
		CU_ASSERT_PTR_NULL(conns[0]);
		CU_ASSERT_PTR_NULL(conns[1]);
	}
	fixture_fini(&f);
}

static void
reply_key_is_there_only_when_asked_for(void)
{
	struct lb_conn_new dr = flow_dr(1), nat = flow_nat(2);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, 0);
	add(&f, &dr, 0);
	conn = add(&f, &nat, 0);
	CU_ASSERT_PTR_NULL(find(&f, &dr, LB_FWD_REPLY, 0));
	CU_ASSERT_PTR_EQUAL(find(&f, &nat, LB_FWD_REQUEST, 0), conn);
	CU_ASSERT_PTR_EQUAL(find(&f, &nat, LB_FWD_REPLY, 0), conn);
	lb_conn_end(f.table, conn);
	CU_ASSERT_PTR_NULL(find(&f, &nat, LB_FWD_REQUEST, 0));
	CU_ASSERT_PTR_NULL(find(&f, &nat, LB_FWD_REPLY, 0));
	fixture_fini(&f);
}

/* One client address and port by two VIPs to one server: replies could belong to either. */
static void
taken_reply_key_refuses_both_entries(void)
{
	struct lb_conn_new first = flow_nat(1), second = first;
	struct fixture f;
	struct lb_conn *conn;

	second.target.vip = RTE_BE32(0x0a010065);
	fixture_init(&f, 10, 0);
	conn = add(&f, &first, 0);
	errno = 0;
	CU_ASSERT_PTR_NULL(lb_conn_add(f.table, &second, 0));
	CU_ASSERT_EQUAL(errno, EEXIST);
	CU_ASSERT_PTR_NULL(find(&f, &second, LB_FWD_REQUEST, 0));
	CU_ASSERT_PTR_EQUAL(find(&f, &first, LB_FWD_REPLY, 0), conn);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->refused, 1);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	CU_ASSERT_TRUE(load_is(&f, 3, 1, 0));
	fixture_fini(&f);
}

static void
closing_flow_gives_its_keys_away(void)
{
	struct lb_conn_new first = flow_nat(1), second = first;
	struct fixture f;
	struct lb_conn *conn;

	second.target.vip = RTE_BE32(0x0a010065);
	second.slot = 5;
	fixture_init(&f, 10, 0);
	conn = add(&f, &first, 0);
	lb_conn_track(f.table, conn, LB_FWD_REPLY, LB_CONN_EVENT_RST, 0);
	conn = add(&f, &second, 0);
	CU_ASSERT_PTR_NULL(find(&f, &first, LB_FWD_REQUEST, 0));
	CU_ASSERT_PTR_EQUAL(find(&f, &second, LB_FWD_REPLY, 0), conn);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 0));
	CU_ASSERT_TRUE(load_is(&f, 5, 1, 0));
	fixture_fini(&f);
}

static void
request_key_of_a_live_flow_is_not_taken(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct fixture f;
	struct lb_conn *conn;

	fixture_init(&f, 10, 0);
	conn = add(&f, &new, 0);
	errno = 0;
	CU_ASSERT_PTR_NULL(lb_conn_add(f.table, &new, 1));
	CU_ASSERT_EQUAL(errno, EEXIST);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_ACK, 1);
	lb_conn_track(f.table, conn, LB_FWD_REQUEST, LB_CONN_EVENT_FIN, 2);
	conn = add(&f, &new, 3);
	CU_ASSERT_EQUAL(conn->state, LB_CONN_SR);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	fixture_fini(&f);
}

/* One step of a flow's life: a packet and what holds after it. */
struct step {
	enum lb_fwd_direction direction;
	enum lb_conn_event event;
	enum lb_conn_tcp_state state;
	uint32_t seconds;
	bool active;
};

static void
live(struct lb_conn_new new, const struct step *steps, size_t n)
{
	uint32_t now = SECONDS(10);
	struct fixture f;
	struct lb_conn *conn = NULL;

	fixture_init(&f, 10, now);
	for (size_t i = 0; i < n; i++, now += SECONDS(1)) {
		if (i == 0)
			conn = add(&f, &new, now);
		else
			lb_conn_track(f.table, conn, steps[i].direction, steps[i].event, now);
		CU_ASSERT_EQUAL(conn->state, steps[i].state);
		CU_ASSERT_TRUE(conn->expiry >= now + SECONDS(steps[i].seconds));
		CU_ASSERT_TRUE(conn->expiry <= now + SECONDS(steps[i].seconds) + JITTER_MAX);
		CU_ASSERT_TRUE(load_is(&f, 3, steps[i].active, !steps[i].active));
	}
	CU_ASSERT_EQUAL(f.load.own[3].conns, 1);
	lb_conn_end(f.table, conn);
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 0));
	fixture_fini(&f);
}

static void
typical_life_by_dr(void)
{
	static const struct step steps[] = {
		{ LB_FWD_REQUEST, LB_CONN_EVENT_SYN, LB_CONN_SR, 60, true },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_ACK, LB_CONN_ES, 900, true },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_ACK, LB_CONN_ES, 900, true },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_FIN, LB_CONN_FW, 120, false },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_ACK, LB_CONN_FW, 120, false },
	};

	live(flow_dr(1), steps, RTE_DIM(steps));
}

static void
typical_life_by_nat(void)
{
	static const struct step steps[] = {
		{ LB_FWD_REQUEST, LB_CONN_EVENT_SYN, LB_CONN_SR, 60, true },
		{ LB_FWD_REPLY, LB_CONN_EVENT_SYN, LB_CONN_SR, 60, true },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_ACK, LB_CONN_ES, 900, true },
		{ LB_FWD_REPLY, LB_CONN_EVENT_ACK, LB_CONN_ES, 900, true },
		{ LB_FWD_REPLY, LB_CONN_EVENT_FIN, LB_CONN_FW, 120, false },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_ACK, LB_CONN_FW, 120, false },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_FIN, LB_CONN_TW, 120, false },
		{ LB_FWD_REPLY, LB_CONN_EVENT_ACK, LB_CONN_TW, 120, false },
	};

	live(flow_nat(1), steps, RTE_DIM(steps));
}

static void
life_of_udp_is_always_active(void)
{
	static const struct step steps[] = {
		{ LB_FWD_REQUEST, LB_CONN_EVENT_NONE, LB_CONN_NO, 300, true },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_NONE, LB_CONN_NO, 300, true },
		{ LB_FWD_REPLY, LB_CONN_EVENT_NONE, LB_CONN_NO, 300, true },
	};

	live(flow_udp(1), steps, RTE_DIM(steps));
}

/* The client's FIN alone: FIN_WAIT when the server is never seen, CLOSE_WAIT when it was. */
static void
first_packet_of_the_server_ends_one_way(void)
{
	static const struct step steps[] = {
		{ LB_FWD_REQUEST, LB_CONN_EVENT_SYN, LB_CONN_SR, 60, true },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_ACK, LB_CONN_ES, 900, true },
		{ LB_FWD_REPLY, LB_CONN_EVENT_ACK, LB_CONN_ES, 900, true },
		{ LB_FWD_REQUEST, LB_CONN_EVENT_FIN, LB_CONN_CW, 60, false },
	};

	live(flow_dr(1), steps, RTE_DIM(steps));
}

static void
long_bursts_are_looked_up_in_order(void)
{
	enum {
		FLOWS = 1000
	};
	static struct lb_conn_key keys[FLOWS];
	static struct lb_conn *made[FLOWS], *found[FLOWS];
	struct fixture f;

	fixture_init(&f, FLOWS, 0);
	for (uint32_t i = 0; i < FLOWS; i++) {
		struct lb_conn_new new = flow_dr(i);

		keys[i] = key_of(&new, LB_FWD_REQUEST);
		made[i] = i % 3 == 0 ? NULL : add(&f, &new, 0);
	}
	for (uint16_t n = 0; n <= FLOWS; n = (uint16_t)(n < 70 ? n + 1 : n + 310)) {
		memset(found, 0xa5, sizeof(found));
		lb_conn_lookup(f.table, keys, n, 0, found);
		CU_ASSERT_EQUAL(memcmp(found, made, n * sizeof(found[0])), 0);
	}
	fixture_fini(&f);
}

static void
sweep_marks_slots_and_old_generations(void)
{
	uint64_t used[FIXTURE_SLOTS / 64] = { 0 };
	struct lb_conn_new new;
	struct lb_conn *conns[4];
	uint32_t next, calls = 0;
	struct fixture f;

	fixture_init(&f, 10, 0);
	for (uint32_t i = 0; i < 4; i++) {
		new = flow_dr(i);
		new.slot = 10 + i;
		new.generation = (uint16_t)(7 + i % 2);
		conns[i] = add(&f, &new, 0);
	}
	lb_conn_end(f.table, conns[2]);
	lb_conn_expire(f.table, 0, 0); /* the walk is over: its number is free */
	for (next = 1; next != 0; calls++)
		next = lb_conn_sweep(f.table, next, 3, 8, used);
	CU_ASSERT_EQUAL(calls, (10 + LB_CONN_SPARE + 2) / 3); /* slices of 3 */
	CU_ASSERT_EQUAL(used[0], 1 << 10 | 1 << 11 | 1 << 13);
	CU_ASSERT_EQUAL(conns[0]->generation, 0);
	CU_ASSERT_EQUAL(conns[1]->generation, 8);
	CU_ASSERT_EQUAL(conns[3]->generation, 8);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->swept, 3);
	fixture_fini(&f);
}

static void
memory_per_connection_is_at_most_96_bytes(void)
{
	CU_ASSERT_TRUE(lb_conn_memory(1000000) <= 96 * UINT64_C(1000000));
	CU_ASSERT_TRUE(lb_conn_memory(4000000) <= 96 * UINT64_C(4000000));
	CU_ASSERT_TRUE(lb_conn_memory(1000000) > 93 * UINT64_C(1000000));
	CU_ASSERT_EQUAL(sizeof(struct lb_conn), 64);
}

static void
table_that_does_not_fit_is_refused(void)
{
	struct lb_slot_worker load = { 0 };

	unit_eal();
	errno = 0;
	CU_ASSERT_PTR_NULL(lb_conn_create(100000000, SOCKET_ID_ANY, &load, 1, 0));
	CU_ASSERT_EQUAL(errno, ENOMEM);
	lb_conn_destroy(NULL);
}

static void
loose_connections_last_a_walk_and_are_found_by_nobody(void)
{
	struct lb_conn_new new = flow_dr(0);
	struct lb_conn *conn = NULL;
	struct fixture f;

	fixture_init(&f, 100, 0);
	for (int walk = 0; walk < 3; walk++) {
		for (uint32_t i = 0; i < LB_CONN_LOOSE; i++) {
			new = flow_dr(i);
			conn = lb_conn_loose(f.table, &new);
			CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
			CU_ASSERT_PTR_EQUAL(
				lb_conn_at(f.table, lb_conn_index(f.table, conn)), conn);
			CU_ASSERT_EQUAL(conn->target.client, new.target.client);
			CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, 0));
		}
		CU_ASSERT_PTR_NULL(lb_conn_loose(f.table, &new));
		lb_conn_expire(f.table, 0, 100);
	}
	CU_ASSERT_TRUE(lb_conn_index(f.table, conn) > lb_conn_last(f.table));
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 0));
	CU_ASSERT_EQUAL(f.load.own[3].conns, 3 * LB_CONN_LOOSE);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 0);
	fixture_fini(&f);
}

/* The template of client n: of service 7, at slot 3, for ten seconds. */
static struct lb_conn_new template(uint32_t n)
{
	struct lb_conn_new new = flow_dr(n);

	new.target.vip = 7;
	new.target.client_port = new.target.vip_port = 0;
	new.protocol = LB_CONN_TEMPLATE;
	new.lifetime = SECONDS(10);
	return new;
}

static void
template_lives_on_with_each_use_and_is_no_load(void)
{
	struct lb_conn_new new = template(0);
	struct lb_conn *conn;
	struct fixture f;

	fixture_init(&f, 100, 0);
	conn = add(&f, &new, 0);
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 0));
	CU_ASSERT_EQUAL(f.load.own[3].templates, 1);
	CU_ASSERT_EQUAL(f.load.own[3].conns, 0);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->templates, 1);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->created, 0);

	lb_conn_template_use(f.table, conn, SECONDS(10), SECONDS(9));
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, SECONDS(18)), conn);
	lb_conn_template_use(f.table, conn, SECONDS(2), SECONDS(18)); /* now a shorter time */
	CU_ASSERT_PTR_NULL(find(&f, &new, LB_FWD_REQUEST, SECONDS(20)));
	for (uint32_t now = 0; now <= SECONDS(20); now++)
		lb_conn_expire(f.table, now, 100);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 0);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->templates, 0);
	CU_ASSERT_EQUAL(f.load.own[3].templates, 0);
	CU_ASSERT_TRUE(load_is(&f, 3, 0, 0));
	fixture_fini(&f);
}

/* A hostile packet may have the addresses and ports of a template, but not its protocol. */
static void
packet_never_finds_a_template(void)
{
	struct lb_conn_new new = template(0), forged = new;
	struct fixture f;

	fixture_init(&f, 100, 0);
	add(&f, &new, 0);
	forged.protocol = IPPROTO_TCP;
	CU_ASSERT_PTR_NULL(find(&f, &forged, LB_FWD_REQUEST, 0));
	forged.protocol = IPPROTO_UDP;
	CU_ASSERT_PTR_NULL(find(&f, &forged, LB_FWD_REQUEST, 0));
	fixture_fini(&f);
}

static void
template_that_is_used_is_not_evicted(void)
{
	struct lb_conn_new new = template(0), idle = template(1);
	struct lb_conn *conn;
	struct fixture f;

	fixture_init(&f, 100, 0);
	add(&f, &idle, 0);
	conn = add(&f, &new, 0);
	for (uint32_t i = 1; i <= 3; i++)
		lb_conn_template_use(f.table, conn, SECONDS(10), i * SECONDS(1));
	for (uint32_t i = 10; i < 200; i++) {
		struct lb_conn_new syn = flow_dr(i);

		add(&f, &syn, SECONDS(3));
		lb_conn_expire(f.table, SECONDS(3), 100);
	}
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, SECONDS(3)), conn);
	CU_ASSERT_PTR_NULL(find(&f, &idle, LB_FWD_REQUEST, SECONDS(3)));
	fixture_fini(&f);
}

static struct lb_conn *
seek(struct fixture *f, const struct lb_conn_new *new, uint32_t now)
{
	struct lb_conn_key key = key_of(new, LB_FWD_REQUEST);

	return lb_conn_find(f->table, &key, lb_conn_hash(f->table, &key), now);
}

/* So whoever finds nobody may make a connection by the hash, and it is found by its key. */
static void
expired_connection_ends_when_it_is_sought(void)
{
	struct lb_conn_new new = flow_dr(1);
	struct lb_conn_key key = key_of(&new, LB_FWD_REQUEST);
	struct fixture f;
	struct lb_conn *conn;
	uint32_t expiry;

	fixture_init(&f, 10, 100);
	conn = add(&f, &new, 100);
	expiry = conn->expiry;
	CU_ASSERT_PTR_EQUAL(seek(&f, &new, expiry - 1), conn);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	CU_ASSERT_PTR_NULL(seek(&f, &new, expiry));
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 0);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->expired, 1);
	new.hash = lb_conn_hash(f.table, &key);
	conn = add(&f, &new, expiry);
	CU_ASSERT_PTR_EQUAL(find(&f, &new, LB_FWD_REQUEST, expiry), conn);
	CU_ASSERT_EQUAL(lb_conn_get_stats(f.table)->entries, 1);
	fixture_fini(&f);
}

static const struct unit_test tests[] = {
	UNIT_TEST(ended_connection_can_be_read_until_the_walk_is_over),
	UNIT_TEST(no_number_is_used_anew_within_a_walk),
	UNIT_TEST(connection_is_found_by_what_it_was_made_of),
	UNIT_TEST(every_part_of_the_key_matters),
	UNIT_TEST(reply_key_is_there_only_when_asked_for),
	UNIT_TEST(taken_reply_key_refuses_both_entries),
	UNIT_TEST(closing_flow_gives_its_keys_away),
	UNIT_TEST(request_key_of_a_live_flow_is_not_taken),
	UNIT_TEST(typical_life_by_dr),
	UNIT_TEST(typical_life_by_nat),
	UNIT_TEST(life_of_udp_is_always_active),
	UNIT_TEST(first_packet_of_the_server_ends_one_way),
	UNIT_TEST(long_bursts_are_looked_up_in_order),
	UNIT_TEST(sweep_marks_slots_and_old_generations),
	UNIT_TEST(loose_connections_last_a_walk_and_are_found_by_nobody),
	UNIT_TEST(template_lives_on_with_each_use_and_is_no_load),
	UNIT_TEST(packet_never_finds_a_template),
	UNIT_TEST(template_that_is_used_is_not_evicted),
	UNIT_TEST(expired_connection_ends_when_it_is_sought),
	UNIT_TEST(memory_per_connection_is_at_most_96_bytes),
	UNIT_TEST(table_that_does_not_fit_is_refused),
	UNIT_END,
};

const struct unit_suite unit_conn_table = { "table", tests };
