#pragma once
/**
 * @file
 * A version of all services: found by address, port and protocol by workers, by name by control.
 *
 * Both tables are open addressing with linear probing, half full when they are made and never more
 * than three quarters. A cell has 16 bytes, so a look-up reads one line of cells as a rule, and a
 * miss nothing else. Control lcore, but for svc_root_find(). An IPv4 destination is the key of its
 * cell as a whole, so nothing of the service is read to find it.
 *
 * What workers see of one service changes by a store to its cell. A service that goes leaves a mark
 * in its cell, which leads on to those behind it.
 */

#include "svc_hash.h"
#include "svc_matches.h"
#include "svc_object.h"
#include "svc_servers.h"

/** Leads to a service; svc NULL: empty; svc_gone: one was here. */
struct svc_cell {
	uint64_t key; /**< svc_root_key(); of IPv6 destinations one of many with it. */
	_Atomic(const struct lb_svc *) svc;
};

/** Marks places of what has gone. No name is empty, and no protocol 0. */
extern struct svc_object svc_gone;

struct lb_svc_root {
	struct lb_svc_set *set;
	uint64_t mask;               /**< Cells of each table, less 1. */
	uint64_t used;               /**< Places of names, or of cells, that are not empty. */
	uint64_t freed;              /**< Names that svc_root_free_some() has passed. */
	bool published;              /**< Workers have seen it. */
	void *memory;                /**< Of cells, which begin with a cache line. */
	struct svc_cell *cells;      /**< By address, port and protocol. */
	struct svc_object **names;   /**< By name. */
	struct svc_servers *servers; /**< Of all services. */
	struct svc_matches *matches; /**< NULL: no service has any. */
};

/** A root for so much, which is still to be put in. NULL: no memory. */
struct lb_svc_root *svc_root_create(struct lb_svc_set *set, const struct lb_svc_size *size);

/** Put an object in. 0, or -EEXIST: its name, or its address, port and protocol are taken. */
int svc_root_add(struct lb_svc_root *root, struct svc_object *object, struct lb_error *err);

/** Say that svc cannot be where another service is. -EEXIST. */
int svc_root_refuse(const struct lb_svc *svc, const struct lb_svc *other, struct lb_error *err);

/** All objects are in. */
void svc_root_finish(struct lb_svc_root *root);

/** Whether one service more, with n servers and no matches, finds a place. */
bool svc_root_has_room(const struct lb_svc_root *root, size_t n);

/**
 * Put an object in the place of the one that has its name, which is returned; workers see the one
 * or the other. Its matches, if there are any, are the same. There must be room for it, and nobody
 * else at its address.
 */
struct svc_object *svc_root_swap(struct lb_svc_root *root, struct svc_object *object);

/** Take an object without matches out; workers do not find it any more. */
void svc_root_remove(struct lb_svc_root *root, struct svc_object *object);

/** The object of a name, or NULL. */
struct svc_object *svc_root_find_name(const struct lb_svc_root *root, const char *name);

/* Any thread that may see the root. */

/** The key of an IPv4 destination. */
static inline uint64_t
svc_root_key4(rte_be32_t addr, rte_be16_t port, uint8_t protocol)
{
	return addr | (uint64_t)port << 32 | (uint64_t)protocol << 48 | (uint64_t)AF_INET << 56;
}

/** The key of a destination. */
static inline uint64_t
svc_root_key(const struct lb_endpoint *at, uint8_t protocol)
{
	uint64_t rest = svc_root_key4(0, at->port, protocol);

	if (at->addr.family == AF_INET)
		return at->addr.ip4 | rest;
	return svc_hash_mix(svc_hash_addr(&at->addr), rest) & ~(UINT64_C(0xff) << 56);
}

/** The cell where a search begins. */
static inline struct svc_cell *
svc_root_home(const struct lb_svc_root *root, uint64_t key)
{
	return &root->cells[svc_hash_mix(key, 0) & root->mask];
}

/** The cell where it goes on. */
static inline struct svc_cell *
svc_root_next(const struct lb_svc_root *root, const struct svc_cell *cell)
{
	return &root->cells[(size_t)(cell - root->cells + 1) & root->mask];
}

/** The service at an endpoint, or NULL. */
const struct lb_svc *svc_root_find(
	const struct lb_svc_root *root, const struct lb_endpoint *at, uint8_t protocol);

/**
 * Free a part of it, with the objects that are in no other root; whether there is more. The last
 * part is the root itself.
 */
bool svc_root_free_some(struct lb_svc_root *root);
