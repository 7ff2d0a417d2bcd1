/*
 * What libconfig would take without a word, or refuse without a good one. It wraps integers, reads
 * "5b" as a number and a key, and joins strings that stand side by side; of a bracket that is
 * missing it only says that the end of the file surprised it.
 */

#include "conf_scan.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "conf_fault.h"

static bool
token_is_name(const struct conf_token *token)
{
	if (!isalpha((unsigned char)token->text[0]) && token->text[0] != '*')
		return false;
	for (size_t i = 1; i < token->n; i++)
		if (token->text[i] == '.' || token->text[i] == '+')
			return false;
	return true;
}

/* [+-]digits.digits, perhaps with an exponent: no key takes it, but its type shall be named. */
static bool
token_is_float(const struct conf_token *token)
{
	const char *c = token->text, *end = c + token->n;

	c += *c == '+' || *c == '-';
	while (c < end && isdigit((unsigned char)*c))
		c++;
	if (c == end || *c++ != '.')
		return false;
	while (c < end && isdigit((unsigned char)*c))
		c++;
	if (c < end && (*c == 'e' || *c == 'E')) {
		c++;
		c += c < end && (*c == '+' || *c == '-');
		if (c == end)
			return false;
		while (c < end && isdigit((unsigned char)*c))
			c++;
	}
	return c == end;
}

static unsigned int
digit_value(char c)
{
	if (isdigit((unsigned char)c))
		return (unsigned int)(c - '0');
	return isxdigit((unsigned char)c) ? (unsigned int)(tolower((unsigned char)c) - 'a') + 10
					  : 16;
}

/* A whole number in one of libconfig's forms, read without loss. */
struct whole {
	bool is_one;
	bool wide; /* has the suffix L */
	bool negative;
	bool beyond;   /* more than 64 bits */
	uint64_t size; /* without the sign */
};

static struct whole
token_whole(const struct conf_token *token)
{
	const char *c = token->text, *end = c + token->n, *first;
	struct whole whole = { .negative = *c == '-' };
	unsigned int base = 10;

	if (*c == '+' || *c == '-') {
		c++;
	} else if (token->n > 2 && c[0] == '0' && (c[1] == 'x' || c[1] == 'X')) {
		c += 2;
		base = 16;
	}
	for (first = c; c < end && digit_value(*c) < base; c++) {
		unsigned int digit = digit_value(*c);

		whole.beyond |= whole.size > (UINT64_MAX - digit) / base;
		whole.size = whole.size * base + digit;
	}
	whole.is_one = c > first;
	whole.wide = c < end && *c == 'L';
	for (int i = 0; i < 2 && c < end && *c == 'L'; i++)
		c++;
	whole.is_one &= c == end;
	return whole;
}

static int
scan_word(const struct conf_token *token, struct lb_error *err)
{
	struct whole whole = token_whole(token);
	int n = token->n > 40 ? 40 : (int)token->n;

	if (token_is_name(token) || token_is_float(token))
		return 0;
	if (!whole.is_one)
		return conf_fault(err, &token->place,
			"%.*s is neither a key nor a number; put text between quotes", n,
			token->text);
	if (whole.beyond || whole.size > (uint64_t)INT64_MAX + whole.negative)
		return conf_fault(err, &token->place,
			"%.*s does not fit into 64 bits; write a smaller number", n, token->text);
	if (!whole.wide && whole.size > (uint64_t)INT32_MAX + whole.negative)
		return conf_fault(err, &token->place,
			"%.*s does not fit into 32 bits; write a smaller number, or add the suffix "
			"L",
			n, token->text);
	return 0;
}

/* Also libconfig 1.5 leaks a string that stands where none may. */
static int
scan_string(const struct conf_scan *scan, const struct conf_token *token, struct lb_error *err)
{
	bool in_list = scan->depth > 0 && scan->open[scan->depth - 1].mark != '{';

	if (scan->last == '"')
		return conf_fault(err, &token->place,
			"two strings stand side by side and would be joined; put a comma between "
			"them");
	if (scan->last == '=' || scan->last == ':')
		return 0;
	if (in_list && (scan->last == ',' || scan->last == '(' || scan->last == '['))
		return 0;
	return conf_fault(err, &token->place,
		"a string is not expected here; write a setting as key = \"text\", the key without "
		"quotes");
}

static int
scan_open(struct conf_scan *scan, const struct conf_token *token, struct lb_error *err)
{
	if (scan->depth == CONF_SCAN_DEPTH)
		return conf_fault(err, &token->place,
			"brackets are nested more than %d deep; close some", CONF_SCAN_DEPTH);
	scan->open[scan->depth++] = (struct conf_bracket){ *token->text, token->place };
	return 0;
}

static int
scan_close(struct conf_scan *scan, const struct conf_token *token, struct lb_error *err)
{
	const struct conf_bracket *open;
	char wanted = *token->text == '}' ? '{' : *token->text == ']' ? '[' : '(';

	if (scan->depth == 0)
		return conf_fault(err, &token->place,
			"%c closes nothing; take it out, or put the missing %c before it",
			*token->text, wanted);
	open = &scan->open[scan->depth - 1];
	if (open->mark != wanted)
		return conf_fault(err, &token->place,
			"%c cannot close the %c of %s:%u; close that first", *token->text,
			open->mark, open->place.file, open->place.line);
	scan->depth--;
	return 0;
}

int
conf_scan_token(struct conf_scan *scan, const struct conf_token *token, struct lb_error *err)
{
	int rc = 0;

	if (token->kind == CONF_TOKEN_WORD)
		rc = scan_word(token, err);
	else if (token->kind == CONF_TOKEN_STRING)
		rc = scan_string(scan, token, err);
	else if (*token->text == '{' || *token->text == '[' || *token->text == '(')
		rc = scan_open(scan, token, err);
	else if (*token->text == '}' || *token->text == ']' || *token->text == ')')
		rc = scan_close(scan, token, err);
	scan->last = *token->text;
	return rc;
}

int
conf_scan_end(const struct conf_scan *scan, struct lb_error *err)
{
	const struct conf_bracket *open;

	if (scan->depth == 0)
		return 0;
	open = &scan->open[scan->depth - 1];
	return conf_fault(
		err, &open->place, "the %c that stands here is never closed; close it", open->mark);
}
