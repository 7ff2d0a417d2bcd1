/* Open addressing, at most half full: see conf_index.h. */

#include "conf_index.h"

#include <errno.h>
#include <string.h>

#include <rte_common.h>

/* Leads to a service. */
struct index_entry {
	uint32_t hash;
	uint32_t service; /* its number, plus 1; 0: empty */
};

struct index {
	uint32_t mask; /* entries, less 1 */
	struct index_entry entries[];
};

/* FNV-1a, mixed once more, for only the lower bits are used. */
static uint32_t
hash_bytes(const void *bytes, size_t n, uint32_t hash)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ ((const uint8_t *)bytes)[i]) * UINT32_C(0x01000193);
	return hash ^ hash >> 15;
}

static uint32_t
hash_name(const char *name)
{
	return hash_bytes(name, strlen(name), UINT32_C(0x811c9dc5));
}

static uint32_t
hash_place(uint8_t protocol, const struct lb_endpoint *at)
{
	uint32_t hash = hash_bytes(at->addr.bytes, sizeof(at->addr.bytes), protocol);

	return hash_bytes(&at->port, sizeof(at->port), hash);
}

static void
index_add(struct index *index, uint32_t hash, size_t service)
{
	uint32_t at = hash & index->mask;

	while (index->entries[at].service != 0)
		at = (at + 1) & index->mask;
	index->entries[at] = (struct index_entry){ hash, (uint32_t)service + 1 };
}

static struct index *
index_create(struct conf_arena *arena, size_t n)
{
	uint32_t entries = rte_align32pow2(2 * (uint32_t)n + 2);
	struct index *index =
		conf_arena_alloc(arena, sizeof(*index) + entries * sizeof(index->entries[0]));

	if (index != NULL)
		index->mask = entries - 1;
	return index;
}

int
conf_index_make(struct lb_conf *conf, struct conf_arena *arena)
{
	struct index *names = index_create(arena, conf->services_n);
	struct index *places = index_create(arena, conf->services_n);

	if (names == NULL || places == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < conf->services_n; i++) {
		const struct lb_conf_service *service = &conf->services[i];

		index_add(names, hash_name(service->name), i);
		if (service->matches_n == 0)
			index_add(places, hash_place(service->protocol, &service->at), i);
	}
	conf->names = names;
	conf->places = places;
	return 0;
}

/* The next entry of a hash, from *at on, which is then behind it; NULL: there is none. */
static const struct lb_conf_service *
index_next(const struct lb_conf *conf, const struct index *index, uint32_t hash, uint32_t *at)
{
	for (;; (*at)++) {
		const struct index_entry *entry = &index->entries[*at & index->mask];

		if (entry->service == 0)
			return NULL;
		if (entry->hash != hash || entry->service > conf->services_n)
			continue;
		(*at)++;
		return &conf->services[entry->service - 1];
	}
}

const struct lb_conf_service *
lb_conf_find_service(const struct lb_conf *conf, const char *name)
{
	uint32_t hash = hash_name(name), at = hash;
	const struct lb_conf_service *service;

	do
		service = index_next(conf, conf->names, hash, &at);
	while (service != NULL && strcmp(service->name, name) != 0);
	return service;
}

const struct lb_conf_service *
lb_conf_find_service_at(
	const struct lb_conf *conf, uint8_t protocol, const struct lb_endpoint *endpoint)
{
	uint32_t hash = hash_place(protocol, endpoint), at = hash;
	const struct lb_conf_service *service;

	do
		service = index_next(conf, conf->places, hash, &at);
	while (service != NULL &&
		(service->protocol != protocol || service->at.port != endpoint->port ||
			!lb_addr_equal(&service->at.addr, &endpoint->addr)));
	return service;
}
