/* The tables of one version: see svc_root.h. */

#include "svc_root.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "svc_hash.h"

/* Servers and services that svc_root_free_some() frees at once: 100 to 400 us, as caches are. */
#define FREE_SOME 400

struct svc_object svc_gone;

static void
root_free(struct lb_svc_root *root)
{
	free(root->memory);
	free(root->names);
	svc_servers_destroy(root->servers);
	svc_matches_destroy(root->matches);
	free(root);
}

/* Memory comes from the kernel where it is touched, so that control need not clear it at once. */
struct lb_svc_root *
svc_root_create(struct lb_svc_set *set, const struct lb_svc_size *size)
{
	uint64_t cells = rte_align64pow2(2 * size->services + 2);
	struct lb_svc_root *root = calloc(1, sizeof(*root));

	if (root == NULL)
		return NULL;
	root->memory = calloc(1, cells * sizeof(*root->cells) + RTE_CACHE_LINE_SIZE);
	root->cells = RTE_PTR_ALIGN_CEIL(root->memory, RTE_CACHE_LINE_SIZE);
	root->names = calloc(cells, sizeof(*root->names));
	root->servers = svc_servers_create(size->servers);
	if (size->matches != 0)
		root->matches = svc_matches_create(size->matches);
	if (root->memory == NULL || root->names == NULL || root->servers == NULL ||
		(size->matches != 0 && root->matches == NULL)) {
		root_free(root);
		return NULL;
	}
	root->set = set;
	root->mask = cells - 1;
	set->users++;
	return root;
}

bool
svc_root_has_room(const struct lb_svc_root *root, size_t n)
{
	return root->used < (root->mask + 1) / 4 * 3 && svc_servers_has_room(root->servers, n);
}

/* Where a name stands, or the empty place where it would. */
static struct svc_object **
root_name_place(const struct lb_svc_root *root, const char *name)
{
	uint64_t at = svc_hash_name(name) & root->mask;

	while (root->names[at] != NULL &&
		(root->names[at] == &svc_gone || strcmp(root->names[at]->svc.name, name) != 0))
		at = (at + 1) & root->mask;
	return &root->names[at];
}

/* Where an endpoint and protocol stand, or the empty place where they would. */
static struct svc_cell *
root_cell_place(const struct lb_svc_root *root, const struct lb_endpoint *at, uint8_t protocol)
{
	uint64_t key = svc_root_key(at, protocol);

	for (struct svc_cell *cell = svc_root_home(root, key);; cell = svc_root_next(root, cell)) {
		const struct lb_svc *svc = atomic_load_explicit(&cell->svc, memory_order_acquire);

		if (svc == NULL)
			return cell;
		if (cell->key == key && svc->protocol == protocol &&
			svc_endpoint_equal(&svc->at, at))
			return cell;
	}
}

int
svc_root_refuse(const struct lb_svc *svc, const struct lb_svc *other, struct lb_error *err)
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
	struct svc_cell *cell = root_cell_place(root, &svc->at, svc->protocol);
	const struct lb_svc *other = atomic_load_explicit(&cell->svc, memory_order_relaxed);

	if (other != NULL)
		return svc_root_refuse(svc, other, err);
	cell->key = svc_root_key(&svc->at, svc->protocol);
	atomic_store_explicit(&cell->svc, svc, memory_order_release);
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
	svc_servers_add(root->servers, svc);
	object->roots++;
	root->used++;
	*name = object;
	return 0;
}

void
svc_root_finish(struct lb_svc_root *root)
{
	if (root->matches != NULL)
		svc_matches_sort(root->matches);
}

/* Let nobody find a service at its address any more. */
static void
root_remove_address(struct lb_svc_root *root, const struct lb_svc *svc)
{
	struct svc_cell *cell = root_cell_place(root, &svc->at, svc->protocol);

	assert(atomic_load(&cell->svc) == svc);
	atomic_store_explicit(&cell->svc, &svc_gone.svc, memory_order_release);
}

/* The new address leads to the service before the old one does so no more. */
static void
root_move(struct lb_svc_root *root, const struct lb_svc *old, const struct lb_svc *svc)
{
	int rc = root_add_address(root, svc, NULL);

	assert(rc == 0);
	(void)rc;
	root_remove_address(root, old);
	root->used++;
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
	svc_servers_add(root->servers, svc);
	if (svc->matches_n != 0) {
		svc_matches_swap(root->matches, &old->svc, svc);
	} else if (old->svc.protocol != svc->protocol ||
		   !svc_endpoint_equal(&old->svc.at, &svc->at)) {
		root_move(root, &old->svc, svc);
	} else {
		cell = root_cell_place(root, &svc->at, svc->protocol);
		assert(atomic_load(&cell->svc) == &old->svc);
		atomic_store_explicit(&cell->svc, svc, memory_order_release);
	}
	svc_servers_remove(root->servers, &old->svc);
	return old;
}

void
svc_root_remove(struct lb_svc_root *root, struct svc_object *object)
{
	*root_name_place(root, object->svc.name) = &svc_gone;
	root_remove_address(root, &object->svc);
	svc_servers_remove(root->servers, &object->svc);
}

struct svc_object *
svc_root_find_name(const struct lb_svc_root *root, const char *name)
{
	return *root_name_place(root, name);
}

const struct lb_svc *
svc_root_find(const struct lb_svc_root *root, const struct lb_endpoint *at, uint8_t protocol)
{
	return atomic_load_explicit(
		&root_cell_place(root, at, protocol)->svc, memory_order_acquire);
}

/* Let go of an object; returns how much work that was. */
static uint32_t
root_put(struct lb_svc_root *root, struct svc_object *object)
{
	uint32_t work = 1;

	if (object == NULL || object == &svc_gone || --object->roots != 0)
		return work;
	work += object->svc.n;
	svc_object_destroy(root->set, object, root->published);
	return work;
}

bool
svc_root_free_some(struct lb_svc_root *root)
{
	for (uint32_t work = 0; root->freed <= root->mask && work < FREE_SOME; root->freed++)
		work += root_put(root, root->names[root->freed]);
	if (root->freed <= root->mask)
		return true;
	root->set->users--;
	root_free(root);
	return false;
}
