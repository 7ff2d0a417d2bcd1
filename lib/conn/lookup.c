/*
 * Lookup of a burst of packets.
 *
 * With millions of connections every bucket and every connection is a cache miss that takes longer
 * than all the work on the packet. So the burst goes through three passes: all buckets are asked
 * for, then all connections, and only then is a connection read.
 */

#include <rte_branch_prediction.h>
#include <rte_prefetch.h>

#include "conn_table.h"

/* The live connection that has this key, or NULL. guess: whose tag fits. */
static struct lb_conn *
confirm(struct lb_conn_table *table, const struct lb_conn_key *key, uint32_t guess, uint32_t now)
{
	struct lb_conn *conn = &table->conns[guess];

	if (guess == LB_CONN_NONE)
		return NULL;
	if (unlikely(!conn_has_key(conn, key))) {
		conn = &table->conns[conn_index_find(
			&table->index, key, conn_index_hash(&table->index, key))];
		if (conn == table->conns)
			return NULL;
	}
	return conn_has_expired(conn, now) ? NULL : conn;
}

/* n is at most CONN_BURST. */
static void
lookup_burst(struct lb_conn_table *table, const struct lb_conn_key *keys, uint16_t n, uint32_t now,
	struct lb_conn **conns)
{
	const struct conn_bucket *homes[CONN_BURST];
	uint16_t tags[CONN_BURST];
	uint32_t guesses[CONN_BURST];

	for (uint16_t i = 0; i < n; i++) {
		uint64_t hash = conn_index_hash(&table->index, &keys[i]);

		homes[i] = conn_index_home(&table->index, hash);
		tags[i] = conn_index_tag(hash);
		rte_prefetch0(homes[i]);
	}
	for (uint16_t i = 0; i < n; i++) {
		guesses[i] = conn_index_guess(&table->index, homes[i], tags[i]);
		rte_prefetch0(&table->conns[guesses[i]]);
	}
	for (uint16_t i = 0; i < n; i++)
		conns[i] = confirm(table, &keys[i], guesses[i], now);
}

void
lb_conn_lookup(struct lb_conn_table *table, const struct lb_conn_key *keys, uint16_t n,
	uint32_t now, struct lb_conn **conns)
{
	for (uint16_t done = 0; done < n;) {
		uint16_t burst = RTE_MIN((uint16_t)(n - done), (uint16_t)CONN_BURST);

		lookup_burst(table, &keys[done], burst, now, &conns[done]);
		done = (uint16_t)(done + burst);
	}
}
