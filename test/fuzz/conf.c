/*
 * A configuration of anybody's choice, with its includes: refused with a sentence that names a
 * place, or accepted and then written and read again as the same.
 *
 * Input: texts, with a byte 0x1c (file separator) between them. The first is pollux.conf, the
 * others are the files "1", "2" and so on, which it may include. No file of the machine is read:
 * what reads files in the product has its counterpart here.
 */

#include "conf_holds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_file.h"
#include "director.h"
#include "fuzz.h"

#define SEPARATOR 0x1c
#define FILES 8

/* The texts of the input that runs. */
static struct {
	size_t n;
	const uint8_t *bytes[FILES];
	size_t sizes[FILES];
} files;

static void
split(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;

	for (files.n = 0; files.n < FILES; files.n++) {
		const uint8_t *stop = size == 0 ? NULL : memchr(data, SEPARATOR, size);

		files.bytes[files.n] = data;
		files.sizes[files.n] = stop == NULL ? size : (size_t)(stop - data);
		if (stop == NULL) {
			files.n++;
			return;
		}
		data = stop + 1;
		size = (size_t)(end - data);
	}
}

/* The number of a file by its name; FILES: there is none. */
static size_t
find(const char *name)
{
	if (strcmp(name, "pollux.conf") == 0)
		return 0;
	if (name[0] > '0' && name[0] < '0' + (int)files.n && name[1] == '\0')
		return (size_t)(name[0] - '0');
	return FILES;
}

/* In place of the one in lib/conf, which is not linked then. */
int
conf_file_read(const char *path, size_t max, struct conf_file *file, struct lb_error *err)
{
	size_t at = find(path);

	memset(file, 0, sizeof(*file));
	if (at == FILES)
		return lb_error_set(
			err, ENOENT, "%s cannot be opened; name a file that exists", path);
	FUZZ_HOLDS(files.sizes[at] <= max);
	file->n = files.sizes[at];
	file->bytes = malloc(file->n);
	FUZZ_HOLDS(file->bytes != NULL || file->n == 0);
	if (file->n != 0)
		memcpy(file->bytes, files.bytes[at], file->n);
	file->ino = at + 1;
	return 0;
}

/* Lines of a text, the last without its newline too. */
static unsigned long
lines_of(size_t at)
{
	unsigned long lines = 1;

	for (size_t i = 0; i < files.sizes[at]; i++)
		lines += files.bytes[at][i] == '\n';
	return lines;
}

/* "FILE:LINE: ", a file that there is and a line that it has. */
static void
check_place(const char *text)
{
	const char *colon = strchr(text, ':');
	unsigned long line;
	char name[16], *end;
	size_t at;

	FUZZ_HOLDS(colon != NULL && colon - text < (int)sizeof(name));
	snprintf(name, sizeof(name), "%.*s", (int)(colon - text), text);
	at = find(name);
	FUZZ_HOLDS(at != FILES);
	line = strtoul(colon + 1, &end, 10);
	FUZZ_HOLDS(end != colon + 1 && strncmp(end, ": ", 2) == 0 && end[2] != '\0');
	FUZZ_HOLDS(line >= 1 && line <= lines_of(at));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lb_error err = { 0 };
	struct lb_conf *conf;

	split(data, size);
	conf = lb_conf_load("pollux.conf", &err);
	if (conf != NULL && director_check(conf, NULL, &err) == 0) {
		FUZZ_HOLDS(err.code == 0);
		fuzz_conf_write_back(conf);
	} else {
		fuzz_conf_sentence(&err);
		check_place(err.text);
	}
	lb_conf_destroy(conf);
	return 0;
}
