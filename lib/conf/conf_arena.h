#pragma once
/**
 * @file
 * Memory that is given out piece by piece and freed at once: libconfig frees its strings with the
 * parse tree, and a configuration has hundreds of thousands of small parts that die together. One
 * thread at a time.
 */

#include <stddef.h>

struct conf_arena;

/** NULL: out of memory. */
struct conf_arena *conf_arena_create(void);

/** One owner more, who destroys it too. Any thread. Returns arena. */
struct conf_arena *conf_arena_share(struct conf_arena *arena);

/** Frees all that the arena gave out, for the last owner. NULL is allowed. Any thread. */
void conf_arena_destroy(struct conf_arena *arena);

/** size bytes of zeros, aligned for any type; size may be 0. NULL: out of memory. */
void *conf_arena_alloc(struct conf_arena *arena, size_t size);

/** A copy of text. NULL: out of memory. */
const char *conf_arena_text(struct conf_arena *arena, const char *text);
