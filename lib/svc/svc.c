/*
 * The published version of all services. The next one is built aside and takes over the objects of
 * services that did not change (svc_next.c); or one service is changed in its place. What is in no
 * version any more is freed after a grace period.
 */

#include "lb_svc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lb_rcu.h"
#include "svc_next.h"

struct lb_svc_set *
lb_svc_create(uint32_t workers, struct lb_slots *slots)
{
	struct lb_svc_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->refs = calloc(LB_SCHED_SLOTS, sizeof(*set->refs));
	if (set->refs == NULL) {
		free(set);
		return NULL;
	}
	set->workers = workers;
	set->slots = slots;
	return set;
}

/* Older versions may still wait for their turn to be freed; the last of them takes the set along.
 */
static void
svc_free_set(struct lb_svc_set *set)
{
	if (set->slots != NULL || set->users != 0)
		return;
	free(set->refs);
	free(set);
}

bool
svc_free_root(void *arg)
{
	struct lb_svc_root *root = arg;
	struct lb_svc_set *set = root->set;

	if (svc_root_free_some(root))
		return true;
	svc_free_set(set);
	return false;
}

static void
svc_free_whole_root(struct lb_svc_root *root)
{
	while (svc_free_root(root))
		;
}

void
lb_svc_destroy(struct lb_svc_set *set)
{
	struct lb_svc_root *root;

	if (set == NULL)
		return;
	set->slots = NULL;
	root = atomic_exchange_explicit(&set->root, NULL, memory_order_relaxed);
	if (root != NULL)
		svc_free_whole_root(root);
	else
		svc_free_set(set);
}

void
lb_svc_set_hops(struct lb_svc_set *set, const struct lb_svc_hops *hops)
{
	set->hops = *hops;
}

struct svc_object *
svc_object_for(struct lb_svc_set *set, const struct lb_svc_root *present,
	const struct lb_svc_spec *spec, struct lb_error *err)
{
	struct svc_object *old = NULL;

	if (strlen(spec->name) >= LB_SVC_NAME) {
		lb_error_set(err, EINVAL,
			"service \"%.80s\": the name has more than %d bytes; shorten it",
			spec->name, LB_SVC_NAME - 1);
		return NULL;
	}
	if (present != NULL)
		old = svc_root_find_name(present, spec->name);
	if (old != NULL && svc_object_equal(old, spec))
		return old;
	return svc_object_create(set, spec, old, err);
}

/* Put an object into the place of the one of its name; NULL: it is a new one. */
static int
svc_enter(struct lb_svc_root *root, struct svc_object *old, struct svc_object *object,
	struct lb_error *err)
{
	const struct lb_svc *svc = &object->svc, *there;

	if (old == NULL)
		return svc_root_add(root, object, err);
	there = svc->matches_n != 0 ? NULL : svc_root_find(root, &svc->at, svc->protocol);
	if (there != NULL && there != &old->svc)
		return svc_root_refuse(svc, there, err);
	svc_root_swap(root, object);
	return 0;
}

static void
svc_free_object(void *arg)
{
	struct svc_object *object = arg;
	struct lb_svc_set *set = object->set;

	if (--object->roots == 0)
		svc_object_destroy(set, object, true);
	set->users--;
	svc_free_set(set);
}

/* An object is in the present version no more. */
static void
svc_retire(struct lb_svc_set *set, struct svc_object *object)
{
	set->users++;
	lb_rcu_after(svc_free_object, object);
}

/* Limits stand by slot, not in a version: a service whose limits alone changed stays as it is. */
static void
svc_set_limits(struct lb_svc_set *set, const struct lb_svc *svc, const struct lb_svc_spec *spec)
{
	for (uint32_t s = 0; s < svc->n; s++)
		lb_slots_set_limits(set->slots, svc->servers[s].slot, spec->servers[s].upper,
			spec->servers[s].lower);
}

/* One service of the present version: changed in its place, or added. */
static int
svc_put(struct lb_svc_set *set, struct svc_object *old, const struct lb_svc_spec *spec,
	struct lb_error *err)
{
	struct lb_svc_root *root = atomic_load_explicit(&set->root, memory_order_relaxed);
	struct svc_object *object;

	if (!svc_root_has_room(root, spec->n + spec->sorry) ||
		!(old == NULL ? spec->matches_n == 0 : svc_object_matches_equal(old, spec)))
		return lb_error_set(
			err, EXFULL, "service \"%.80s\": it needs a whole version", spec->name);
	object = svc_object_for(set, root, spec, err);
	if (object == NULL)
		return -err->code;
	if (object != old && svc_enter(root, old, object, err) != 0) {
		svc_object_destroy(set, object, false);
		return -err->code;
	}
	svc_set_limits(set, &object->svc, spec);
	if (old != NULL && object != old)
		svc_retire(set, old);
	return 0;
}

/* The object of a name in the present version, or NULL. */
static struct svc_object *
svc_present(const struct lb_svc_set *set, const char *name)
{
	struct lb_svc_root *root = atomic_load_explicit(&set->root, memory_order_relaxed);

	return root == NULL ? NULL : svc_root_find_name(root, name);
}

int
lb_svc_change(struct lb_svc_set *set, const struct lb_svc_spec *spec, struct lb_error *err)
{
	struct svc_object *old = svc_present(set, spec->name);
	struct lb_error unheard = { 0 };

	if (err == NULL)
		err = &unheard;
	if (old == NULL)
		return lb_error_set(err, ENOENT,
			"service \"%.80s\": there is none; look at the present services",
			spec->name);
	return svc_put(set, old, spec, err);
}

int
lb_svc_put(struct lb_svc_set *set, const struct lb_svc_spec *spec, struct lb_error *err)
{
	int rc = svc_put(set, svc_present(set, spec->name), spec, err);

	if (rc == 0)
		set->revision++;
	return rc;
}

int
lb_svc_remove(struct lb_svc_set *set, const char *name)
{
	struct svc_object *object = svc_present(set, name);

	if (object->svc.matches_n != 0)
		return -EXFULL;
	svc_root_remove(atomic_load_explicit(&set->root, memory_order_relaxed), object);
	svc_retire(set, object);
	set->revision++;
	return 0;
}

uint64_t
lb_svc_revision(const struct lb_svc_set *set)
{
	return set->revision;
}

const struct lb_svc_root *
lb_svc_root(const struct lb_svc_set *set)
{
	return atomic_load_explicit(&set->root, memory_order_acquire);
}

bool
lb_svc_has_matches(const struct lb_svc_root *root)
{
	return root != NULL && root->matches != NULL;
}

const struct lb_svc *
lb_svc_match4(const struct lb_svc_root *root, rte_be32_t addr, rte_be16_t port, uint8_t protocol)
{
	if (!lb_svc_has_matches(root))
		return NULL;
	return svc_matches_find(root->matches, addr, port, protocol);
}

const struct lb_svc *
lb_svc_find_name(const struct lb_svc_root *root, const char *name)
{
	const struct svc_object *object = svc_root_find_name(root, name);

	return object == NULL ? NULL : &object->svc;
}

bool
lb_svc_has_server4(const struct lb_svc_root *root, rte_be32_t addr)
{
	return root != NULL && svc_servers_has(root->servers, addr);
}
