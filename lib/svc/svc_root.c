/* The tables of one version: see svc_root.h. */

#include "svc_root.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "svc_hash.h"

static void
root_free(struct lb_svc_root *root)
{
	free(root->cells);
	free(root->names);
	free(root->servers);
	svc_matches_destroy(root->matches);
	free(root);
}

/* Room for the matches of all services, if there are any. false: no memory. */
static bool
root_make_matches(struct lb_svc_root *root, const struct lb_svc_spec *specs, size_t n)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += specs[i].matches_n;
	if (all == 0)
		return true;
	root->matches = svc_matches_create(all);
	return root->matches != NULL;
}

struct lb_svc_root *
svc_root_create(struct lb_svc_set *set, const struct lb_svc_spec *specs, size_t n)
{
	uint64_t cells = rte_align64pow2(2 * n + 2);
	struct lb_svc_root *root = calloc(1, sizeof(*root));

	if (root == NULL)
		return NULL;
	root->cells = aligned_alloc(RTE_CACHE_LINE_SIZE,
		RTE_ALIGN_CEIL(cells * sizeof(*root->cells), RTE_CACHE_LINE_SIZE));
	root->names = calloc(cells, sizeof(*root->names));
	root->servers = svc_servers_create(specs, n);
	if (root->cells == NULL || root->names == NULL || root->servers == NULL ||
		!root_make_matches(root, specs, n)) {
		root_free(root);
		return NULL;
	}
	memset(root->cells, 0, cells * sizeof(*root->cells));
	root->set = set;
	root->mask = cells - 1;
	set->users++;
	return root;
}

/* Where a name stands, or the empty place where it would. */
static struct svc_object **
root_name_place(const struct lb_svc_root *root, const char *name)
{
	uint64_t at = svc_hash_name(name) & root->mask;

	while (root->names[at] != NULL && strcmp(root->names[at]->svc.name, name) != 0)
		at = (at + 1) & root->mask;
	return &root->names[at];
}

/* Where an endpoint and protocol stand, or the empty place where they would. */
static struct svc_cell *
root_cell_place(const struct lb_svc_root *root, const struct lb_endpoint *at, uint8_t protocol,
	uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	for (uint64_t i = hash & root->mask;; i = (i + 1) & root->mask) {
		struct svc_cell *cell = &root->cells[i];
		const struct lb_svc *svc = atomic_load_explicit(&cell->svc, memory_order_acquire);

		if (svc == NULL)
			return cell;
		if (cell->tag == tag && svc->protocol == protocol &&
			svc_endpoint_equal(&svc->at, at))
			return cell;
	}
}

static int
root_refuse_address(const struct lb_svc *svc, const struct lb_svc *other, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	return lb_error_set(err, EEXIST,
		"service \"%s\": %s (%s) belongs to service \"%s\" already; change one of them",
		svc->name, lb_endpoint_text(&svc->at, text),
		svc->protocol == IPPROTO_UDP ? "UDP" : "TCP", other->name);
}

/* Put a service into the place of its address. */
static int
root_add_address(struct lb_svc_root *root, const struct lb_svc *svc, struct lb_error *err)
{
	uint64_t hash = svc_root_hash(&svc->at, svc->protocol);
	struct svc_cell *cell = root_cell_place(root, &svc->at, svc->protocol, hash);
	const struct lb_svc *other = atomic_load_explicit(&cell->svc, memory_order_relaxed);

	if (other != NULL)
		return root_refuse_address(svc, other, err);
	cell->tag = (uint32_t)(hash >> 32);
	atomic_store_explicit(&cell->svc, svc, memory_order_relaxed);
	return 0;
}

int
svc_root_add(struct lb_svc_root *root, struct svc_object *object, struct lb_error *err)
{
	const struct lb_svc *svc = &object->svc;
	struct svc_object **name = root_name_place(root, svc->name);

	if (*name != NULL)
		return lb_error_set(err, EEXIST,
			"service \"%s\": the name is used twice; rename one of them", svc->name);
	if (svc->matches_n != 0)
		svc_matches_add(root->matches, svc, object->matches);
	else if (root_add_address(root, svc, err) != 0)
		return -err->code;
	object->roots++;
	*name = object;
	return 0;
}

void
svc_root_finish(struct lb_svc_root *root)
{
	if (root->matches != NULL)
		svc_matches_sort(root->matches);
}

struct svc_object *
svc_root_swap(struct lb_svc_root *root, struct svc_object *object)
{
	const struct lb_svc *svc = &object->svc;
	struct svc_object **name = root_name_place(root, svc->name);
	struct svc_object *old = *name;
	struct svc_cell *cell;

	assert(old != NULL);
	object->roots++;
	*name = object;
	if (svc->matches_n != 0) {
		svc_matches_swap(root->matches, &old->svc, svc);
		return old;
	}
	cell = root_cell_place(
		root, &svc->at, svc->protocol, svc_root_hash(&svc->at, svc->protocol));
	assert(atomic_load(&cell->svc) == &old->svc);
	atomic_store_explicit(&cell->svc, svc, memory_order_release);
	return old;
}

struct svc_object *
svc_root_find_name(const struct lb_svc_root *root, const char *name)
{
	return *root_name_place(root, name);
}

const struct lb_svc *
svc_root_find(const struct lb_svc_root *root, const struct lb_endpoint *at, uint8_t protocol,
	uint64_t hash)
{
	return atomic_load_explicit(
		&root_cell_place(root, at, protocol, hash)->svc, memory_order_acquire);
}

void
svc_root_destroy(struct lb_svc_root *root, bool published)
{
	for (uint64_t i = 0; i <= root->mask; i++)
		if (root->names[i] != NULL && --root->names[i]->roots == 0)
			svc_object_destroy(root->set, root->names[i], published);
	root->set->users--;
	root_free(root);
}
