/* wrr: the sequences of the rule, typed, and against a plain and slow model of it. */

#include <time.h>

#include "edits.h"

static void
check_wrr(const char *servers, const char *expected)
{
	struct picks picks;

	picks_begin(&picks, "wrr", servers, 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, strlen(expected)), expected);
	picks_end(&picks);
}

static void
weights_are_served_level_by_level(void)
{
	check_wrr("A4 B3 C2", "AABABCABCAABABCABC"); /* S2.1 */
	check_wrr("A5 B1 C1", "AAAAABCAAAAABC");     /* S2.3 */
	check_wrr("A1 B1 C5", "CCCCABCCCCCABC");     /* S2.4 */
	check_wrr("A1 B1 C1", "ABCABC");
}

static void
common_divisor_makes_no_difference(void)
{
	check_wrr("A6 B4 C2", "AABABCAABABC"); /* S2.5 */
	check_wrr("A100 B50", "AABAAB");       /* S2.6 */
	check_wrr("A65535", "AAA");
}

static void
server_of_weight_0_is_left_out(void)
{
	check_wrr("A3 B0 C1", "AAACAAAC"); /* S2.7 */
}

static void
closed_server_leaves_its_turns_to_the_others(void)
{
	struct picks picks;

	picks_begin(&picks, "wrr", "A4 B3 C2", 0, 1);
	picks_close(&picks, 'A', true);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 10), "BBCBCBBCBC"); /* S2.8 */
	picks_end(&picks);
}

static void
nobody_is_picked_when_nobody_takes_flows(void)
{
	struct picks picks;

	check_wrr("", "--");
	check_wrr("A0 B0", "--"); /* S2.9 */
	picks_begin(&picks, "wrr", "A4 B3 C2", 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 4), "AABA");
	for (char server = 'A'; server <= 'C'; server++)
		picks_close(&picks, server, true);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "---");
	picks_edit(&picks, "A0 B0 C0");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "---");
	picks_edit(&picks, "A4 B3 C2");
	for (char server = 'A'; server <= 'C'; server++)
		picks_close(&picks, server, false);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 14), "BCABCAABABCABC");
	picks_end(&picks);
}

static void
cursor_and_level_survive_an_edit(void)
{
	struct picks picks;

	picks_begin(&picks, "wrr", "A4 B3 C2", 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 4), "AABA");
	picks_edit(&picks, "A2 B3 C2");
	CU_ASSERT_STRING_EQUAL(
		picks_next(&picks, 14), "BCABCBABCABCBA"); /* S2.10, with our choice */
	picks_end(&picks);
}

static void
level_goes_on_as_the_same_servers_reach_it(void)
{
	struct picks picks;

	/* After AABA the level is 2. With weights 4, 2, 2 the levels are 3 and 1; all reach 1. */
	picks_begin(&picks, "wrr", "A4 B3 C2", 0, 1);
	picks_next(&picks, 4);
	picks_edit(&picks, "A4 B2 C2");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 10), "BCAABCAABC");
	picks_end(&picks);
}

static void
level_above_the_new_top_becomes_the_top(void)
{
	struct picks picks;

	picks_begin(&picks, "wrr", "A9 B2 C2", 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "A");
	picks_edit(&picks, "A3 B2 C3");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 9), "CABCABCAC");
	picks_end(&picks);
}

static void
editing_before_every_pick_starves_nobody(void)
{
	static const char *const versions[] = { "A4 B3 C2", "A2 B4 C4", "A9 B1 C3", "A1 B1 C1" };
	unsigned int picked[3] = { 0 };
	struct picks picks;

	picks_begin(&picks, "wrr", "A1 B1 C1", 0, 1);
	for (int i = 0; i < 9; i++) {
		CU_ASSERT_EQUAL(picks_next(&picks, 1)[0], "ABC"[i % 3]);
		picks_edit(&picks, "A1 B1 C1");
	}
	for (int i = 0; i < 1000; i++) {
		picks_edit(&picks, versions[i % 4]);
		picked[picks_next(&picks, 1)[0] - 'A']++;
	}
	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(picked[i] >= 100);
	picks_end(&picks);
}

static void
workers_start_spread_over_the_servers(void)
{
	static const char *const expected[] = { "ABCABC", "BCABCA", "CABCAB" };
	struct picks picks;

	for (uint32_t worker = 0; worker < 3; worker++) {
		picks_begin(&picks, "wrr", "A1 B1 C1", worker, 3);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 6), expected[worker]);
		picks_end(&picks);
	}
}

/* Step by step through every level, 1000 picks here would take minutes. */
static void
closed_heavy_servers_do_not_delay_a_pick(void)
{
	enum {
		SERVERS = 1000
	};
	static struct lb_sched_dest dests[SERVERS];
	static const struct lb_sched_options none;
	const struct lb_sched_ops *wrr = lb_sched_find(lb_sched_table, "wrr");
	uint64_t closed[LB_SCHED_CLOSED(SERVERS)];
	const struct lb_sched_flow flow = { .closed = closed };
	struct lb_error err = { 0 };
	clock_t start = clock();
	struct lb_sched_local *local;
	unsigned int wrong = 0;
	void *state;

	for (uint32_t i = 0; i < SERVERS; i++)
		dests[i] = (struct lb_sched_dest){ .slot = i, .weight = 65535 - i % 2 };
	dests[700].weight = 1;
	memset(closed, 0xff, sizeof(closed));
	closed[700 / 32] &= ~(
		lb_sched_closed_bit(700, LB_SCHED_DOWN) | lb_sched_closed_bit(700, LB_SCHED_FULL));
	state = wrr->build(dests, SERVERS, &none, 1, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state);
	local = calloc(1, wrr->local_size(state));
	CU_ASSERT_PTR_NOT_NULL_FATAL(local);
	local->workers = 1;
	for (int i = 0; i < 1000; i++)
		wrong += wrr->pick(state, local, &flow) != 700;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(clock() - start < 2 * CLOCKS_PER_SEC);
	free(local);
	wrr->destroy(state);
}

/* The rule as it is told: one server and one level at a time. */
struct model {
	struct edits now;
	const struct picks *picks; /* knows who is closed */
	char used;                 /* letter of the server used last; 0: none */
	int stood; /* where it stood when it was seen last, and between whom; 0: nobody */
	char before, after;
	int at; /* the walk is here */
	int level;
};

static int
model_divisor(const struct model *model)
{
	for (int g = EDITS_WEIGHT; g > 1; g--) {
		bool divides = true;

		for (int i = 0; i < model->now.n; i++)
			divides = divides && model->now.weights[i] % g == 0;
		if (divides)
			return g;
	}
	return 1;
}

static int
model_top(const struct model *model)
{
	int top = 0;

	for (int i = 0; i < model->now.n; i++)
		if (model->now.weights[i] > top)
			top = model->now.weights[i];
	return top - (model_divisor(model) - 1);
}

static int
model_find(const struct model *model, char server)
{
	for (int i = 0; i < model->now.n; i++)
		if (model->now.servers[i] == server)
			return i;
	return -1;
}

static void
model_stand(struct model *model, int at)
{
	model->stood = at;
	model->before = at == 0 ? 0 : model->now.servers[at - 1];
	model->after = at + 1 == model->now.n ? 0 : model->now.servers[at + 1];
}

/* The worker sees a version for the first time. */
static void
model_repair(struct model *model)
{
	if (model_find(model, model->used) >= 0)
		model_stand(model, model_find(model, model->used));
	else if (model_find(model, model->before) >= 0)
		model->stood = model_find(model, model->before) + 1;
	else if (model_find(model, model->after) >= 0)
		model->stood = model_find(model, model->after);
	model->at = model_find(model, model->used) >= 0 ? model->stood : model->stood - 1;
	if (model->used == 0 || model->level > model_top(model))
		model->level = model_top(model);
	while ((model->level - 1) % model_divisor(model) != 0)
		model->level--;
}

static bool
model_takes(const struct model *model, int i, int level)
{
	return model->now.weights[i] >= level &&
	       !picks_is_closed(model->picks, (uint32_t)(model->now.servers[i] - 'A'));
}

static char
model_pick(struct model *model)
{
	bool any = false;

	for (int i = 0; i < model->now.n; i++)
		any = any || model_takes(model, i, 1);
	while (any) {
		if (++model->at >= model->now.n) {
			model->at = 0;
			model->level -= model_divisor(model);
			if (model->level <= 0)
				model->level = model_top(model);
		}
		if (!model_takes(model, model->at, model->level))
			continue;
		model_stand(model, model->at);
		model->used = model->now.servers[model->at];
		return model->used;
	}
	return '-';
}

static bool
model_has_weight(const struct model *model)
{
	for (int i = 0; i < model->now.n; i++)
		if (model->now.weights[i] != 0)
			return true;
	return false;
}

static void
picks_are_those_of_the_slow_rule(void)
{
	unsigned int wrong = 0, found = 0;
	bool seen = false;
	struct picks picks;
	struct model model = { .picks = &picks };

	srand(2);
	picks_begin(&picks, "wrr", "", 0, 1);
	for (int step = 0; step < 100000; step++) {
		char expected;

		if (rand() % 4 == 0) {
			edits_change(&model.now);
			edits_publish(&model.now, &picks);
			seen = false;
		}
		if (rand() % 4 == 0)
			picks_toggle(&picks, (uint32_t)rand() % PICKS_MAX);
		if (!seen && model_has_weight(&model)) {
			model_repair(&model);
			seen = true;
		}
		expected = model_pick(&model);
		found += expected != '-';
		wrong += picks_next(&picks, 1)[0] != expected;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(found > 50000);
	picks_end(&picks);
}

static const struct unit_test tests[] = {
	UNIT_TEST(weights_are_served_level_by_level),
	UNIT_TEST(common_divisor_makes_no_difference),
	UNIT_TEST(server_of_weight_0_is_left_out),
	UNIT_TEST(closed_server_leaves_its_turns_to_the_others),
	UNIT_TEST(nobody_is_picked_when_nobody_takes_flows),
	UNIT_TEST(cursor_and_level_survive_an_edit),
	UNIT_TEST(level_goes_on_as_the_same_servers_reach_it),
	UNIT_TEST(level_above_the_new_top_becomes_the_top),
	UNIT_TEST(editing_before_every_pick_starves_nobody),
	UNIT_TEST(workers_start_spread_over_the_servers),
	UNIT_TEST(closed_heavy_servers_do_not_delay_a_pick),
	UNIT_TEST(picks_are_those_of_the_slow_rule),
	UNIT_END,
};

const struct unit_suite unit_sched_wrr = { "wrr", tests };
