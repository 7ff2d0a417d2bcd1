/*
 * Random events, and what must hold after each of them whatever happened. The model is what the
 * test did: who is pinned how often, who is fixed where, which indices left and were not given
 * back.
 */

#include "bed.h"

#define ADDRESSES 120
#define LEARNT 25
#define PINNED 40
#define EVENTS 400000

struct model {
	struct bed bed;
	uint32_t pins[ADDRESSES];
	uint32_t fixed[ADDRESSES];     /* number of the MAC; 0: not fixed */
	uint32_t pinned_at[ADDRESSES]; /* index of the pinned */
	uint32_t live[ADDRESSES];      /* index when last looked at; 0: none */
	bool *gone;                    /* by index: left and not given back */
	uint32_t *left;                /* indices, in the order in which that was seen */
	uint32_t waiting;              /* how many */
	uint32_t in_flight;
	uint32_t alive;
	uint32_t full; /* how often all positions were taken */
	uint32_t fixes;
};

static uint32_t
draw(uint32_t n)
{
	static uint64_t state = 0x853c49e6748fea9b;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)((state >> 33) % n);
}

static bool
model_is_pinned(const struct model *model, uint32_t n)
{
	return model->pins[n] != 0 || model->fixed[n] != 0;
}

/* Note where one was pinned; 0, which is so for lack of room only. */
static bool
model_pinned(struct model *model, uint32_t n, uint32_t index)
{
	bool full = model->alive + model->waiting == model->bed.view->size - 1;
	uint32_t pinned = 0;

	for (uint32_t i = 0; i < ADDRESSES; i++)
		pinned += model_is_pinned(model, i);
	if (index == 0) {
		CU_ASSERT_TRUE_FATAL(!model_is_pinned(model, n) && (pinned == PINNED || full));
		model->full += full;
		return false;
	}
	CU_ASSERT_TRUE_FATAL(!model_is_pinned(model, n) || model->pinned_at[n] == index);
	model->pinned_at[n] = index;
	return true;
}

static void
model_pin(struct model *model, uint32_t n)
{
	if (model_pinned(model, n, bed_get(&model->bed, n)))
		model->pins[n]++;
}

static void
model_fix(struct model *model, uint32_t n, uint32_t m)
{
	if (!model_pinned(model, n, bed_fix(&model->bed, n, m)))
		return;
	model->fixed[n] = m;
	model->fixes++;
}

/* Who is not pinned for another reason is gone, the others are not known. */
static void
model_flush(struct model *model, uint32_t n)
{
	struct bed *bed = &model->bed;
	uint32_t before = bed_find(bed, n);

	CU_ASSERT_EQUAL_FATAL(bed_flush(bed, n), before != 0);
	CU_ASSERT_EQUAL_FATAL(bed_find(bed, n), model->pins[n] == 0 ? 0 : before);
	if (model->pins[n] != 0)
		CU_ASSERT_EQUAL_FATAL(bed_state(bed, before), LB_NEIGH_INCOMPLETE);
	model->fixed[n] = 0;
}

static void
model_unpin(struct model *model, uint32_t n)
{
	if (model->pins[n] == 0)
		return;
	model->pins[n]--;
	lb_neigh_put(model->bed.table, model->pinned_at[n], model->bed.now);
}

/* Batches are rare, and take all that wait, so that positions run out now and then. */
static void
model_retire(struct model *model)
{
	if (draw(1500) != 0)
		return;
	if (model->in_flight == 0) {
		model->in_flight = lb_neigh_retire_begin(model->bed.table, UINT32_MAX);
		CU_ASSERT_EQUAL_FATAL(model->in_flight, model->waiting);
		return;
	}
	lb_neigh_retire_end(model->bed.table);
	for (uint32_t i = 0; i < model->in_flight; i++)
		model->gone[model->left[i]] = false;
	model->waiting -= model->in_flight;
	memmove(model->left, model->left + model->in_flight,
		model->waiting * sizeof(model->left[0]));
	model->in_flight = 0;
}

static void
model_event(struct model *model)
{
	struct bed *bed = &model->bed;
	uint32_t n = draw(ADDRESSES);

	switch (draw(14)) {
	case 0:
		model_pin(model, n);
		break;
	case 1:
	case 2:
		model_unpin(model, n);
		break;
	case 3:
		bed_want(bed, n);
		break;
	case 4:
	case 5:
	case 6:
		bed_hear(bed, n, draw(3) + 2 * n, draw(2) == 0);
		break;
	case 7:
		bed->used[1 + draw(bed->view->size - 1)] = true;
		if (bed_find(bed, n) != 0)
			bed->used[bed_find(bed, n)] = true;
		break;
	case 8:
		model_retire(model);
		break;
	case 9:
		model_fix(model, n, 1000 + draw(3) + 2 * n);
		break;
	case 10:
		if (draw(3) == 0) /* that who is heard of stays so for a while */
			model_flush(model, n);
		break;
	default:
		bed->now += draw(10) == 0 ? draw(20000) : draw(200);
		lb_neigh_run(bed->table, bed->now);
		break;
	}
}

/* An index appeared at an address, or left it. */
static void
model_notice(struct model *model, uint32_t n, uint32_t index)
{
	uint32_t old = model->live[n];

	if (old == index)
		return;
	if (old != 0) {
		CU_ASSERT_EQUAL_FATAL(lb_neigh_word(model->bed.view, old), 0);
		model->gone[old] = true;
		model->left[model->waiting++] = old;
	}
	CU_ASSERT_FALSE_FATAL(model->gone[index]);
	model->live[n] = index;
}

static void
model_check_one(const struct model *model, uint32_t n, uint32_t index)
{
	const struct bed *bed = &model->bed;
	struct lb_neigh_info info;
	struct lb_addr addr = bed_addr(n);
	struct rte_ether_addr fixed = bed_mac(model->fixed[n]);
	uint64_t word = lb_neigh_word(bed->view, index), mac = 0;

	CU_ASSERT_TRUE_FATAL(lb_neigh_info(bed->table, index, &info));
	CU_ASSERT_TRUE_FATAL(lb_addr_equal(&info.addr, &addr) && info.port == BED_PORT);
	CU_ASSERT_EQUAL_FATAL(info.pinned, model_is_pinned(model, n));
	CU_ASSERT_EQUAL_FATAL(info.state == LB_NEIGH_PERMANENT, model->fixed[n] != 0);
	CU_ASSERT_EQUAL_FATAL(word >> 56, info.state);
	CU_ASSERT_EQUAL_FATAL(lb_neigh_port(word), BED_PORT);
	memcpy(&mac, &info.mac, 6);
	CU_ASSERT_EQUAL_FATAL(word & 0xffffffffffff, mac);
	CU_ASSERT_EQUAL_FATAL(mac != 0, info.state >= LB_NEIGH_REACHABLE);
	if (model->fixed[n] != 0)
		CU_ASSERT_EQUAL_FATAL(memcmp(&info.mac, &fixed, 6), 0);
}

static void
model_check(struct model *model)
{
	uint32_t learnt = 0, usable = 0;

	model->alive = 0;
	for (uint32_t n = 0; n < ADDRESSES; n++)
		if (bed_find(&model->bed, n) != model->live[n])
			model_notice(model, n, 0);
	for (uint32_t n = 0; n < ADDRESSES; n++) {
		uint32_t index = bed_find(&model->bed, n);

		model_notice(model, n, index);
		if (index == 0) {
			CU_ASSERT_FALSE_FATAL(model_is_pinned(model, n));
			continue;
		}
		model_check_one(model, n, index);
		model->alive++;
		learnt += !model_is_pinned(model, n);
		usable += lb_neigh_is_usable(lb_neigh_word(model->bed.view, index));
	}
	CU_ASSERT_TRUE_FATAL(learnt <= LEARNT);
	CU_ASSERT_EQUAL_FATAL(model->bed.ups - model->bed.downs, usable);
}

static void
random_events_leave_the_table_whole(void)
{
	struct model *model = calloc(1, sizeof(*model));

	CU_ASSERT_PTR_NOT_NULL_FATAL(model);
	bed_init(&model->bed, LEARNT, PINNED);
	model->gone = calloc(model->bed.view->size, sizeof(model->gone[0]));
	model->left = calloc(model->bed.view->size, sizeof(model->left[0]));
	for (uint32_t i = 0; i < EVENTS; i++) {
		model_event(model);
		model_check(model);
	}
	CU_ASSERT_TRUE(model->bed.ups > 1000);
	CU_ASSERT_TRUE(model->full > 100);
	CU_ASSERT_TRUE(model->fixes > 1000);
	free(model->left);
	free(model->gone);
	bed_fini(&model->bed);
	free(model);
}

static const struct unit_test tests[] = {
	UNIT_TEST(random_events_leave_the_table_whole),
	UNIT_END,
};

const struct unit_suite unit_neigh_model = { "model", tests };
