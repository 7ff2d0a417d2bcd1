/*
 * The table against a plain model of it: a list of flows, searched from end to end.
 *
 * Random operations go to both, and after each one counters and loads must be the same; lookups
 * must find the same connections. Few clients by two VIPs to two servers make keys collide, small
 * tables make buckets overflow and evictions happen, and time jumps, over the wrap of 32-bit ticks,
 * while expiry runs only now and then. All that the model takes from the table is each flow's
 * jitter.
 */

#include "fixture.h"

#include <errno.h>

#define MODEL_MAX 500
#define MODEL_SLOTS 8

struct flow {
	struct lb_conn_new new;
	struct lb_conn *conn;
	enum lb_conn_tcp_state state;
	bool one_way;
	bool half_open;
	uint32_t packets;
	uint32_t created;
	uint32_t expiry;
	uint32_t jitter;
};

/* Flows in the order in which they were made. */
struct model {
	struct fixture f;
	struct flow flows[MODEL_MAX];
	uint32_t n;
	uint32_t max;
	uint32_t now;
	uint64_t random;
	bool calm;                  /* few flows begin and none closes, until all are promoted */
	struct lb_conn_stats stats; /* swept is not used */
	uint64_t conns[MODEL_SLOTS];
	uint64_t hits;
	uint64_t no_room;
};

static uint32_t
draw(struct model *m, uint32_t below)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return (uint32_t)(m->random >> 32) % below;
}

static bool
is_over(const struct model *m, const struct flow *flow)
{
	return (int32_t)(m->now - flow->expiry) >= 0;
}

static struct flow *
model_find(struct model *m, const struct lb_conn_new *new, enum lb_fwd_direction direction)
{
	for (uint32_t i = 0; i < m->n; i++) {
		const struct lb_conn_new *is = &m->flows[i].new;

		if (is->target.client != new->target.client || is->protocol != new->protocol ||
			is->target.client_port != new->target.client_port)
			continue;
		if (direction == LB_FWD_REQUEST && is->target.vip == new->target.vip)
			return &m->flows[i];
		if (direction == LB_FWD_REPLY && is->reply_key &&
			is->target.server == new->target.server)
			return &m->flows[i];
	}
	return NULL;
}

static void
model_remove(struct model *m, struct flow *flow)
{
	m->stats.entries--;
	m->stats.half_open -= flow->half_open;
	m->n--;
	memmove(flow, flow + 1, (size_t)(&m->flows[m->n] - flow) * sizeof(*flow));
}

/* 0, or the errno with which an addition must fail; who has to make way is gone then. */
static int
model_make_way(struct model *m, const struct lb_conn_new *new)
{
	for (int direction = 0; direction <= (new->reply_key ? 1 : 0); direction++) {
		struct flow *old = model_find(m, new, (enum lb_fwd_direction)direction);
		bool closing =
			old != NULL && (old->state == LB_CONN_FW || old->state == LB_CONN_TW ||
					       old->state == LB_CONN_CL);

		if (old == NULL)
			continue;
		if (!is_over(m, old) && !closing)
			return EEXIST;
		m->stats.expired += is_over(m, old);
		model_remove(m, old);
	}
	if (m->n < m->max)
		return 0;
	for (uint32_t i = 0; i < m->n; i++) {
		if (!m->flows[i].half_open)
			continue;
		model_remove(m, &m->flows[i]);
		m->stats.evicted++;
		return 0;
	}
	return ENOSPC;
}

static struct lb_conn_new
random_flow(struct model *m)
{
	uint32_t client = draw(m, 2 * m->max);
	struct lb_conn_new new = draw(m, 3) == 0 ? flow_dr(client) : flow_nat(client);

	new.target.vip += RTE_BE32(1) * draw(m, 2);
	new.target.server += RTE_BE32(1) * draw(m, 2);
	new.slot = draw(m, MODEL_SLOTS);
	if (draw(m, 4) == 0) {
		new.protocol = IPPROTO_UDP;
		new.event = LB_CONN_EVENT_NONE;
	} else if (draw(m, 4) == 0) {
		new.event = LB_CONN_EVENT_ACK; /* met in mid-stream */
	}
	return new;
}

static uint32_t
timeout_of(const struct flow *flow)
{
	return lb_conn_timeout(0, flow->new.protocol, flow->state);
}

static void
step_add(struct model *m)
{
	struct lb_conn_new new = random_flow(m);
	int error = model_make_way(m, &new);
	struct flow *flow = &m->flows[m->n];
	struct lb_conn *conn;

	errno = 0;
	conn = lb_conn_add(m->f.table, &new, m->now);
	CU_ASSERT_EQUAL_FATAL(conn == NULL ? errno : 0, error);
	if (conn == NULL) {
		m->stats.refused++;
		m->no_room += error == ENOSPC;
		return;
	}
	*flow = (struct flow){
		.new = new, .conn = conn, .one_way = new.one_way, .half_open = true
	};
	flow->state = lb_conn_tcp_next(
		new.one_way ? LB_CONN_INPUT_ONLY : LB_CONN_INPUT, new.event, LB_CONN_NO);
	flow->packets = 1;
	flow->created = m->now;
	flow->expiry = conn->expiry;
	flow->jitter = conn->expiry - m->now - timeout_of(flow);
	CU_ASSERT_TRUE_FATAL(flow->jitter <= JITTER_MAX);
	m->n++;
	m->stats.entries++;
	m->stats.half_open++;
	m->stats.created++;
	m->conns[new.slot]++;
}

static enum lb_conn_event
random_event(struct model *m, const struct flow *flow)
{
	if (flow->new.protocol == IPPROTO_UDP)
		return LB_CONN_EVENT_NONE;
	if (m->calm || draw(m, 10) != 0)
		return LB_CONN_EVENT_ACK;
	return (enum lb_conn_event)(1 + draw(m, LB_CONN_EVENTS - 1));
}

/* A packet of some flow that has not expired. */
static void
step_track(struct model *m)
{
	struct flow *flow = &m->flows[draw(m, m->n)];
	enum lb_fwd_direction direction = draw(m, 2) ? LB_FWD_REPLY : LB_FWD_REQUEST;
	enum lb_conn_event event = random_event(m, flow);
	enum lb_conn_side side = flow->one_way ? LB_CONN_INPUT_ONLY : LB_CONN_INPUT;
	enum lb_conn_tcp_state old = flow->state;
	uint32_t expiry;

	if (is_over(m, flow))
		return;
	if (direction == LB_FWD_REPLY) {
		side = LB_CONN_OUTPUT;
		flow->one_way = false;
	}
	flow->state = lb_conn_tcp_next(side, event, flow->state);
	flow->packets++;
	if (flow->half_open && flow->packets >= 3 && m->now - flow->created >= SECONDS(1)) {
		flow->half_open = false;
		m->stats.half_open--;
	}
	expiry = m->now + timeout_of(flow) + flow->jitter;
	if (flow->state != old || expiry - flow->expiry >= SECONDS(1))
		flow->expiry = expiry;
	lb_conn_track(m->f.table, flow->conn, direction, event, m->now);
	CU_ASSERT_EQUAL_FATAL(flow->conn->state, flow->state);
	CU_ASSERT_EQUAL_FATAL(flow->conn->expiry, flow->expiry);
}

static void
step_lookup(struct model *m)
{
	struct lb_conn_key keys[80];
	struct lb_conn *expected[RTE_DIM(keys)], *found[RTE_DIM(keys)];
	uint16_t n = (uint16_t)(1 + draw(m, RTE_DIM(keys)));

	for (uint16_t i = 0; i < n; i++) {
		enum lb_fwd_direction direction = draw(m, 2) ? LB_FWD_REPLY : LB_FWD_REQUEST;
		struct lb_conn_new new = random_flow(m);
		struct flow *flow;

		if (m->n > 0 && draw(m, 2))
			new = m->flows[draw(m, m->n)].new;
		if (direction == LB_FWD_REPLY)
			new.target.server_port = RTE_BE16(8080);
		flow = model_find(m, &new, direction);
		keys[i] = key_of(&new, direction);
		expected[i] = flow == NULL || is_over(m, flow) ? NULL : flow->conn;
		m->hits += expected[i] != NULL;
	}
	lb_conn_lookup(m->f.table, keys, n, m->now, found);
	CU_ASSERT_EQUAL_FATAL(memcmp(found, expected, n * sizeof(found[0])), 0);
}

static void
step_end(struct model *m)
{
	struct flow *flow = &m->flows[draw(m, m->n)];

	lb_conn_end(m->f.table, flow->conn);
	model_remove(m, flow);
}

static void
step_expire(struct model *m)
{
	uint32_t ended = 0;

	for (uint32_t i = m->n; i-- > 0;) {
		if (!is_over(m, &m->flows[i]))
			continue;
		model_remove(m, &m->flows[i]);
		ended++;
	}
	m->stats.expired += ended;
	CU_ASSERT_EQUAL_FATAL(lb_conn_expire(m->f.table, m->now, UINT32_MAX), ended);
}

static void
check(const struct model *m)
{
	struct lb_sched_load load[MODEL_SLOTS] = { 0 };

	for (uint32_t i = 0; i < m->n; i++) {
		const struct flow *flow = &m->flows[i];

		if (lb_conn_is_active(flow->new.protocol, flow->state))
			load[flow->new.slot].active++;
		else
			load[flow->new.slot].inactive++;
	}
	for (uint32_t slot = 0; slot < MODEL_SLOTS; slot++) {
		CU_ASSERT_TRUE_FATAL(load_is(&m->f, slot, load[slot].active, load[slot].inactive));
		CU_ASSERT_EQUAL_FATAL(m->f.load.own[slot].conns, m->conns[slot]);
	}
	CU_ASSERT_EQUAL_FATAL(
		memcmp(lb_conn_get_stats(m->f.table), &m->stats, sizeof(m->stats)), 0);
}

/*
 * Mostly no time or a few ticks, seldom as long as the timeouts are: the more rarely the larger the
 * table, so that it fills with promoted flows in between.
 */
static void
step_time(struct model *m)
{
	if (draw(m, 10 * m->max) == 0)
		m->now += draw(m, SECONDS(200));
	else if (draw(m, m->max) < 20)
		m->now += draw(m, 4);
}

static void
step(struct model *m)
{
	uint32_t kind = draw(m, 100);

	if (draw(m, 20 * m->max) == 0)
		m->calm = !m->calm;
	step_time(m);
	if (kind < 25 && (!m->calm || draw(m, m->max / 3) == 0))
		step_add(m);
	else if (kind < 40)
		step_lookup(m);
	else if (kind < 45)
		step_expire(m);
	else if (m->n > 0 && kind < 48 && !m->calm)
		step_end(m);
	else if (m->n > 0)
		step_track(m);
}

static void
run(uint32_t max, uint32_t steps, uint64_t seed)
{
	static struct model m;

	memset(&m, 0, sizeof(m));
	m.max = max;
	m.now = UINT32_MAX - SECONDS(200);
	m.random = seed;
	fixture_init(&m.f, max, m.now);
	for (uint32_t i = 0; i < steps; i++) {
		step(&m);
		check(&m);
	}
	CU_ASSERT_TRUE(m.now < UINT32_MAX - SECONDS(200)); /* the wrap was crossed */
	CU_ASSERT_TRUE(m.hits > steps / 10);
	CU_ASSERT_TRUE(m.stats.expired > steps / 1000);
	CU_ASSERT_TRUE(m.stats.evicted > 20);
	CU_ASSERT_TRUE(m.stats.refused > m.no_room);
	CU_ASSERT_TRUE(m.no_room > 0 || max == MODEL_MAX); /* seldom in a large table */
	for (uint32_t i = m.n; i-- > 0;)
		lb_conn_end(m.f.table, m.flows[i].conn);
	for (uint32_t slot = 0; slot < MODEL_SLOTS; slot++)
		CU_ASSERT_TRUE(load_is(&m.f, slot, 0, 0));
	fixture_fini(&m.f);
}

static void
table_of_one_bucket_is_like_the_model(void)
{
	run(3, 100000, 11);
}

static void
table_of_two_buckets_is_like_the_model(void)
{
	run(6, 100000, 12);
}

static void
table_of_some_buckets_is_like_the_model(void)
{
	run(40, 100000, 13);
}

static void
table_of_many_buckets_is_like_the_model(void)
{
	run(MODEL_MAX, 200000, 14);
}

static const struct unit_test tests[] = {
	UNIT_TEST(table_of_one_bucket_is_like_the_model),
	UNIT_TEST(table_of_two_buckets_is_like_the_model),
	UNIT_TEST(table_of_some_buckets_is_like_the_model),
	UNIT_TEST(table_of_many_buckets_is_like_the_model),
	UNIT_END,
};

const struct unit_suite unit_conn_model = { "model", tests };
