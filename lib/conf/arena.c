/*
 * The arena is a chain of blocks, the youngest first; only that one has room. A piece larger than
 * a block gets one of its own, which then is the youngest: the rest of the former is given up,
 * which costs at most a block per large array.
 */

#include "conf_arena.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK (256 * 1024)

struct conf_arena_block {
	struct conf_arena_block *older;
	size_t used;
	size_t size;
	alignas(max_align_t) char bytes[];
};

struct conf_arena {
	struct conf_arena_block *youngest;
	atomic_uint owners;
};

static struct conf_arena_block *
arena_grow(struct conf_arena *arena, size_t size)
{
	size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
	struct conf_arena_block *block = calloc(1, sizeof(*block) + room);

	if (block == NULL)
		return NULL;
	block->size = room;
	block->older = arena->youngest;
	arena->youngest = block;
	return block;
}

struct conf_arena *
conf_arena_create(void)
{
	struct conf_arena *arena = calloc(1, sizeof(*arena));

	if (arena != NULL)
		atomic_init(&arena->owners, 1);
	return arena;
}

struct conf_arena *
conf_arena_share(struct conf_arena *arena)
{
	atomic_fetch_add_explicit(&arena->owners, 1, memory_order_relaxed);
	return arena;
}

void
conf_arena_destroy(struct conf_arena *arena)
{
	if (arena == NULL ||
		atomic_fetch_sub_explicit(&arena->owners, 1, memory_order_acq_rel) != 1)
		return;
	while (arena->youngest != NULL) {
		struct conf_arena_block *block = arena->youngest;

		arena->youngest = block->older;
		free(block);
	}
	free(arena);
}

void *
conf_arena_alloc(struct conf_arena *arena, size_t size)
{
	struct conf_arena_block *block = arena->youngest;
	size_t step = alignof(max_align_t);
	size_t need = (size + step - 1) / step * step;
	void *piece;

	if (block == NULL || block->size - block->used < need)
		block = arena_grow(arena, need);
	if (block == NULL)
		return NULL;
	piece = block->bytes + block->used;
	block->used += need;
	return piece;
}

const char *
conf_arena_text(struct conf_arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = conf_arena_alloc(arena, size);

	return copy == NULL ? NULL : memcpy(copy, text, size);
}
