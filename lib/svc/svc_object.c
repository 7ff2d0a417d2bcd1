/* Building, comparing and freeing one version of one service: see svc_object.h. */

#include "svc_object.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "svc_flood.h"
#include "svc_hash.h"
#include "svc_options.h"

static int
object_no_memory(const struct lb_svc_spec *spec, struct lb_error *err)
{
	return lb_error_set(err, ENOMEM,
		"service \"%s\": no memory for %zu servers; give the machine more memory",
		spec->name, spec->n);
}

static int
object_add_server(struct lb_svc_set *set, struct lb_svc *svc, const struct lb_svc_server_spec *spec,
	struct lb_error *err)
{
	uint32_t slot = lb_slots_take(set->slots, svc->name, &spec->at);
	char text[LB_ADDR_TEXT];

	if (slot == LB_SLOT_NONE)
		return lb_error_set(err, ENOSPC,
			"service \"%s\": server %s: all %u server slots are taken; remove servers, "
			"or wait until the connections of removed ones have ended",
			svc->name, lb_endpoint_text(&spec->at, text), LB_SCHED_SLOTS);
	lb_slots_set_service(set->slots, slot, svc->number);
	set->refs[slot]++;
	if (set->hops.get != NULL)
		set->hops.get(set->hops.arg, spec->hop);
	svc->servers[svc->n] = (struct lb_svc_server){
		.at = spec->at,
		.slot = slot,
		.weight = spec->weight,
		.hop = spec->hop,
		.local = spec->local,
		.method = spec->method,
		.one_way = spec->one_way,
	};
	svc->dests[svc->n] = (struct lb_sched_dest){
		.slot = slot,
		.weight = spec->weight,
		.addr = spec->at.addr,
		.port = spec->at.port,
	};
	svc->n++;
	return 0;
}

static int
position_compare(const void *a, const void *b)
{
	const struct svc_position *x = a, *y = b;

	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* Sort servers by slot; two with the same slot are the same server. */
static int
object_index(struct svc_object *object, struct lb_error *err)
{
	struct svc_position *by_slot = object->by_slot;
	const struct lb_svc *svc = &object->svc;
	char text[LB_ADDR_TEXT];

	for (uint32_t i = 0; i < svc->n; i++)
		by_slot[i] = (struct svc_position){ .slot = svc->servers[i].slot, .index = i };
	qsort(by_slot, svc->n, sizeof(*by_slot), position_compare);
	for (uint32_t i = 1; i < svc->n; i++)
		if (by_slot[i].slot == by_slot[i - 1].slot)
			return lb_error_set(err, EEXIST,
				"service \"%s\": server %s is listed twice; remove one of them",
				svc->name,
				lb_endpoint_text(&svc->servers[by_slot[i].index].at, text));
	return 0;
}

/* Behind the servers, where no scheduler sees it. */
static int
object_add_sorry(struct lb_svc_set *set, struct svc_object *object, const struct lb_svc_spec *spec,
	struct lb_error *err)
{
	struct lb_svc *svc = &object->svc;
	int rc = object_add_server(set, svc, &spec->servers[spec->n], err);

	if (rc == 0)
		svc->sorry = &svc->servers[--svc->n];
	return rc;
}

static int
object_add_servers(struct lb_svc_set *set, struct svc_object *object,
	const struct lb_svc_spec *spec, struct lb_error *err)
{
	struct lb_svc *svc = &object->svc;

	svc->servers = aligned_alloc(
		_Alignof(struct lb_svc_server), (spec->n + 1) * sizeof(*svc->servers));
	svc->dests = calloc(spec->n + 1, sizeof(*svc->dests));
	object->by_slot = calloc(spec->n + 1, sizeof(*object->by_slot));
	if (svc->servers == NULL || svc->dests == NULL || object->by_slot == NULL)
		return object_no_memory(spec, err);
	for (size_t i = 0; i < spec->n; i++) {
		int rc = object_add_server(set, svc, &spec->servers[i], err);

		if (rc != 0)
			return rc;
	}
	if (object_index(object, err) != 0)
		return -err->code;
	return spec->sorry ? object_add_sorry(set, object, spec, err) : 0;
}

static int
object_add_matches(struct svc_object *object, const struct lb_svc_spec *spec, struct lb_error *err)
{
	if (spec->matches_n == 0)
		return 0;
	object->matches = calloc(spec->matches_n, sizeof(*object->matches));
	if (object->matches == NULL)
		return object_no_memory(spec, err);
	memcpy(object->matches, spec->matches, spec->matches_n * sizeof(*object->matches));
	return 0;
}

/* Take over a state that was built without slots. */
static void *
object_take_draft(struct lb_svc *svc, struct lb_svc_draft *draft)
{
	void *state = draft->state;

	for (uint32_t i = 0; i < svc->n; i++)
		draft->dests[i].slot = svc->dests[i].slot;
	free(svc->dests);
	svc->dests = draft->dests;
	memset(draft, 0, sizeof(*draft));
	return state;
}

/* The scheduler's state, and the locals that go with it. */
static int
object_add_scheduler(struct lb_svc_set *set, struct svc_object *object,
	const struct lb_svc_spec *spec, const struct svc_object *old, struct lb_error *err)
{
	struct lb_svc *svc = &object->svc;

	if (svc_options_copy(&object->options, &spec->options) != 0)
		return object_no_memory(spec, err);
	if (spec->draft != NULL && spec->draft->state != NULL)
		svc->state = object_take_draft(svc, spec->draft);
	else
		svc->state = svc->sched->build(
			svc->dests, svc->n, &spec->options, lb_sched_version(), err);
	if (svc->state == NULL) {
		assert(err->code != 0);
		lb_error_prefix(err, "service \"%s\": ", spec->name);
		return -err->code;
	}
	object->locals = svc_locals_get(set, old == NULL ? NULL : old->locals, svc->sched,
		svc->sched->local_size(svc->state));
	if (object->locals == NULL)
		return object_no_memory(spec, err);
	svc->locals = object->locals->local;
	svc->local_stride = object->locals->stride;
	svc->watcher = object->locals->watcher;
	return 0;
}

struct svc_object *
svc_object_create(struct lb_svc_set *set, const struct lb_svc_spec *spec,
	const struct svc_object *old, struct lb_error *err)
{
	static_assert(offsetof(struct lb_svc, at) == 64, "a new flow reads one cache line");
	static_assert(sizeof(struct lb_svc_server) == 64, "and one of its server");
	struct svc_object *object = aligned_alloc(_Alignof(struct svc_object), sizeof(*object));
	struct lb_svc *svc;

	if (object == NULL) {
		object_no_memory(spec, err);
		return NULL;
	}
	memset(object, 0, sizeof(*object));
	object->set = set;
	svc = &object->svc;
	snprintf(svc->name, sizeof(svc->name), "%s", spec->name);
	svc->at = spec->at;
	svc->protocol = spec->protocol;
	svc->matches_n = spec->matches_n;
	svc->unknown = spec->unknown;
	svc->one_packet = spec->one_packet;
	svc->timeout_class = spec->timeout_class;
	svc->number = old != NULL ? old->svc.number : ++set->number;
	svc->persistence = spec->persistence;
	svc->persistence_mask = spec->persistence_mask;
	svc->sched = spec->sched;
	if (object_add_matches(object, spec, err) != 0 ||
		object_add_servers(set, object, spec, err) != 0 ||
		object_add_scheduler(set, object, spec, old, err) != 0 ||
		svc_flood_build(svc, spec->flood, err) != 0) {
		svc_object_destroy(set, object, false);
		return NULL;
	}
	return object;
}

static bool
server_equal(const struct lb_svc_server *server, const struct lb_svc_server_spec *spec)
{
	return server->weight == spec->weight && server->hop == spec->hop &&
	       server->local == spec->local && server->method == spec->method &&
	       server->one_way == spec->one_way && svc_endpoint_equal(&server->at, &spec->at);
}

bool
svc_object_matches_equal(const struct svc_object *object, const struct lb_svc_spec *spec)
{
	if (object->svc.matches_n != spec->matches_n)
		return false;
	for (uint32_t i = 0; i < spec->matches_n; i++) {
		const struct lb_svc_match *a = &object->matches[i], *b = &spec->matches[i];

		if (a->net != b->net || a->len != b->len || a->protocol != b->protocol ||
			a->first != b->first || a->last != b->last)
			return false;
	}
	return true;
}

bool
svc_object_equal(const struct svc_object *object, const struct lb_svc_spec *spec)
{
	const struct lb_svc *svc = &object->svc;

	if (svc->protocol != spec->protocol || svc->unknown != spec->unknown ||
		svc->one_packet != spec->one_packet || svc->timeout_class != spec->timeout_class ||
		svc->persistence != spec->persistence ||
		svc->persistence_mask != spec->persistence_mask || svc->sched != spec->sched ||
		svc->n != spec->n)
		return false;
	if (!svc_endpoint_equal(&svc->at, &spec->at) || !svc_object_matches_equal(object, spec) ||
		!svc_options_equal(&object->options, &spec->options))
		return false;
	for (uint32_t i = 0; i < svc->n; i++)
		if (!server_equal(&svc->servers[i], &spec->servers[i]))
			return false;
	if (!spec->sorry || svc->sorry == NULL)
		return !spec->sorry && svc->sorry == NULL;
	return server_equal(svc->sorry, &spec->servers[svc->n]);
}

static void
object_put_server(struct lb_svc_set *set, const struct lb_svc_server *server, bool published)
{
	bool last = --set->refs[server->slot] == 0;

	if (set->slots == NULL)
		return;
	if (set->hops.put != NULL)
		set->hops.put(set->hops.arg, server->hop);
	if (last && published)
		lb_slots_retire(set->slots, server->slot);
	else if (last)
		lb_slots_release(set->slots, server->slot);
}

void
svc_object_destroy(struct lb_svc_set *set, struct svc_object *object, bool published)
{
	struct lb_svc *svc = &object->svc;

	svc_flood_destroy(svc);
	svc->sched->destroy(svc->state);
	svc_locals_put(set, object->locals);
	svc_options_free(&object->options);
	for (uint32_t i = 0; i < svc->n; i++)
		object_put_server(set, &svc->servers[i], published);
	if (svc->sorry != NULL)
		object_put_server(set, svc->sorry, published);
	free(svc->servers);
	free(svc->dests);
	free(object->by_slot);
	free(object->matches);
	free(object);
}

const struct lb_svc_server *
lb_svc_server_of(const struct lb_svc *svc, uint32_t slot)
{
	const struct svc_object *object = (const struct svc_object *)svc;
	uint32_t low = 0, high = svc->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (object->by_slot[middle].slot < slot)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < svc->n && object->by_slot[low].slot == slot)
		return &svc->servers[object->by_slot[low].index];
	return svc->sorry != NULL && svc->sorry->slot == slot ? svc->sorry : NULL;
}
