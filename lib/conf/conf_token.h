#pragma once
/**
 * @file
 * The words of a configuration's text, as libconfig would see them. One thread at a time.
 */

#include <stddef.h>

#include "lb_conf.h"

enum conf_token_kind {
	CONF_TOKEN_END,
	CONF_TOKEN_MARK,    /**< One of = : , ; { } [ ] ( ) */
	CONF_TOKEN_WORD,    /**< A key, a number, true or false; or what only looks like one. */
	CONF_TOKEN_STRING,  /**< With its quotes; on one line. */
	CONF_TOKEN_INCLUDE, /**< The word @include. */
};

/** A token; text points into the file's bytes. */
struct conf_token {
	enum conf_token_kind kind;
	const char *text;
	size_t n;
	struct lb_conf_place place;
};

/** Where the reading of one file stands. */
struct conf_lexer {
	const char *at;
	const char *end;
	struct lb_conf_place place; /**< Of at. */
	struct lb_error *err;
};

/** Begin with a file's n bytes. 0, or -EINVAL: the bytes are no text. */
int conf_lexer_open(struct conf_lexer *lexer, const char *file, const char *bytes, size_t n,
	struct lb_error *err);

/** The next token, CONF_TOKEN_END after the last. 0, or -EINVAL with the sentence. */
int conf_lexer_next(struct conf_lexer *lexer, struct conf_token *token);
