/*
 * Requests are lines, in whatever pieces they come; ids are of every type that JSON-RPC knows.
 */

#include "bed.h"

#define ECHO_1                                                                                     \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.echo\",\"params\":{\"text\":\"one\"}}"
#define ECHO_2                                                                                     \
	"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"test.echo\",\"params\":{\"text\":\"two\"}}"
#define NOTE "{\"jsonrpc\":\"2.0\",\"method\":\"test.change\"}"
#define ONE "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"one\"}"
#define TWO "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"two\"}"

static struct bed bed;
static struct peer peer;

static void
begin(void)
{
	bed_begin(&bed);
	peer_begin(&peer, &bed);
}

static void
end(void)
{
	peer_end(&peer);
	bed_end(&bed);
}

static void
half_a_line_waits_for_the_other_half(void)
{
	begin();
	peer_send_bytes(&peer, ECHO_1 "\n", 30);
	for (int i = 0; i < 20; i++)
		bed_turn(&bed);
	CU_ASSERT_FALSE(peer_has_line(&peer));
	peer_send(&peer, &(ECHO_1 "\n")[30]);
	peer_expect(&peer, ONE);
	end();
}

static void
lines_of_one_write_are_answered_in_order(void)
{
	begin();
	peer_send(&peer, ECHO_1 "\n" ECHO_2 "\n" ECHO_1 "\n");
	peer_expect(&peer, ONE);
	peer_expect(&peer, TWO);
	peer_expect(&peer, ONE);
	end();
}

static void
line_may_come_byte_by_byte(void)
{
	const char *text = ECHO_1 "\n" ECHO_2 "\n";

	begin();
	for (const char *c = text; *c != '\0'; c++) {
		peer_send_bytes(&peer, c, 1);
		bed_turn(&bed);
	}
	peer_expect(&peer, ONE);
	peer_expect(&peer, TWO);
	end();
}

static void
line_may_end_with_cr_lf(void)
{
	begin();
	peer_send(&peer, ECHO_1 "\r\n" ECHO_2 "\r\n");
	peer_expect(&peer, ONE);
	peer_expect(&peer, TWO);
	end();
}

static void
utf8_comes_back_as_it_was_sent(void)
{
	begin();
	peer_ask(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":\"\xc3\xa9\",\"method\":\"test.echo\",\"params\":"
		"{\"text\":\"\xe2\x82\xac \xf0\x9f\x98\x80 \\u20ac\"}}",
		"{\"jsonrpc\":\"2.0\",\"id\":\"\xc3\xa9\",\"result\":\"\xe2\x82\xac "
		"\xf0\x9f\x98\x80 \xe2\x82\xac\"}");
	end();
}

static void
id_of_each_type_comes_back(void)
{
	static const char *const ids[] = { "\"a\"", "\"\"", "0", "-7", "9223372036854775807", "1.5",
		"null" };
	char request[200], expected[200];

	begin();
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		snprintf(request, sizeof(request),
			"{\"id\":%s,\"jsonrpc\":\"2.0\",\"method\":\"test.echo\","
			"\"params\":{\"text\":[1,{}]}}",
			ids[i]);
		snprintf(expected, sizeof(expected),
			"{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":[1,{}]}", ids[i]);
		peer_ask(&peer, request, expected);
	}
	end();
}

static void
notification_is_done_and_not_answered(void)
{
	begin();
	peer_send(&peer, NOTE "\n" ECHO_1 "\n");
	peer_expect(&peer, ONE);
	CU_ASSERT_EQUAL(bed.changes_n, 1);
	end();
}

static void
notification_that_fails_is_not_answered(void)
{
	begin();
	peer_send(&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"}\n" ECHO_1 "\n");
	peer_expect(&peer, ONE);
	CU_ASSERT_EQUAL(lb_rpc_server_stats(bed.server)->faults, 1);
	end();
}

/* A request of so many bytes, with its newline. */
static char *
request_of(size_t bytes)
{
	static const char head[] =
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.types\",\"params\":{\"string\":\"";
	static const char tail[] = "\"}}\n";
	char *text = malloc(bytes + 2);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, 'm', bytes);
	memcpy(text, head, sizeof(head) - 1);
	memcpy(text + bytes + 2 - sizeof(tail), tail, sizeof(tail));
	return text;
}

static void
line_of_a_mebibyte_is_served(void)
{
	char *text = request_of(1048576);

	begin();
	peer_send(&peer, text);
	peer_send(&peer, ECHO_2 "\n");
	peer_expect(&peer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}");
	peer_expect(&peer, TWO);
	free(text);
	end();
}

static void
line_of_more_than_a_mebibyte_is_refused_and_closed(void)
{
	char *text = request_of(1048577);

	begin();
	peer_send(&peer, text);
	peer_expect(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32002,\"message\":"
		"\"request: the line has more than 1 MiB; send several requests\","
		"\"data\":{\"code\":\"line_too_long\"}}}");
	BED_UNTIL(&bed, peer_is_closed(&peer));
	free(text);
	end();
}

static void
endless_line_is_refused_before_its_end(void)
{
	static char bytes[1100000];

	begin();
	memset(bytes, ' ', sizeof(bytes));
	peer_send_bytes(&peer, bytes, 1048576);
	for (int i = 0; i < 20; i++)
		bed_turn(&bed);
	CU_ASSERT_FALSE(peer_has_line(&peer));
	peer_send_bytes(&peer, bytes, 1);
	peer_expect(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32002,\"message\":"
		"\"request: the line has more than 1 MiB; send several requests\","
		"\"data\":{\"code\":\"line_too_long\"}}}");
	BED_UNTIL(&bed, peer_is_closed(&peer));
	end();
}

static void
client_that_only_ends_its_sending_gets_its_answers(void)
{
	begin();
	peer_send(&peer, "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"test.later\"}\n" ECHO_1 "\n");
	CU_ASSERT_EQUAL(shutdown(peer.fd, SHUT_WR), 0);
	peer_expect(&peer, ONE);
	lb_rpc_answer(bed.later[0], json_integer(7));
	peer_expect(&peer, "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":7}");
	BED_UNTIL(&bed, peer_is_closed(&peer));
	end();
}

static void
line_without_its_end_is_named_not_lost(void)
{
	begin();
	peer_send(&peer, ECHO_1);
	CU_ASSERT_EQUAL(shutdown(peer.fd, SHUT_WR), 0);
	peer_expect(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":"
		"\"request: the line has no end; send a newline behind each request\","
		"\"data\":{\"code\":\"parse_error\"}}}");
	BED_UNTIL(&bed, peer_is_closed(&peer));
	end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(half_a_line_waits_for_the_other_half),
	UNIT_TEST(lines_of_one_write_are_answered_in_order),
	UNIT_TEST(line_may_come_byte_by_byte),
	UNIT_TEST(line_may_end_with_cr_lf),
	UNIT_TEST(utf8_comes_back_as_it_was_sent),
	UNIT_TEST(id_of_each_type_comes_back),
	UNIT_TEST(notification_is_done_and_not_answered),
	UNIT_TEST(notification_that_fails_is_not_answered),
	UNIT_TEST(line_of_a_mebibyte_is_served),
	UNIT_TEST(line_of_more_than_a_mebibyte_is_refused_and_closed),
	UNIT_TEST(endless_line_is_refused_before_its_end),
	UNIT_TEST(client_that_only_ends_its_sending_gets_its_answers),
	UNIT_TEST(line_without_its_end_is_named_not_lost),
	UNIT_END,
};

const struct unit_suite unit_rpc_lines = { "lines", tests };
