/*
 * The life of a slot: free, used, retired, in a sweep, free again. The key of a slot stays in the
 * map until the slot is free, so a server that comes back in between finds its own.
 *
 * A slot that is taken back while a sweep runs leaves that sweep, and does not join it again when
 * it is retired meanwhile: the workers may have passed the connections that it got since.
 */

#include "lb_slot.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "svc_hash.h"
#include "svc_slots.h"

static uint32_t *
slot_chain(const struct lb_slots *slots, const char *service, const struct lb_endpoint *server)
{
	uint64_t hash = svc_hash_endpoint(server, svc_hash_name(service));

	return &slots->chains[hash % LB_SCHED_SLOTS];
}

static void
slot_set_state(struct lb_slots *slots, uint32_t slot, enum slot_state state)
{
	if (slots->states[slot] == SLOT_RETIRED)
		slots->retired--;
	if (state == SLOT_RETIRED)
		slots->retired++;
	slots->states[slot] = (uint8_t)state;
}

static uint32_t
slot_allocate(struct lb_slots *slots)
{
	uint32_t slot;

	if (slots->free != 0) {
		slot = slots->free - 1;
		slots->free = slots->keys[slot].next;
		return slot;
	}
	return slots->high < LB_SCHED_SLOTS ? slots->high++ : LB_SLOT_NONE;
}

static void
slot_free(struct lb_slots *slots, uint32_t slot)
{
	struct slot_key *key = &slots->keys[slot];
	uint32_t *link = slot_chain(slots, key->service, &key->server);

	while (*link != slot + 1)
		link = &slots->keys[*link - 1].next;
	*link = key->next;
	key->next = slots->free;
	slots->free = slot + 1;
	slot_set_state(slots, slot, SLOT_FREE);
	slot_count_reset(slots, slot);
}

uint32_t
lb_slots_lookup(const struct lb_slots *slots, const char *service, const struct lb_endpoint *server)
{
	for (uint32_t link = *slot_chain(slots, service, server); link != 0;) {
		const struct slot_key *key = &slots->keys[link - 1];

		if (svc_endpoint_equal(&key->server, server) && strcmp(key->service, service) == 0)
			return link - 1;
		link = key->next;
	}
	return LB_SLOT_NONE;
}

uint32_t
lb_slots_take(struct lb_slots *slots, const char *service, const struct lb_endpoint *server)
{
	uint32_t slot = lb_slots_lookup(slots, service, server);
	struct slot_key *key;
	uint32_t *chain;

	assert(strlen(service) < LB_SVC_NAME);
	if (slot == LB_SLOT_NONE) {
		slot = slot_allocate(slots);
		if (slot == LB_SLOT_NONE)
			return LB_SLOT_NONE;
		key = &slots->keys[slot];
		snprintf(key->service, sizeof(key->service), "%s", service);
		key->server = *server;
		chain = slot_chain(slots, service, server);
		key->next = *chain;
		*chain = slot + 1;
	}
	if (slots->states[slot] != SLOT_USED)
		slots->keys[slot].before = slots->states[slot];
	slot_set_state(slots, slot, SLOT_USED);
	return slot;
}

const char *
lb_slots_service(const struct lb_slots *slots, uint32_t slot)
{
	return slots->keys[slot].service;
}

void
lb_slots_set_service(struct lb_slots *slots, uint32_t slot, uint32_t number)
{
	__atomic_store_n(&slots->service[slot], number, __ATOMIC_RELAXED);
}

void
lb_slots_release(struct lb_slots *slots, uint32_t slot)
{
	assert(slots->states[slot] == SLOT_USED);
	if (slots->keys[slot].before == SLOT_FREE)
		slot_free(slots, slot);
	else
		slot_set_state(slots, slot, SLOT_RETIRED);
}

void
lb_slots_retire(struct lb_slots *slots, uint32_t slot)
{
	assert(slots->states[slot] == SLOT_USED);
	slot_set_state(slots, slot, SLOT_RETIRED);
}

uint32_t
lb_slots_retired(const struct lb_slots *slots)
{
	return slots->retired;
}

uint32_t
lb_slots_sweep_begin(struct lb_slots *slots)
{
	uint32_t n = slots->retired;

	assert(!slots->sweeping);
	slots->sweeping = true;
	for (uint32_t slot = 0; slots->retired != 0; slot++)
		if (slots->states[slot] == SLOT_RETIRED)
			slot_set_state(slots, slot, SLOT_SWEPT);
	return n;
}

uint32_t
lb_slots_sweep_end(struct lb_slots *slots, const uint64_t *used)
{
	uint32_t freed = 0;

	assert(slots->sweeping);
	slots->sweeping = false;
	for (uint32_t slot = 0; slot < slots->high; slot++) {
		if (slots->states[slot] != SLOT_SWEPT)
			continue;
		if ((used[slot / 64] >> (slot % 64) & 1) != 0) {
			slot_set_state(slots, slot, SLOT_RETIRED);
			continue;
		}
		slot_free(slots, slot);
		freed++;
	}
	return freed;
}
