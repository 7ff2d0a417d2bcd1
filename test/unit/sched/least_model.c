/*
 * Schedulers that choose the server of least cost, against a scan of all servers that follows the
 * words of each rule, over random sequences of loads, closed bits, ticks and versions.
 */

#include "edits.h"

/* What the model sees of a server. */
struct server {
	uint64_t active;
	uint64_t overhead;
	uint64_t weight;
};

/* Whether a is better than b, which stands before it in the walk. */
typedef bool model_better(const struct server *a, const struct server *b);

static bool
lc_better(const struct server *a, const struct server *b)
{
	return a->overhead < b->overhead;
}

static bool
wlc_better(const struct server *a, const struct server *b)
{
	return b->overhead * a->weight > a->overhead * b->weight;
}

static bool
sed_better(const struct server *a, const struct server *b)
{
	return (b->active + 1) * a->weight > (a->active + 1) * b->weight;
}

static bool
nq_better(const struct server *a, const struct server *b)
{
	if (a->active == 0 || b->active == 0)
		return b->active != 0;
	return sed_better(a, b);
}

static bool
fo_better(const struct server *a, const struct server *b)
{
	return a->weight > b->weight;
}

static bool
ovf_better(const struct server *a, const struct server *b)
{
	if (a->active > a->weight || b->active > b->weight)
		return a->active <= a->weight;
	return a->weight > b->weight;
}

static const struct rule {
	const char *name;
	model_better *better;
} rules[] = {
	{ "lc", lc_better },
	{ "wlc", wlc_better },
	{ "sed", sed_better },
	{ "nq", nq_better },
	{ "fo", fo_better },
	{ "ovf", ovf_better },
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

static struct server
server_at(const struct picks *picks, size_t i)
{
	uint32_t slot = picks->dests[i].slot;
	uint64_t active = picks->total[slot].active + picks->delta[slot].active;

	return (struct server){
		.active = active,
		.overhead =
			256 * active + picks->total[slot].inactive + picks->delta[slot].inactive,
		.weight = picks->dests[i].weight,
	};
}

static int
model_pick(const struct rule *rule, const struct picks *picks)
{
	struct server best = { 0 };
	int found = -1;

	for (size_t i = 0; i < picks->n; i++) {
		struct server server = server_at(picks, i);

		if (server.weight == 0 || picks_is_closed(picks, picks->dests[i].slot))
			continue;
		if (found >= 0 && !rule->better(&server, &best))
			continue;
		best = server;
		found = (int)i;
	}
	if (rule->better == ovf_better && best.active > best.weight)
		return -1;
	return found;
}

/* Other workers, or control, change something; this one learns of it by a tick. */
static void
others_change(struct picks *picks)
{
	uint32_t slot = (uint32_t)rand() % PICKS_MAX;

	switch (rand() % 3) {
	case 0:
		picks->total[slot].active = (uint32_t)rand() % 30;
		break;
	case 1:
		picks->total[slot].inactive = (uint32_t)rand() % 3000;
		break;
	default:
		picks_toggle(picks, slot);
	}
	picks->ops->tick(picks->state, picks->local, 0);
}

/* A flow of this worker ends, if it has one. */
static void
own_flow_ends(struct picks *picks)
{
	uint32_t slot = (uint32_t)rand() % PICKS_MAX;

	if (picks->delta[slot].active == 0)
		return;
	picks->delta[slot].active--;
	picks->delta[slot].inactive++;
	picks_tell(picks, slot);
}

static void
check_rule(const struct rule *rule)
{
	unsigned int wrong = 0, found = 0;
	struct edits edits = { .n = 0 };
	struct picks picks;

	srand(3);
	picks_begin(&picks, rule->name, "", 0, 1);
	for (int step = 0; step < 30000; step++) {
		int expected, picked;

		if (rand() % 8 == 0) {
			edits_change(&edits);
			edits_publish(&edits, &picks);
		}
		if (rand() % 4 == 0)
			others_change(&picks);
		for (int i = 0; i < 4; i++)
			own_flow_ends(&picks);
		expected = model_pick(rule, &picks);
		picked = picks_one(&picks);
		found += expected >= 0;
		wrong += picked != expected;
		if (picked < 0)
			continue;
		picks.delta[picks.dests[picked].slot].active++;
		picks_tell(&picks, picks.dests[picked].slot);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(found > 5000);
	picks_end(&picks);
}

static void
picks_are_those_of_a_scan(void)
{
	for (size_t i = 0; i < RULES; i++)
		check_rule(&rules[i]);
}

/* More servers than a tick looks at. */
#define MANY (LB_SCHED_TICK + 500)

/* A service of many servers of weight 1 on one worker. */
struct many {
	struct lb_sched_dest dests[MANY];
	struct lb_sched_load total[MANY];
	struct lb_sched_load delta[MANY];
	uint64_t closed[LB_SCHED_CLOSED(MANY)];
	const struct lb_sched_ops *ops;
	void *state;
	struct lb_sched_local *local;
};

static void
many_begin(struct many *many, const char *scheduler)
{
	static const struct lb_sched_options none;
	struct lb_error err = { 0 };

	memset(many, 0, sizeof(*many));
	for (uint32_t i = 0; i < MANY; i++)
		many->dests[i] = (struct lb_sched_dest){ .slot = MANY - 1 - i, .weight = 1 };
	many->ops = lb_sched_find(lb_sched_table, scheduler);
	many->state = many->ops->build(many->dests, MANY, &none, 1, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(many->state);
	many->local = calloc(1, many->ops->local_size(many->state));
	CU_ASSERT_PTR_NOT_NULL_FATAL(many->local);
	many->local->workers = 1;
}

static void
many_end(struct many *many)
{
	free(many->local);
	many->ops->destroy(many->state);
}

static int
many_pick(struct many *many)
{
	const struct lb_sched_flow flow = {
		.total = many->total,
		.delta = many->delta,
		.closed = many->closed,
	};

	return many->ops->pick(many->state, many->local, &flow);
}

static void
many_servers_fill_evenly(void)
{
	static struct many many;
	unsigned int wrong = 0;

	many_begin(&many, "wlc");
	for (uint32_t k = 0; k < 3 * MANY; k++) {
		int i = many_pick(&many);

		wrong += i != (int)(k % MANY);
		many.delta[many.dests[i].slot].active++;
		many.ops->changed(many.state, many.local, (size_t)i);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	many_end(&many);
}

static void
tick_looks_at_a_thousand_servers_in_turn(void)
{
	static struct many many;

	many_begin(&many, "lc");
	for (uint32_t i = 0; i < MANY; i++)
		many.total[many.dests[i].slot].active = 5;
	CU_ASSERT_EQUAL(many_pick(&many), 0);
	many.total[many.dests[1400].slot].active = 4;
	many.total[many.dests[1000].slot].active = 4;
	CU_ASSERT_EQUAL(many_pick(&many), 0);
	many.ops->tick(many.state, many.local, 0); /* 0 to 1023 */
	CU_ASSERT_EQUAL(many_pick(&many), 1000);
	many.total[many.dests[1000].slot].active = 9;
	many.ops->tick(many.state, many.local, 0); /* 1024 to 1523, 0 to 523 */
	CU_ASSERT_EQUAL(many_pick(&many), 1000);
	many.ops->tick(many.state, many.local, 0); /* 524 to 1523, 0 to 23 */
	CU_ASSERT_EQUAL(many_pick(&many), 1400);
	many_end(&many);
}

static const struct unit_test tests[] = {
	UNIT_TEST(picks_are_those_of_a_scan),
	UNIT_TEST(many_servers_fill_evenly),
	UNIT_TEST(tick_looks_at_a_thousand_servers_in_turn),
	UNIT_END,
};

const struct unit_suite unit_sched_least_model = { "least_model", tests };
