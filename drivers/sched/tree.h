#pragma once
/**
 * @file
 * A tournament: who of n servers costs least, when the costs change one by one.
 *
 * Servers are the leaves of a binary tree, in the order of the walk, and every node has the winner
 * of the two below it. A changed leaf plays its way up again, so a change costs a few comparisons
 * and the answer costs none. Of equal servers the first in the walk wins.
 *
 * A cost is a fraction, load / weight, compared without division. Weight 0 is an endless cost:
 * whoever has it is out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

/** What a server costs; at most 2^47 / 2^16, so that products fit. */
struct tree_cost {
	uint64_t load;
	uint64_t weight;
};

/** The cost of a server that takes no flow. */
#define TREE_OUT ((struct tree_cost){ .load = 1 })

/** The tree of one worker; winners stand behind costs: see tree_winners(). */
struct tree {
	uint32_t leaves; /**< A power of two. */
	struct tree_cost costs[];
};

/** Leaves of a tree of n servers. */
static inline uint32_t
tree_leaves(uint32_t n)
{
	return n <= 1 ? 1 : rte_align32pow2(n);
}

/** Bytes of a tree. */
static inline size_t
tree_size(uint32_t leaves)
{
	return sizeof(struct tree) + leaves * (sizeof(struct tree_cost) + 2 * sizeof(uint32_t));
}

/** By node: 1 is the root, below k are 2k and 2k + 1, leaf i is leaves + i. */
static inline uint32_t *
tree_winners(struct tree *tree)
{
	return (uint32_t *)&tree->costs[tree->leaves];
}

static inline void
tree_play(struct tree *tree, uint32_t node)
{
	uint32_t *winners = tree_winners(tree);
	uint32_t left = winners[2 * node], right = winners[2 * node + 1];
	const struct tree_cost *l = &tree->costs[left], *r = &tree->costs[right];

	winners[node] = r->load * l->weight < l->load * r->weight ? right : left;
}

/** Set up a tree with all leaves out; then fill costs and call tree_play_all(). */
static inline void
tree_clear(struct tree *tree, uint32_t leaves)
{
	tree->leaves = leaves;
	for (uint32_t i = 0; i < leaves; i++) {
		tree->costs[i] = TREE_OUT;
		tree_winners(tree)[leaves + i] = i;
	}
}

static inline void
tree_play_all(struct tree *tree)
{
	for (uint32_t node = tree->leaves - 1; node != 0; node--)
		tree_play(tree, node);
}

/** A server costs something else now. */
static inline void
tree_set(struct tree *tree, uint32_t i, struct tree_cost cost)
{
	tree->costs[i] = cost;
	for (uint32_t node = (tree->leaves + i) / 2; node != 0; node /= 2) {
		uint32_t before = tree_winners(tree)[node];

		tree_play(tree, node);
		if (before != i && tree_winners(tree)[node] == before)
			return; /* further up nobody notices */
	}
}

static inline bool
tree_equals(const struct tree *tree, uint32_t i, struct tree_cost cost)
{
	return tree->costs[i].load == cost.load && tree->costs[i].weight == cost.weight;
}

/** The server that costs least, or -1: all are out. */
static inline int
tree_first(struct tree *tree)
{
	uint32_t first = tree_winners(tree)[1];

	return tree->costs[first].weight == 0 ? -1 : (int)first;
}
