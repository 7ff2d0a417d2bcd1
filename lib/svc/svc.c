/*
 * Publishing versions of all services. The next version is built aside and takes over the objects
 * of services that did not change; then one exchange makes it the present one. The version before
 * is freed after a grace period, and what only it had goes with it.
 */

#include "lb_svc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lb_rcu.h"
#include "svc_root.h"

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

static void
svc_free_root(void *arg)
{
	struct lb_svc_root *root = arg;
	struct lb_svc_set *set = root->set;

	svc_root_destroy(root, true);
	svc_free_set(set);
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
		svc_free_root(root);
	else
		svc_free_set(set);
}

/* The object for spec in the next version: the present one if nothing changed. NULL: err is set. */
static struct svc_object *
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

/* Put the services into a new root. 0 or -errno. */
static int
svc_fill(struct lb_svc_root *root, const struct lb_svc_root *present,
	const struct lb_svc_spec *specs, size_t n, struct lb_error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct svc_object *object = svc_object_for(root->set, present, &specs[i], err);

		if (object == NULL)
			return -err->code;
		if (svc_root_add(root, object, err) != 0) {
			if (object->roots == 0)
				svc_object_destroy(root->set, object, false);
			return -err->code;
		}
	}
	svc_root_finish(root);
	return 0;
}

/* Limits stand by slot, not in a version: a service whose limits alone changed stays as it is. */
static void
svc_set_limits(
	struct lb_svc_set *set, const struct lb_svc_root *root, const struct lb_svc_spec *spec)
{
	const struct lb_svc *svc = &svc_root_find_name(root, spec->name)->svc;

	for (uint32_t s = 0; s < svc->n; s++)
		lb_slots_set_limits(set->slots, svc->servers[s].slot, spec->servers[s].upper,
			spec->servers[s].lower);
}

int
lb_svc_apply(
	struct lb_svc_set *set, const struct lb_svc_spec *specs, size_t n, struct lb_error *err)
{
	struct lb_svc_root *present = atomic_load_explicit(&set->root, memory_order_relaxed);
	struct lb_svc_root *root = svc_root_create(set, specs, n);
	struct lb_error unheard = { 0 };
	int rc;

	if (err == NULL)
		err = &unheard;
	if (root == NULL)
		return lb_error_set(
			err, ENOMEM, "no memory for %zu services; give the machine more memory", n);
	rc = svc_fill(root, present, specs, n, err);
	if (rc != 0) {
		svc_root_destroy(root, false);
		return rc;
	}
	for (size_t i = 0; i < n; i++)
		svc_set_limits(set, root, &specs[i]);
	set->revision++;
	atomic_exchange_explicit(&set->root, root, memory_order_acq_rel);
	if (present != NULL)
		lb_rcu_after(svc_free_root, present);
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

int
lb_svc_change(struct lb_svc_set *set, const struct lb_svc_spec *spec, struct lb_error *err)
{
	struct lb_svc_root *root = atomic_load_explicit(&set->root, memory_order_relaxed);
	struct svc_object *old = root == NULL ? NULL : svc_root_find_name(root, spec->name);
	struct lb_error unheard = { 0 };
	struct svc_object *object;

	if (err == NULL)
		err = &unheard;
	if (old == NULL)
		return lb_error_set(err, ENOENT,
			"service \"%.80s\": there is none; look at the present services",
			spec->name);
	object = svc_object_for(set, root, spec, err);
	if (object == NULL)
		return -err->code;
	if (object != old)
		svc_root_swap(root, object);
	svc_set_limits(set, root, spec);
	if (object == old)
		return 0;
	set->users++;
	lb_rcu_after(svc_free_object, old);
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
