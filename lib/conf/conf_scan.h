#pragma once
/**
 * @file
 * Checks on the tokens of a whole configuration, before libconfig sees them. One thread at a time.
 */

#include <stddef.h>

#include "conf_token.h"

/** More brackets than this are not open at a time; a valid configuration needs six. */
#define CONF_SCAN_DEPTH 32

struct conf_bracket {
	char mark;
	struct lb_conf_place place;
};

/** What is remembered between tokens; zeroed at first. */
struct conf_scan {
	struct conf_bracket open[CONF_SCAN_DEPTH];
	size_t depth;
	char last; /**< First letter of the last token: a quote if it was a string. */
};

/** Look at the next token: a word, a mark or a string. 0, or -EINVAL with the sentence. */
int conf_scan_token(struct conf_scan *scan, const struct conf_token *token, struct lb_error *err);

/** After the last token. 0, or -EINVAL with the sentence. */
int conf_scan_end(const struct conf_scan *scan, struct lb_error *err);
