/*
 * Slots against a plain model over random operations: taking, releasing, retiring, sweeps that run
 * in pieces, flows that begin and end on each worker. The model knows whose a slot must be.
 */

#include <stdlib.h>
#include <string.h>

#include "lb_slot.h"
#include "unit.h"

#define KEYS 40
#define WORKERS 3
#define STEPS 300000

enum key_state {
	KEY_FREE,
	KEY_USED,
	KEY_RETIRED,
	KEY_SWEPT, /* retired before the sweep that runs */
};

struct model_key {
	enum key_state state;
	uint32_t slot;
	uint32_t flows[WORKERS];
	uint64_t conns; /* ever, since the slot is its own */
};

struct model {
	struct lb_slots *slots;
	struct model_key keys[KEYS];
	bool sweeping;
	unsigned int swept_workers;
	uint64_t used[LB_SCHED_SLOTS / 64];
	unsigned int wrong;
	unsigned int freed;
	unsigned int kept; /* retired ones that a sweep found in use */
	unsigned int back; /* retired ones that came back */
};

static const char *
key_service(uint32_t key)
{
	static const char *const names[] = { "web", "dns", "mail", "a name that is quite long" };

	return names[key % 4];
}

static struct lb_endpoint
key_server(uint32_t key)
{
	return (struct lb_endpoint){
		.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a020000) + key / 8)),
		.port = rte_cpu_to_be_16((uint16_t)(80 + key / 4 % 2)),
	};
}

static void
expect(struct model *model, bool holds)
{
	model->wrong += !holds;
}

static uint32_t
key_flows(const struct model_key *key)
{
	uint32_t flows = 0;

	for (int w = 0; w < WORKERS; w++)
		flows += key->flows[w];
	return flows;
}

/* What lb_slots says of a key must be what the model knows. */
static void
key_check(struct model *model, uint32_t k)
{
	struct model_key *key = &model->keys[k];
	struct lb_endpoint server = key_server(k);
	uint32_t slot = lb_slots_lookup(model->slots, key_service(k), &server);

	if (key->state == KEY_FREE) {
		expect(model, slot == LB_SLOT_NONE);
		return;
	}
	expect(model, slot == key->slot);
	expect(model, lb_slots_load(model->slots, key->slot).active == key_flows(key));
	expect(model, lb_slots_load(model->slots, key->slot).inactive == 0);
	expect(model, lb_slots_stats(model->slots, key->slot).conns == key->conns);
}

static void
key_take(struct model *model, uint32_t k)
{
	struct model_key *key = &model->keys[k];
	struct lb_endpoint server = key_server(k);
	enum key_state before = key->state;
	uint32_t slot = lb_slots_take(model->slots, key_service(k), &server);

	expect(model, slot < KEYS); /* freed ones are used again */
	if (before == KEY_FREE) {
		for (uint32_t other = 0; other < KEYS; other++)
			expect(model, model->keys[other].state == KEY_FREE ||
					      model->keys[other].slot != slot);
		key->slot = slot;
		key->conns = 0;
	}
	model->back += before == KEY_RETIRED || before == KEY_SWEPT;
	key->state = KEY_USED;
	key_check(model, k);
	if (before != KEY_USED && rand() % 4 == 0) {
		lb_slots_release(model->slots, slot);
		key->state = before == KEY_FREE ? KEY_FREE : KEY_RETIRED;
		key_check(model, k);
	}
}

static void
key_flow_begins(struct model *model, struct model_key *key)
{
	uint32_t w = (uint32_t)rand() % WORKERS;
	struct lb_slot_worker *worker = lb_slots_worker(model->slots, w);

	if (key->state != KEY_USED)
		return;
	lb_slot_add(worker, key->slot, 1, 0);
	worker->own[key->slot].conns++;
	key->flows[w]++;
	key->conns++;
}

static void
key_flow_ends(struct model *model, struct model_key *key)
{
	for (uint32_t w = 0; w < WORKERS; w++)
		while (key->flows[w] > 0 && rand() % 8 != 0) {
			lb_slot_add(lb_slots_worker(model->slots, w), key->slot, -1, 0);
			key->flows[w]--;
		}
}

/* One worker passes its connections. */
static void
model_sweep_worker(struct model *model)
{
	uint32_t w = model->swept_workers++;

	for (uint32_t k = 0; k < KEYS; k++) {
		uint32_t slot = model->keys[k].slot;

		if (model->keys[k].flows[w] > 0)
			model->used[slot / 64] |= UINT64_C(1) << (slot % 64);
	}
}

static void
model_sweep_begin(struct model *model)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < KEYS; k++)
		if (model->keys[k].state == KEY_RETIRED) {
			model->keys[k].state = KEY_SWEPT;
			n++;
		}
	expect(model, lb_slots_retired(model->slots) == n);
	expect(model, lb_slots_sweep_begin(model->slots) == n);
	memset(model->used, 0, sizeof(model->used));
	model->swept_workers = 0;
	model->sweeping = true;
}

static void
model_sweep_end(struct model *model)
{
	uint32_t freed = 0;

	for (uint32_t k = 0; k < KEYS; k++) {
		struct model_key *key = &model->keys[k];

		if (key->state != KEY_SWEPT)
			continue;
		if ((model->used[key->slot / 64] >> (key->slot % 64) & 1) != 0) {
			key->state = KEY_RETIRED;
			model->kept++;
			continue;
		}
		expect(model, key_flows(key) == 0);
		key->state = KEY_FREE;
		freed++;
	}
	expect(model, lb_slots_sweep_end(model->slots, model->used) == freed);
	model->freed += freed;
	model->sweeping = false;
}

static void
model_step(struct model *model)
{
	uint32_t k = (uint32_t)rand() % KEYS;
	struct model_key *key = &model->keys[k];

	switch (rand() % 8) {
	case 0:
		key_take(model, k);
		break;
	case 1:
		if (key->state == KEY_USED) {
			lb_slots_retire(model->slots, key->slot);
			key->state = KEY_RETIRED;
		}
		break;
	case 2:
		key_flow_begins(model, key);
		break;
	case 3:
		key_flow_ends(model, key);
		break;
	case 4:
		lb_slot_flush(lb_slots_worker(model->slots, (uint32_t)rand() % WORKERS));
		break;
	case 5:
		if (!model->sweeping)
			model_sweep_begin(model);
		else if (model->swept_workers < WORKERS)
			model_sweep_worker(model);
		else
			model_sweep_end(model);
		break;
	default:
		key_check(model, k);
	}
}

static void
slots_belong_to_whom_the_model_says(void)
{
	static struct model model;

	memset(&model, 0, sizeof(model));
	srand(1);
	model.slots = lb_slots_create(WORKERS);
	CU_ASSERT_PTR_NOT_NULL_FATAL(model.slots);
	for (int step = 0; step < STEPS; step++)
		model_step(&model);
	CU_ASSERT_EQUAL(model.wrong, 0);
	CU_ASSERT_TRUE(model.freed > 1000 && model.kept > 1000 && model.back > 1000);
	lb_slots_destroy(model.slots);
}

static const struct unit_test tests[] = {
	UNIT_TEST(slots_belong_to_whom_the_model_says),
	UNIT_END,
};

const struct unit_suite unit_svc_slot_model = { "slot_model", tests };
