#pragma once
/**
 * @file
 * Reading a whole regular file. Any thread.
 */

#include <stddef.h>
#include <sys/types.h>

#include "lb_error.h"

/** A file's bytes; dev and ino tell two names of one file. */
struct conf_file {
	char *bytes; /**< The caller frees it. */
	size_t n;
	dev_t dev;
	ino_t ino;
};

/**
 * 0, or -errno with a sentence about path, which has no place in front. Never blocks on what is no
 * regular file; a file of more than max bytes is refused.
 */
int conf_file_read(const char *path, size_t max, struct conf_file *file, struct lb_error *err);
