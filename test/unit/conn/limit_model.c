/*
 * Counts and limits against the words of their rules, over random sequences of connections that
 * begin, change their state, end and expire on each worker, of flushes and of edits of limits.
 * After each step active and inactive are what the tables hold, and a server is full if the plain
 * model says so, which judges after each addition by what that worker has seen: all that is its
 * own, and of others what they had at their last flush.
 */

#include "fixture.h"

#include "lb_slot.h"

#define WORKERS_MAX 3
#define SLOTS 4
#define FLOWS_MAX 200 /* of a worker */
#define STEPS 60000

/* What a worker has of a slot: now, and when it flushed last. */
struct seen {
	uint32_t now;
	uint32_t moved;
	bool dirty;
};

struct model {
	struct lb_slots *slots;
	struct lb_conn_table *tables[WORKERS_MAX];
	uint32_t workers;
	uint32_t now;
	uint32_t clients;
	bool ebbing; /* more end than begin */
	uint32_t upper[SLOTS];
	uint32_t lower[SLOTS];
	bool full[SLOTS];
	struct seen seen[WORKERS_MAX][SLOTS];
	unsigned int wrong;
	unsigned int changes; /* of full */
};

static uint32_t
draw(uint32_t below)
{
	return (uint32_t)rand() % below;
}

static void
judge(struct model *m, uint32_t slot, uint32_t total)
{
	uint32_t upper = m->upper[slot], lower = m->lower[slot];
	bool was = m->full[slot];

	if (upper == 0 || (lower != 0 ? total < lower : 4 * total < 3 * upper))
		m->full[slot] = false;
	else if (total >= upper)
		m->full[slot] = true;
	m->changes += m->full[slot] != was;
}

static uint32_t
total_for(const struct model *m, uint32_t w, uint32_t slot)
{
	uint32_t total = m->seen[w][slot].now;

	for (uint32_t other = 0; other < m->workers; other++)
		if (other != w)
			total += m->seen[other][slot].moved;
	return total;
}

/* A connection began (1), ended (-1) or became active or inactive (0). */
static void
changed(struct model *m, uint32_t w, uint32_t slot, int by)
{
	m->seen[w][slot].now += (uint32_t)by;
	m->seen[w][slot].dirty = true;
	judge(m, slot, total_for(m, w, slot));
}

/* What has ended can be read until the next walk; let it be gone at once. */
static void
forget_ended(struct model *m, uint32_t w)
{
	lb_conn_expire(m->tables[w], m->now, 0);
}

/* What a table holds of each slot. */
static void
count_table(struct lb_conn_table *table, struct lb_sched_load held[SLOTS])
{
	for (uint32_t i = 1; i <= lb_conn_last(table); i++) {
		const struct lb_conn *conn = lb_conn_at(table, i);

		if (conn == NULL)
			continue;
		if (lb_conn_is_active(conn->protocol, conn->state))
			held[conn->slot].active++;
		else
			held[conn->slot].inactive++;
	}
}

static void
step_begin(struct model *m, uint32_t w)
{
	struct lb_conn_new new = flow_dr(m->clients++);

	if (lb_conn_get_stats(m->tables[w])->entries == FLOWS_MAX)
		return;
	new.slot = draw(SLOTS);
	if (draw(4) == 0) {
		new.protocol = IPPROTO_UDP;
		new.event = LB_CONN_EVENT_NONE;
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(lb_conn_add(m->tables[w], &new, m->now));
	changed(m, w, new.slot, 1);
}

static struct lb_conn *
any_conn(struct model *m, uint32_t w)
{
	uint32_t last = lb_conn_last(m->tables[w]), from = draw(last);

	for (uint32_t i = 0; i < last; i++) {
		struct lb_conn *conn = lb_conn_at(m->tables[w], 1 + (from + i) % last);

		if (conn != NULL)
			return conn;
	}
	return NULL;
}

static void
step_packet(struct model *m, uint32_t w)
{
	static const enum lb_conn_event events[] = { LB_CONN_EVENT_ACK, LB_CONN_EVENT_FIN,
		LB_CONN_EVENT_RST, LB_CONN_EVENT_SYN };
	struct lb_conn *conn = any_conn(m, w);
	bool tcp, active;

	if (conn == NULL)
		return;
	tcp = conn->protocol == IPPROTO_TCP;
	active = lb_conn_is_active(conn->protocol, conn->state);
	lb_conn_track(m->tables[w], conn, draw(2) ? LB_FWD_REPLY : LB_FWD_REQUEST,
		tcp ? events[draw(4)] : LB_CONN_EVENT_NONE, m->now);
	if (lb_conn_is_active(conn->protocol, conn->state) != active)
		changed(m, w, conn->slot, 0);
}

static void
step_end(struct model *m, uint32_t w)
{
	struct lb_conn *conn = any_conn(m, w);
	uint32_t slot;

	if (conn == NULL)
		return;
	slot = conn->slot;
	lb_conn_end(m->tables[w], conn);
	forget_ended(m, w);
	changed(m, w, slot, -1);
}

static void
step_expire(struct model *m, uint32_t w)
{
	struct lb_sched_load left[SLOTS] = { 0 };

	m->now += draw(SECONDS(2));
	lb_conn_expire(m->tables[w], m->now, UINT32_MAX);
	forget_ended(m, w);
	count_table(m->tables[w], left);
	for (uint32_t slot = 0; slot < SLOTS; slot++)
		while (m->seen[w][slot].now > left[slot].active + left[slot].inactive)
			changed(m, w, slot, -1);
}

static void
step_flush(struct model *m, uint32_t w)
{
	lb_slot_flush(lb_slots_worker(m->slots, w));
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		struct seen *seen = &m->seen[w][slot];

		seen->moved = seen->now;
		if (seen->dirty)
			judge(m, slot, total_for(m, w, slot));
		seen->dirty = false;
	}
}

static void
step_edit(struct model *m)
{
	uint32_t slot = draw(SLOTS), upper = draw(4) == 0 ? 0 : 1 + draw(30), total = 0;
	uint32_t lower = upper == 0 || draw(2) == 0 ? 0 : draw(upper);
	bool same = upper == m->upper[slot];

	/* 8 and 0 are the same below 10 */
	same = same && (lower != 0 ? lower : upper - upper / 4) ==
			       (m->lower[slot] != 0 ? m->lower[slot] : upper - upper / 4);
	lb_slots_set_limits(m->slots, slot, upper, lower);
	m->upper[slot] = upper;
	m->lower[slot] = lower;
	for (uint32_t w = 0; w < m->workers; w++)
		total += m->seen[w][slot].now;
	if (!same)
		judge(m, slot, total);
}

static void
step(struct model *m)
{
	uint32_t w = draw(m->workers), kind = draw(1000);

	if (draw(150) == 0)
		m->ebbing = !m->ebbing;
	if (kind < 20)
		step_edit(m);
	else if (kind < 40)
		step_expire(m, w);
	else if (kind < 150)
		step_flush(m, w);
	else if (kind < 400)
		step_packet(m, w);
	else if ((kind < 550) == m->ebbing)
		step_begin(m, w);
	else
		step_end(m, w);
}

static void
check(struct model *m)
{
	struct lb_sched_load held[SLOTS] = { 0 };

	for (uint32_t w = 0; w < m->workers; w++)
		count_table(m->tables[w], held);
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		struct lb_sched_load load = lb_slots_load(m->slots, slot);

		m->wrong += load.active != held[slot].active ||
			    load.inactive != held[slot].inactive ||
			    lb_slots_is_full(m->slots, slot) != m->full[slot];
	}
}

/* When all have flushed, every worker sees the same, and no history is an excuse. */
static void
check_at_rest(struct model *m)
{
	for (uint32_t w = 0; w < m->workers; w++)
		step_flush(m, w);
	check(m);
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		struct lb_sched_load load = lb_slots_load(m->slots, slot);
		uint32_t total = load.active + load.inactive;

		if (m->upper[slot] != 0 && total >= m->upper[slot])
			m->wrong += !lb_slots_is_full(m->slots, slot);
		if (m->upper[slot] == 0 || total == 0)
			m->wrong += lb_slots_is_full(m->slots, slot);
	}
}

static void
run(uint32_t workers)
{
	struct model m = { .workers = workers };

	unit_eal();
	lb_conn_timeouts_init();
	srand(workers);
	m.slots = lb_slots_create(workers);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m.slots);
	for (uint32_t w = 0; w < workers; w++) {
		m.tables[w] = lb_conn_create(
			2 * FLOWS_MAX, SOCKET_ID_ANY, lb_slots_worker(m.slots, w), 0x5eed, m.now);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m.tables[w]);
	}
	for (int i = 0; i < STEPS; i++) {
		step(&m);
		if (i % 500 == 0)
			check_at_rest(&m);
		else
			check(&m);
	}
	CU_ASSERT_EQUAL(m.wrong, 0);
	CU_ASSERT_TRUE(m.changes > 400);
	for (uint32_t w = 0; w < workers; w++)
		lb_conn_destroy(m.tables[w]);
	lb_slots_destroy(m.slots);
}

static void
one_worker_is_like_the_model(void)
{
	run(1);
}

static void
three_workers_are_like_the_model(void)
{
	run(3);
}

static const struct unit_test tests[] = {
	UNIT_TEST(one_worker_is_like_the_model),
	UNIT_TEST(three_workers_are_like_the_model),
	UNIT_END,
};

const struct unit_suite unit_conn_limit_model = { "limit_model", tests };
