/* rpc.discover tells what the table has, all of it and nothing else. */

#include "bed.h"

#define METHOD(name, summary, params, result, changes)                                             \
	"{\"name\":\"" name "\",\"summary\":\"" summary                                            \
	"\",\"paramStructure\":\"by-name\",\"params\":[" params                                    \
	"],\"result\":{\"name\":\"result\",\"description\":\"" result                              \
	"\",\"schema\":{}},\"x-changes\":" changes "}"
#define PARAM(name, description, required, schema)                                                 \
	"{\"name\":\"" name "\",\"description\":\"" description "\",\"required\":" required        \
	",\"schema\":" schema "}"
#define TYPE(type) "{\"type\":\"" type "\"}"

static struct bed bed;
static struct peer peer;

static void
document_has_each_method_of_the_table(void)
{
	bed_begin(&bed);
	peer_begin(&peer, &bed);
	for (int i = 0; i < 2; i++)
		peer_ask(&peer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}",
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"openrpc\":\"1.2.6\",\"info\":{"
			"\"title\":\"Test\",\"version\":\"1.2.3\"},\"methods\":[" METHOD(
				"test.echo", "Answer what is given.",
				PARAM("text", "what is answered", "true", "{}"), "the text",
				"false") "," METHOD("test.change", "Count.", "", "true",
				"true") "," METHOD("test.later", "Answer when the test wants it.",
				"", "anything", "false") "," METHOD("test.big", "Answer much.",
				PARAM("n", "strings of 100000 letters", "true", TYPE("integer")),
				"strings", "false") "," METHOD("test.refuse", "Refuse.",
				PARAM("server", "a server", "true", TYPE("string")), "nothing",
				"false") "," METHOD("test.nothing", "Run out of memory.", "",
				"nothing", "false") "," METHOD("test.types", "Look at types.",
				PARAM("any", "anything", "false", "{}") "," PARAM("string", "text",
					"false", TYPE("string")) "," PARAM("integer",
					"a whole number", "false",
					TYPE("integer")) "," PARAM("number", "any number", "false",
					TYPE("number")) "," PARAM("boolean", "yes or no", "false",
					TYPE("boolean")) "," PARAM("object", "members", "false",
					TYPE("object")) "," PARAM("array", "items", "false",
					TYPE("array")),
				"true", "false") "]}}");
	peer_end(&peer);
	bed_end(&bed);
}

static void
discover_takes_no_parameter(void)
{
	bed_begin(&bed);
	peer_begin(&peer, &bed);
	peer_ask(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\",\"params\":{\"a\":1}}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":"
		"\"rpc.discover: there is no parameter \\\"a\\\"; it takes none\",\"data\":{"
		"\"code\":\"invalid_params\"}}}");
	peer_end(&peer);
	bed_end(&bed);
}

static void
table_may_be_empty(void)
{
	bed_init(&bed);
	bed.conf.methods = NULL;
	bed.conf.methods_n = 0;
	bed_serve(&bed);
	peer_begin(&peer, &bed);
	peer_ask(&peer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"openrpc\":\"1.2.6\",\"info\":{"
		"\"title\":\"Test\",\"version\":\"1.2.3\"},\"methods\":[]}}");
	peer_end(&peer);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(document_has_each_method_of_the_table),
	UNIT_TEST(discover_takes_no_parameter),
	UNIT_TEST(table_may_be_empty),
	UNIT_END,
};

const struct unit_suite unit_rpc_discover = { "discover", tests };
