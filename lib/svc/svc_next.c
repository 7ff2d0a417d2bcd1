/*
 * A whole version in pieces. Services are put into a root that nobody sees; publishing it is one
 * exchange. What follows differs from the version before: limits, which stand by slot and not in a
 * version, are noted while services come in and put in force once nothing can fail any more.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lb_rcu.h"
#include "svc_next.h"

/* A limit that a slot is to have. */
struct next_limit {
	uint32_t slot;
	uint32_t upper;
	uint32_t lower;
};

struct lb_svc_next {
	struct lb_svc_root *root; /* NULL: it is published. */
	struct lb_svc_set *set;
	struct next_limit *limits;
	size_t limits_n;
	size_t limits_room;
	size_t limits_done;
};

struct lb_svc_next *
lb_svc_next_create(struct lb_svc_set *set, const struct lb_svc_size *size)
{
	struct lb_svc_next *next = calloc(1, sizeof(*next));

	if (next == NULL)
		return NULL;
	next->set = set;
	next->root = svc_root_create(set, size);
	if (next->root != NULL)
		return next;
	free(next);
	return NULL;
}

static int
next_reserve(struct lb_svc_next *next, size_t n)
{
	size_t room = 2 * (next->limits_n + n);
	struct next_limit *grown;

	if (next->limits_n + n <= next->limits_room)
		return 0;
	grown = realloc(next->limits, room * sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	next->limits = grown;
	next->limits_room = room;
	return 0;
}

/* Note limits that are not in force. 0 or -ENOMEM. */
static int
next_note_limits(struct lb_svc_next *next, const struct lb_svc *svc, const struct lb_svc_spec *spec)
{
	if (next_reserve(next, svc->n) != 0)
		return -ENOMEM;
	for (uint32_t s = 0; s < svc->n; s++) {
		const struct lb_svc_server_spec *server = &spec->servers[s];
		uint32_t slot = svc->servers[s].slot;

		if (!lb_slots_has_limits(next->set->slots, slot, server->upper, server->lower))
			next->limits[next->limits_n++] =
				(struct next_limit){ slot, server->upper, server->lower };
	}
	return 0;
}

int
lb_svc_next_add(struct lb_svc_next *next, const struct lb_svc_spec *spec, struct lb_error *err)
{
	const struct lb_svc_root *present =
		atomic_load_explicit(&next->set->root, memory_order_relaxed);
	struct svc_object *object = svc_object_for(next->set, present, spec, err);

	if (object == NULL)
		return -err->code;
	if (svc_root_add(next->root, object, err) != 0) {
		if (object->roots == 0)
			svc_object_destroy(next->set, object, false);
		return -err->code;
	}
	if (next_note_limits(next, &object->svc, spec) == 0)
		return 0;
	return lb_error_set(err, ENOMEM,
		"service \"%s\": no memory for %zu servers; give the machine more memory",
		spec->name, spec->n);
}

void
lb_svc_next_publish(struct lb_svc_next *next)
{
	struct lb_svc_root *before;

	svc_root_finish(next->root);
	next->root->published = true;
	next->set->revision++;
	before = atomic_exchange_explicit(&next->set->root, next->root, memory_order_acq_rel);
	if (before != NULL)
		lb_rcu_after_some(svc_free_root, before);
	next->root = NULL;
}

bool
lb_svc_next_settle(struct lb_svc_next *next, uint32_t n)
{
	for (; n > 0 && next->limits_done < next->limits_n; n--) {
		const struct next_limit *limit = &next->limits[next->limits_done++];

		lb_slots_set_limits(next->set->slots, limit->slot, limit->upper, limit->lower);
	}
	return next->limits_done < next->limits_n;
}

static void
next_free(struct lb_svc_next *next)
{
	free(next->limits);
	free(next);
}

void
lb_svc_next_destroy(struct lb_svc_next *next)
{
	if (next == NULL)
		return;
	if (next->root != NULL)
		lb_rcu_after_some(svc_free_root, next->root);
	next_free(next);
}

static struct lb_svc_size
size_of(const struct lb_svc_spec *specs, size_t n)
{
	struct lb_svc_size size = { .services = n };

	for (size_t i = 0; i < n; i++) {
		size.servers += specs[i].n + specs[i].sorry;
		size.matches += specs[i].matches_n;
	}
	return size;
}

int
lb_svc_apply(
	struct lb_svc_set *set, const struct lb_svc_spec *specs, size_t n, struct lb_error *err)
{
	struct lb_svc_size size = size_of(specs, n);
	struct lb_svc_next *next = lb_svc_next_create(set, &size);
	struct lb_error unheard = { 0 };
	int rc = 0;

	if (err == NULL)
		err = &unheard;
	if (next == NULL)
		return lb_error_set(
			err, ENOMEM, "no memory for %zu services; give the machine more memory", n);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = lb_svc_next_add(next, &specs[i], err);
	if (rc == 0) {
		lb_svc_next_publish(next);
		lb_svc_next_settle(next, UINT32_MAX);
	} else {
		while (svc_free_root(next->root))
			;
	}
	next_free(next);
	return rc;
}
