/*
 * A sentence may quote what a client sent and be cut in the middle of a letter. What is then no
 * UTF-8 goes out with a ? for each byte that is no ASCII: an answer is always JSON.
 */

#include "rpc_fault.h"

#include <stdarg.h>
#include <stdio.h>

const char *
lb_rpc_word(int code)
{
	switch (code) {
	case LB_RPC_PARSE_ERROR:
		return "parse_error";
	case LB_RPC_INVALID_REQUEST:
		return "invalid_request";
	case LB_RPC_UNKNOWN_METHOD:
		return "unknown_method";
	case LB_RPC_INVALID_PARAMS:
		return "invalid_params";
	case LB_RPC_INTERNAL:
		return "internal_error";
	case LB_RPC_NOT_PERMITTED:
		return "not_permitted";
	case LB_RPC_LINE_TOO_LONG:
		return "line_too_long";
	case LB_RPC_TOO_MANY_CLIENTS:
		return "too_many_clients";
	case LB_RPC_BATCH_TOO_LONG:
		return "batch_too_long";
	default:
		return "refused";
	}
}

bool
rpc_fault_set(struct lb_rpc_fault *fault, int code, const char *format, ...)
{
	va_list args;

	fault->code = code;
	snprintf(fault->word, sizeof(fault->word), "%s", lb_rpc_word(code));
	va_start(args, format);
	vsnprintf(fault->err.text, sizeof(fault->err.text), format, args);
	va_end(args);
	return false;
}

static json_t *
text_json(const char *text)
{
	json_t *json = json_string(text);
	char ascii[LB_ERROR_TEXT];

	if (json != NULL)
		return json;
	snprintf(ascii, sizeof(ascii), "%s", text);
	for (char *c = ascii; *c != '\0'; c++)
		if ((unsigned char)*c > 127)
			*c = '?';
	return json_string(ascii);
}

json_t *
rpc_fault_json(int code, const char *word, const struct lb_error *err)
{
	return json_pack("{s:i, s:o, s:{s:s}}", "code", code, "message", text_json(err->text),
		"data", "code", word == NULL ? lb_rpc_word(code) : word);
}
