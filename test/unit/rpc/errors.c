/*
 * Every error: its code, its sentence, its word. They are a contract, so they are compared whole.
 */

#include "bed.h"

static struct bed bed;
static struct peer peer;

static void
begin(void)
{
	bed_begin(&bed);
	peer_begin(&peer, &bed);
}

/* The client works on after whatever it was told. */
static void
end(void)
{
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

/* The line is answered with the error. */
static void
refused(const char *line, const char *id, int code, const char *message, const char *word)
{
	char expected[1024];

	snprintf(expected, sizeof(expected),
		"{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":\"%s\","
		"\"data\":{\"code\":\"%s\"}}}",
		id, code, message, word);
	peer_ask(&peer, line, expected);
}

/* A call of method with params is answered with the error. */
static void
call_refused(
	const char *method, const char *params, int code, const char *message, const char *word)
{
	char request[1024];

	snprintf(request, sizeof(request),
		"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"%s\",\"params\":%s}", method, params);
	refused(request, "5", code, message, word);
}

static void
line_that_is_no_json_is_a_parse_error(void)
{
#define REMEDY "; send one object, or an array of them, per line"
	begin();
	refused("", "null", -32700,
		"request: not JSON at byte 0: unexpected token near end of file" REMEDY,
		"parse_error");
	refused("{\\\"", "null", -32700,
		"request: not JSON at byte 2: string or '}' expected near '\\\\'" REMEDY,
		"parse_error");
	refused("{} {}", "null", -32700,
		"request: not JSON at byte 4: end of file expected near '{'" REMEDY, "parse_error");
	refused("{\"a\":1,\"a\":2}", "null", -32700,
		"request: not JSON at byte 10: duplicate object key near '\\\"a\\\"'" REMEDY,
		"parse_error");
	end();
}

static void
line_that_is_no_utf8_is_a_parse_error(void)
{
	begin();
	refused("{\"\xff\":1}", "null", -32700,
		"request: not JSON at byte 2: unable to decode byte 0xff near '\\\"'" REMEDY,
		"parse_error");
	end();
}

static void
json_that_is_no_request_is_invalid(void)
{
	static const char *const lines[] = { "1", "\"text\"", "null", "true" };

	begin();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		refused(lines[i], "null", -32600,
			"request: it is no object; send {\\\"jsonrpc\\\": \\\"2.0\\\", "
			"\\\"method\\\": ..., \\\"params\\\": {...}, \\\"id\\\": ...}",
			"invalid_request");
	end();
}

static void
request_without_its_members_is_invalid(void)
{
	begin();
	refused("{}", "null", -32600,
		"request: jsonrpc is not \\\"2.0\\\"; write \\\"jsonrpc\\\": \\\"2.0\\\"",
		"invalid_request");
	refused("{\"jsonrpc\":\"1.0\",\"id\":3,\"method\":\"test.echo\"}", "3", -32600,
		"request: jsonrpc is not \\\"2.0\\\"; write \\\"jsonrpc\\\": \\\"2.0\\\"",
		"invalid_request");
	refused("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":1}", "\"x\"", -32600,
		"request: method is no string; give the name of a method", "invalid_request");
	refused("{\"jsonrpc\":\"2.0\",\"id\":4}", "4", -32600,
		"request: method is no string; give the name of a method", "invalid_request");
	end();
}

static void
id_that_is_none_is_invalid(void)
{
	static const char *const ids[] = { "[]", "{}", "true" };
	char line[128];

	begin();
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		snprintf(line, sizeof(line),
			"{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"test.change\"}", ids[i]);
		refused(line, "null", -32600,
			"request: its id is neither a string nor a number; give one of them",
			"invalid_request");
	}
	CU_ASSERT_EQUAL(bed.changes_n, 0);
	end();
}

static void
mistyped_member_is_invalid_and_nothing_is_done(void)
{
	begin();
	refused("{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"test.change\",\"parms\":{}}", "6",
		-32600, "request: no request has \\\"parms\\\"; give jsonrpc, method, params, id",
		"invalid_request");
	CU_ASSERT_EQUAL(bed.changes_n, 0);
	end();
}

static void
unknown_method_names_a_close_one(void)
{
	static const char *const typed[] = { "test.eho", "test.echoo", "test.ecoh", "est.echo",
		"test.exho" };
	char message[200];

	begin();
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		snprintf(message, sizeof(message),
			"method \\\"%s\\\": there is none; did you mean test.echo?", typed[i]);
		call_refused(typed[i], "{}", -32601, message, "unknown_method");
	}
	end();
}

static void
unknown_method_far_from_all_names_where_to_look(void)
{
	begin();
	call_refused("service.list", "{}", -32601,
		"method \\\"service.list\\\": there is none; rpc.discover lists what there is",
		"unknown_method");
	call_refused("", "{}", -32601,
		"method \\\"\\\": there is none; rpc.discover lists what there is",
		"unknown_method");
	end();
}

static void
long_name_is_cut_and_stays_utf8(void)
{
	begin();
	/* 63 letters, then a letter of two bytes: the cut goes through it */
	call_refused("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9",
		"{}", -32601,
		"method \\\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?\\\": "
		"there is none; rpc.discover lists what there is",
		"unknown_method");
	end();
}

static void
unknown_parameter_is_named_with_the_known_ones(void)
{
	begin();
	call_refused("test.echo", "{\"txt\":1}", -32602,
		"test.echo: there is no parameter \\\"txt\\\"; it takes text", "invalid_params");
	call_refused("test.types", "{\"kind\":1}", -32602,
		"test.types: there is no parameter \\\"kind\\\"; it takes any, string, integer, "
		"number, boolean, object, array",
		"invalid_params");
	call_refused("test.change", "{\"by\":2}", -32602,
		"test.change: there is no parameter \\\"by\\\"; it takes none", "invalid_params");
	CU_ASSERT_EQUAL(bed.changes_n, 0);
	end();
}

static void
missing_parameter_is_named(void)
{
	begin();
	call_refused("test.refuse", "{}", -32602,
		"test.refuse: parameter \\\"server\\\" is missing; give a string",
		"invalid_params");
	refused("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"test.big\"}", "8", -32602,
		"test.big: parameter \\\"n\\\" is missing; give an integer", "invalid_params");
	end();
}

static void
parameters_by_position_are_refused(void)
{
	begin();
	call_refused("test.echo", "[\"one\"]", -32602,
		"test.echo: params is no object; give the parameters by name", "invalid_params");
	call_refused("test.change", "null", -32602,
		"test.change: params is no object; give the parameters by name", "invalid_params");
	end();
}

/* Of each type of parameter, a value of a wrong type, and the types as the sentence has them. */
static void
parameter_of_a_wrong_type_is_named(void)
{
	static const struct {
		const char *name, *value, *is, *wanted;
	} cases[] = {
		{ "string", "1", "integer", "a string" },
		{ "string", "null", "null", "a string" },
		{ "integer", "1.0", "number", "an integer" },
		{ "integer", "\"1\"", "string", "an integer" },
		{ "number", "true", "boolean", "a number" },
		{ "boolean", "0", "integer", "true or false" },
		{ "object", "[]", "array", "an object" },
		{ "array", "{}", "object", "an array" },
	};
	char params[64], message[200];

	begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(params, sizeof(params), "{\"%s\":%s}", cases[i].name, cases[i].value);
		snprintf(message, sizeof(message),
			"test.types: parameter \\\"%s\\\" is of type %s; give %s", cases[i].name,
			cases[i].is, cases[i].wanted);
		call_refused("test.types", params, -32602, message, "invalid_params");
	}
	end();
}

static void
parameters_of_the_right_types_pass(void)
{
	static const char *const params[] = { "{}", "{\"any\":null}", "{\"any\":[1]}",
		"{\"string\":\"\"}", "{\"integer\":-1}", "{\"number\":1}", "{\"number\":1.5}",
		"{\"boolean\":false}", "{\"object\":{\"a\":1}}", "{\"array\":[]}" };
	char request[200];

	begin();
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		snprintf(request, sizeof(request),
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.types\",\"params\":%s}",
			params[i]);
		peer_ask(&peer, request, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}");
	}
	end();
}

static void
method_refuses_with_its_own_word(void)
{
	begin();
	call_refused("test.refuse", "{\"server\":\"10.0.0.1:80\"}", -32000,
		"server \\\"10.0.0.1:80\\\": there is none; add it", "unknown_server");
	end();
}

static void
method_without_memory_is_an_internal_error(void)
{
	begin();
	call_refused("test.nothing", "{}", -32603,
		"answer: no memory for it; ask for less, or give the machine more memory",
		"internal_error");
	end();
}

static void
each_code_has_its_word(void)
{
	static const struct {
		int code;
		const char *word;
	} words[] = {
		{ -32700, "parse_error" },
		{ -32600, "invalid_request" },
		{ -32601, "unknown_method" },
		{ -32602, "invalid_params" },
		{ -32603, "internal_error" },
		{ -32000, "refused" },
		{ -32001, "not_permitted" },
		{ -32002, "line_too_long" },
		{ -32003, "too_many_clients" },
		{ -32004, "batch_too_long" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CU_ASSERT_STRING_EQUAL(lb_rpc_word(words[i].code), words[i].word);
}

static const struct unit_test tests[] = {
	UNIT_TEST(line_that_is_no_json_is_a_parse_error),
	UNIT_TEST(line_that_is_no_utf8_is_a_parse_error),
	UNIT_TEST(json_that_is_no_request_is_invalid),
	UNIT_TEST(request_without_its_members_is_invalid),
	UNIT_TEST(id_that_is_none_is_invalid),
	UNIT_TEST(mistyped_member_is_invalid_and_nothing_is_done),
	UNIT_TEST(unknown_method_names_a_close_one),
	UNIT_TEST(unknown_method_far_from_all_names_where_to_look),
	UNIT_TEST(long_name_is_cut_and_stays_utf8),
	UNIT_TEST(unknown_parameter_is_named_with_the_known_ones),
	UNIT_TEST(missing_parameter_is_named),
	UNIT_TEST(parameters_by_position_are_refused),
	UNIT_TEST(parameter_of_a_wrong_type_is_named),
	UNIT_TEST(parameters_of_the_right_types_pass),
	UNIT_TEST(method_refuses_with_its_own_word),
	UNIT_TEST(method_without_memory_is_an_internal_error),
	UNIT_TEST(each_code_has_its_word),
	UNIT_END,
};

const struct unit_suite unit_rpc_errors = { "errors", tests };
