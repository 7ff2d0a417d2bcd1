/*
 * Lines: see rpc_line.h. Each byte is looked at once, however small the pieces are in which it and
 * its neighbours come.
 */

#include "rpc_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_FIRST 4096 /* bytes of the smallest buffer */

void
rpc_line_fini(struct rpc_line *line)
{
	free(line->data);
	*line = (struct rpc_line){ 0 };
}

/* Look for the end of the first line from here on. */
static void
find_newline(struct rpc_line *line, size_t from)
{
	const char *found = memchr(line->data + from, '\n', line->end - from);

	line->newline = found == NULL ? line->end : (size_t)(found - line->data);
}

/* Room for n bytes behind end. */
static int
make_room(struct rpc_line *line, size_t n)
{
	size_t used = line->end - line->start, size = line->size == 0 ? LINE_FIRST : line->size;
	char *data;

	if (line->start > 0) {
		memmove(line->data, line->data + line->start, used);
		line->newline -= line->start;
		line->start = 0;
		line->end = used;
	}
	while (size - used < n)
		size *= 2;
	if (size == line->size)
		return 0;
	data = realloc(line->data, size);
	if (data == NULL)
		return -ENOMEM;
	line->data = data;
	line->size = size;
	return 0;
}

int
rpc_line_add(struct rpc_line *line, const char *bytes, size_t n)
{
	if (line->size - line->end < n && make_room(line, n) != 0)
		return -ENOMEM;
	memcpy(line->data + line->end, bytes, n);
	line->end += n;
	if (line->newline == line->end - n)
		find_newline(line, line->newline);
	return 0;
}

void
rpc_line_drop(struct rpc_line *line)
{
	line->start = line->newline + 1;
	if (line->start >= line->end)
		rpc_line_fini(line);
	else
		find_newline(line, line->start);
}
