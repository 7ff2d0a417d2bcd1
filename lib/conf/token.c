/*
 * The lexer. libconfig ends a comment or a string that was never closed with the file, in silence;
 * here both are faults, and a string ends on the line where it began: so the line of a forgotten
 * quote is known.
 */

#include "conf_token.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "conf_fault.h"

int
conf_lexer_open(struct conf_lexer *lexer, const char *file, const char *bytes, size_t n,
	struct lb_error *err)
{
	const char *nul = n == 0 ? NULL : memchr(bytes, '\0', n);

	*lexer = (struct conf_lexer){
		.at = bytes, .end = bytes + n, .place = { file, 1 }, .err = err
	};
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return conf_fault(err, &lexer->place,
			"the file begins with a byte order mark; save it without one");
	if (nul == NULL)
		return 0;
	for (const char *c = bytes; c < nul; c++)
		if (*c == '\n')
			lexer->place.line++;
	return conf_fault(
		err, &lexer->place, "there is a NUL byte here; save the file as plain UTF-8 text");
}

static bool
lexer_sees(const struct conf_lexer *lexer, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(lexer->end - lexer->at) >= n && memcmp(lexer->at, text, n) == 0;
}

static int
lexer_skip_comment(struct conf_lexer *lexer)
{
	struct lb_conf_place start = lexer->place;

	for (lexer->at += 2; lexer->at < lexer->end; lexer->at++) {
		if (lexer_sees(lexer, "*/")) {
			lexer->at += 2;
			return 0;
		}
		if (*lexer->at == '\n')
			lexer->place.line++;
	}
	return conf_fault(lexer->err, &start,
		"the comment that begins here is never closed; close it with */");
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static int
lexer_skip_space(struct conf_lexer *lexer)
{
	while (lexer->at < lexer->end) {
		if (is_space(*lexer->at)) {
			if (*lexer->at++ == '\n')
				lexer->place.line++;
		} else if (*lexer->at == '#' || lexer_sees(lexer, "//")) {
			const char *stop =
				memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));

			lexer->at = stop == NULL ? lexer->end : stop;
		} else if (lexer_sees(lexer, "/*")) {
			int rc = lexer_skip_comment(lexer);

			if (rc != 0)
				return rc;
		} else {
			return 0;
		}
	}
	return 0;
}

static int
lexer_string(struct conf_lexer *lexer, struct conf_token *token)
{
	token->kind = CONF_TOKEN_STRING;
	for (lexer->at++; lexer->at < lexer->end && *lexer->at != '\n'; lexer->at++) {
		if (*lexer->at != '"' && *lexer->at != '\\')
			continue;
		if (lexer_sees(lexer, "\\x00") || lexer_sees(lexer, "\\X00"))
			return conf_fault(lexer->err, &token->place,
				"a string holds a NUL byte (\\x00); leave it out");
		if (lexer_sees(lexer, "\\\"") || lexer_sees(lexer, "\\\\")) {
			lexer->at++;
		} else if (*lexer->at == '"') {
			token->n = (size_t)(++lexer->at - token->text);
			return 0;
		}
	}
	return conf_fault(lexer->err, &token->place,
		"the string that begins here does not end on its line; close it with a quote");
}

static bool
is_word_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '*' || c == '.' || c == '+' ||
	       c == '-';
}

static bool
is_mark(char c)
{
	switch (c) {
	case '=':
	case ':':
	case ',':
	case ';':
	case '{':
	case '}':
	case '[':
	case ']':
	case '(':
	case ')':
		return true;
	default:
		return false;
	}
}

static int
lexer_strange(struct conf_lexer *lexer)
{
	unsigned char c = (unsigned char)*lexer->at;

	if (isprint(c))
		return conf_fault(lexer->err, &lexer->place,
			"%c has no meaning here; put text between quotes, or take it out", c);
	return conf_fault(lexer->err, &lexer->place,
		"the byte 0x%02x has no meaning here; put text between quotes, or take it out", c);
}

int
conf_lexer_next(struct conf_lexer *lexer, struct conf_token *token)
{
	int rc = lexer_skip_space(lexer);

	*token = (struct conf_token){ .text = lexer->at, .n = 1, .place = lexer->place };
	if (rc != 0 || lexer->at == lexer->end)
		return rc;
	if (*lexer->at == '"')
		return lexer_string(lexer, token);
	if (is_mark(*lexer->at)) {
		token->kind = CONF_TOKEN_MARK;
		lexer->at++;
		return 0;
	}
	if (lexer_sees(lexer, "@include")) {
		token->kind = CONF_TOKEN_INCLUDE;
		token->n = strlen("@include");
		lexer->at += token->n;
		return 0;
	}
	while (lexer->at < lexer->end && is_word_letter(*lexer->at))
		lexer->at++;
	token->kind = CONF_TOKEN_WORD;
	token->n = (size_t)(lexer->at - token->text);
	return token->n == 0 ? lexer_strange(lexer) : 0;
}
