/*
 * libconfig 1.5 takes includes relative to the working directory, ends the process on some and
 * blocks on others, so it never sees one: the files are expanded here. It gets one token on each
 * line, whatever stood between them left out, and its line numbers then name tokens. Only the mark
 * after a string stays on that string's line, because libconfig looks one token ahead there and
 * would give a string in a list the number of the next line.
 */

#include "conf_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_fault.h"
#include "conf_file.h"
#include "conf_scan.h"

#define TEXT_BYTES_MAX (64u << 20)
#define TEXT_INCLUDES_MAX 999
#define TEXT_DEPTH_MAX 10

/* A file being read; parent is the one that includes it. */
struct text_source {
	const struct text_source *parent;
	const char *name;
	struct conf_file file;
	unsigned int depth;
};

struct text_loader {
	struct conf_text *text;
	struct conf_arena *arena;
	struct conf_scan scan;
	struct lb_error *err;
	size_t left; /* bytes that may still be read */
	unsigned int files;
};

static int text_add_file(struct text_loader *loader, const struct text_source *parent,
	const struct lb_conf_place *place, const char *name);

static int
text_reserve(struct conf_text *text, size_t bytes)
{
	if (text->room - text->n < bytes) {
		size_t room = 2 * (text->room + bytes);
		char *grown = realloc(text->bytes, room);

		if (grown == NULL)
			return -ENOMEM;
		text->bytes = grown;
		text->room = room;
	}
	if (text->lines == text->lines_room) {
		size_t room = 2 * text->lines_room + 1024;
		struct conf_origin *grown = realloc(text->origins, room * sizeof(*grown));

		if (grown == NULL)
			return -ENOMEM;
		text->origins = grown;
		text->lines_room = room;
	}
	return 0;
}

static int
text_add_token(struct text_loader *loader, const struct conf_token *token)
{
	struct conf_text *text = loader->text;
	bool same_line = loader->scan.last == '"' && token->kind == CONF_TOKEN_MARK;
	int rc = conf_scan_token(&loader->scan, token, loader->err);

	if (rc != 0)
		return rc;
	if (text_reserve(text, token->n + 2) != 0)
		return conf_fault_memory(loader->err);
	if (text->n > 0)
		text->bytes[text->n++] = same_line ? ' ' : '\n';
	if (!same_line)
		text->origins[text->lines++] = (struct conf_origin){ token->place, text->n };
	memcpy(text->bytes + text->n, token->text, token->n);
	text->n += token->n;
	text->bytes[text->n] = '\0';
	return 0;
}

/* The string's value, joined to the folder of source when it is relative. NULL: out of memory. */
static char *
text_include_name(const struct text_source *source, const struct conf_token *string)
{
	const char *slash = strrchr(source->name, '/');
	size_t folder = slash == NULL ? 0 : (size_t)(slash - source->name) + 1;
	char *name = malloc(folder + string->n);
	size_t n = folder;

	if (name == NULL)
		return NULL;
	memcpy(name, source->name, folder);
	for (size_t i = 1; i + 1 < string->n; i++) {
		if (string->text[i] == '\\' && i + 2 < string->n)
			i++;
		name[n++] = string->text[i];
	}
	name[n] = '\0';
	if (name[folder] == '/')
		memmove(name, name + folder, n - folder + 1);
	return name;
}

static int
text_add_include(
	struct text_loader *loader, const struct text_source *source, struct conf_lexer *lexer)
{
	struct lb_conf_place place = lexer->place;
	struct conf_token token;
	int rc = conf_lexer_next(lexer, &token);
	char *name;

	if (rc != 0)
		return rc;
	if (token.kind != CONF_TOKEN_STRING || token.n == 2)
		return conf_fault(loader->err, &place,
			"@include names no file; write @include \"FILE\" with the quotes");
	if (source->depth == TEXT_DEPTH_MAX)
		return conf_fault(loader->err, &place,
			"includes are nested more than %d deep; include this file further up",
			TEXT_DEPTH_MAX);
	name = text_include_name(source, &token);
	if (name == NULL)
		return conf_fault_memory(loader->err);
	rc = text_add_file(loader, source, &place, name);
	free(name);
	return rc;
}

static int
text_add_tokens(struct text_loader *loader, const struct text_source *source)
{
	struct conf_lexer lexer;
	struct conf_token token;
	int rc = conf_lexer_open(
		&lexer, source->name, source->file.bytes, source->file.n, loader->err);

	while (rc == 0) {
		rc = conf_lexer_next(&lexer, &token);
		if (rc != 0 || token.kind == CONF_TOKEN_END)
			return rc;
		if (token.kind == CONF_TOKEN_INCLUDE)
			rc = text_add_include(loader, source, &lexer);
		else
			rc = text_add_token(loader, &token);
	}
	return rc;
}

static int
text_check_loop(const struct text_source *source, struct lb_error *err)
{
	for (const struct text_source *s = source->parent; s != NULL; s = s->parent)
		if (s->file.dev == source->file.dev && s->file.ino == source->file.ino)
			return lb_error_set(err, ELOOP,
				"%s includes itself, directly or through others; take this "
				"@include out",
				s->name);
	return 0;
}

/* Faults of the file itself are told at place, where it is included; NULL: it is the first. */
static int
text_add_file(struct text_loader *loader, const struct text_source *parent,
	const struct lb_conf_place *place, const char *name)
{
	struct text_source source = { .parent = parent, .depth = parent ? parent->depth + 1 : 0 };
	int rc;

	source.name = conf_arena_text(loader->arena, name);
	if (source.name == NULL)
		return conf_fault_memory(loader->err);
	if (parent == NULL)
		loader->text->start = (struct lb_conf_place){ source.name, 1 };
	if (loader->files++ > TEXT_INCLUDES_MAX)
		return conf_fault(loader->err, place,
			"more than %d files are included; put several into one", TEXT_INCLUDES_MAX);
	rc = conf_file_read(name, loader->left, &source.file, loader->err);
	if (rc == 0)
		rc = text_check_loop(&source, loader->err);
	if (rc != 0 && place != NULL)
		lb_conf_fault(place, loader->err);
	if (rc == 0) {
		loader->left -= source.file.n;
		rc = text_add_tokens(loader, &source);
	}
	free(source.file.bytes);
	return rc;
}

static int
text_begin(struct text_loader *loader)
{
	memset(loader->text, 0, sizeof(*loader->text));
	if (text_reserve(loader->text, 1) != 0)
		return conf_fault_memory(loader->err);
	loader->text->bytes[0] = '\0';
	loader->left = TEXT_BYTES_MAX;
	return 0;
}

int
conf_text_load(
	struct conf_text *text, const char *path, struct conf_arena *arena, struct lb_error *err)
{
	struct text_loader loader = { .text = text, .arena = arena, .err = err };
	int rc = text_begin(&loader);

	if (rc == 0)
		rc = text_add_file(&loader, NULL, NULL, path);
	return rc != 0 ? rc : conf_scan_end(&loader.scan, err);
}

int
conf_text_take(struct conf_text *text, const char *name, char *bytes, size_t n,
	struct conf_arena *arena, struct lb_error *err)
{
	struct text_loader loader = { .text = text, .arena = arena, .err = err };
	struct text_source source = { .file = { .bytes = bytes, .n = n } };
	int rc = text_begin(&loader);

	source.name = conf_arena_text(arena, name);
	if (rc == 0 && source.name == NULL)
		rc = conf_fault_memory(err);
	if (rc == 0) {
		text->start = (struct lb_conf_place){ source.name, 1 };
		rc = text_add_tokens(&loader, &source);
	}
	return rc != 0 ? rc : conf_scan_end(&loader.scan, err);
}

void
conf_text_fini(struct conf_text *text)
{
	free(text->bytes);
	free(text->origins);
}

struct lb_conf_place
conf_text_place(const struct conf_text *text, unsigned int line)
{
	return line == 0 || line > text->lines ? text->start : text->origins[line - 1].place;
}

const char *
conf_text_line(const struct conf_text *text, unsigned int line, size_t *n)
{
	const char *start;

	if (line == 0 || line > text->lines)
		line = (unsigned int)text->lines;
	if (line == 0) {
		*n = 0;
		return text->bytes;
	}
	start = text->bytes + text->origins[line - 1].at;
	*n = strcspn(start, "\n");
	return start;
}
