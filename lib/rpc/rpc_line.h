#pragma once
/**
 * @file
 * Bytes as they come, cut into lines. A thread of its owner's choice.
 */

#include <stdbool.h>
#include <stddef.h>

/** Zeroed: empty. Nothing is allocated while it is empty. */
struct rpc_line {
	char *data;
	size_t size;
	size_t start;   /* of the first line */
	size_t newline; /* at its end; equal to end: not there yet */
	size_t end;     /* of what came */
};

void rpc_line_fini(struct rpc_line *line);

/** Add what came. 0 or -ENOMEM. */
int rpc_line_add(struct rpc_line *line, const char *bytes, size_t n);

/** Forget the first line. */
void rpc_line_drop(struct rpc_line *line);

/** Whether the first line is whole. */
static inline bool
rpc_line_is_whole(const struct rpc_line *line)
{
	return line->newline < line->end;
}

/** The first line, without its newline: all of it, or what came. Not ended by a zero. */
static inline const char *
rpc_line_text(const struct rpc_line *line)
{
	return line->data + line->start;
}

static inline size_t
rpc_line_length(const struct rpc_line *line)
{
	return line->newline - line->start;
}
