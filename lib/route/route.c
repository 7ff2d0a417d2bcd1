/*
 * Routes: see lb_route.h.
 *
 * An address is a number of 128 bits whose highest bit is the first on the wire, so that a network
 * is a mask and an order at once. Networks stand in an array of their own beside the routes: a
 * search touches only them. A table holds few prefix lengths, mostly two or three, and each costs
 * one binary search.
 */

#include "lb_rcu.h"
#include "lb_route.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ROUTE_BITS 128

/* The routes of one prefix length: [first, end) of the arrays. */
struct route_level {
	uint8_t len;
	size_t first;
	size_t end;
};

/* The levels of a family, longest prefix first. */
struct route_family {
	size_t n;
	struct route_level levels[ROUTE_BITS + 1];
};

struct lb_route_table {
	struct route_family ip4;
	struct route_family ip6;
	unsigned __int128 *nets; /* of routes */
	struct lb_route *routes; /* by family, then longest prefix first, then by network */
};

/* Written by control; what it points to never changes. */
static _Atomic(struct lb_route_table *) route_current;

/* An IPv4 address stands in the highest 32 bits: the bytes behind it are 0. */
static unsigned __int128
route_number(const struct lb_addr *addr)
{
	return (unsigned __int128)rte_be_to_cpu_64(addr->words[0]) << 64 |
	       rte_be_to_cpu_64(addr->words[1]);
}

static unsigned __int128
route_network(const struct lb_addr *addr, uint8_t len)
{
	return len == 0 ? 0 : route_number(addr) >> (ROUTE_BITS - len) << (ROUTE_BITS - len);
}

static int
route_compare(const void *left, const void *right)
{
	const struct lb_prefix *a = &((const struct lb_route *)left)->to;
	const struct lb_prefix *b = &((const struct lb_route *)right)->to;
	unsigned __int128 net_a, net_b;

	if (a->addr.family != b->addr.family)
		return a->addr.family < b->addr.family ? -1 : 1;
	if (a->len != b->len)
		return a->len > b->len ? -1 : 1;
	net_a = route_network(&a->addr, a->len);
	net_b = route_network(&b->addr, b->len);
	return net_a < net_b ? -1 : net_a > net_b;
}

/* Enter sorted route i, which is the last so far. */
static void
route_enter(struct lb_route_table *table, size_t i)
{
	const struct lb_prefix *to = &table->routes[i].to;
	struct route_family *family = to->addr.family == AF_INET ? &table->ip4 : &table->ip6;

	if (family->n == 0 || family->levels[family->n - 1].len != to->len)
		family->levels[family->n++] = (struct route_level){ .len = to->len, .first = i };
	family->levels[family->n - 1].end = i + 1;
	table->nets[i] = route_network(&to->addr, to->len);
}

struct lb_route_table *
lb_route_build(const struct lb_route *list, size_t n)
{
	struct lb_route_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	/* One more than needed: an empty table is one, and calloc(0) may say NULL. */
	table->nets = calloc(n + 1, sizeof(table->nets[0]));
	table->routes = calloc(n + 1, sizeof(table->routes[0]));
	if (table->nets == NULL || table->routes == NULL)
		goto fail;
	if (n != 0)
		memcpy(table->routes, list, n * sizeof(list[0]));
	qsort(table->routes, n, sizeof(table->routes[0]), route_compare);
	for (size_t i = 0; i < n; i++) {
		if (i != 0 && route_compare(&table->routes[i - 1], &table->routes[i]) == 0) {
			errno = EEXIST;
			goto fail;
		}
		route_enter(table, i);
	}
	return table;

fail:
	lb_route_destroy(table);
	return NULL;
}

void
lb_route_destroy(struct lb_route_table *table)
{
	int saved = errno;

	if (table == NULL)
		return;
	free(table->nets);
	free(table->routes);
	free(table);
	errno = saved;
}

static void
route_destroy_later(void *table)
{
	lb_route_destroy(table);
}

void
lb_route_publish(struct lb_route_table *table)
{
	struct lb_route_table *old =
		atomic_exchange_explicit(&route_current, table, memory_order_acq_rel);

	if (old != NULL)
		lb_rcu_after(route_destroy_later, old);
}

const struct lb_route_table *
lb_route_current(void)
{
	return atomic_load_explicit(&route_current, memory_order_acquire);
}

/* Index of the network in a level, or the level's end. */
static size_t
route_search(const unsigned __int128 *nets, const struct route_level *level, unsigned __int128 net)
{
	size_t low = level->first, high = level->end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (nets[middle] == net)
			return middle;
		if (nets[middle] < net)
			low = middle + 1;
		else
			high = middle;
	}
	return level->end;
}

const struct lb_route *
lb_route_find(const struct lb_route_table *table, const struct lb_addr *addr)
{
	const struct route_family *family;

	if (table == NULL || (addr->family != AF_INET && addr->family != AF_INET6))
		return NULL;
	family = addr->family == AF_INET ? &table->ip4 : &table->ip6;
	for (size_t i = 0; i < family->n; i++) {
		const struct route_level *level = &family->levels[i];
		size_t at = route_search(table->nets, level, route_network(addr, level->len));

		if (at != level->end)
			return &table->routes[at];
	}
	return NULL;
}
