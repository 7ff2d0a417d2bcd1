#pragma once
/**
 * @file
 * A configuration as one text for libconfig, its includes expanded, and the way back from a line
 * of that text to the place in a file. One thread at a time.
 */

#include <stddef.h>

#include "conf_arena.h"
#include "lb_conf.h"

/** Where a line of the text comes from. */
struct conf_origin {
	struct lb_conf_place place;
	size_t at; /**< Of its first byte in the text. */
};

struct conf_text {
	char *bytes; /**< Ends with NUL. */
	size_t n;
	size_t room;
	struct conf_origin *origins; /**< [0] is line 1. */
	size_t lines;
	size_t lines_room;
	struct lb_conf_place start; /**< Line 1 of the first file. */
};

/** Read path and all that it includes. Names of files go to arena. 0, or -errno: err is set. */
int conf_text_load(
	struct conf_text *text, const char *path, struct conf_arena *arena, struct lb_error *err);

/** The same of n bytes that are in memory; name stands in faults where a file's does. */
int conf_text_take(struct conf_text *text, const char *name, char *bytes, size_t n,
	struct conf_arena *arena, struct lb_error *err);

void conf_text_fini(struct conf_text *text);

/** The place of a line of the text; of line 0, which is the root's: the start of the file. */
struct lb_conf_place conf_text_place(const struct conf_text *text, unsigned int line);

/** The n bytes of a line of the text; of the last one when it is beyond. */
const char *conf_text_line(const struct conf_text *text, unsigned int line, size_t *n);
