/* Batches, as JSON-RPC 2.0 has them in its sections 6 and 7. */

#include "bed.h"

#define SAY(id, text)                                                                              \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"test.echo\",\"params\":{\"text\":" text   \
	"}}"
#define LATER(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"test.later\"}"
#define NOTE "{\"jsonrpc\":\"2.0\",\"method\":\"test.change\"}"
#define ANSWER(id, result) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":" result "}"
#define INVALID                                                                                    \
	"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"request: it "   \
	"is no object; send {\\\"jsonrpc\\\": \\\"2.0\\\", \\\"method\\\": ..., \\\"params\\\": "  \
	"{...}, \\\"id\\\": ...}\",\"data\":{\"code\":\"invalid_request\"}}}"

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
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

static void
answers_of_a_batch_come_as_one_array(void)
{
	begin();
	peer_ask(&peer, "[" SAY("1", "\"a\"") "," SAY("\"b\"", "2") "]",
		"[" ANSWER("1", "\"a\"") "," ANSWER("\"b\"", "2") "]");
	end();
}

static void
batch_of_one_is_answered_with_an_array(void)
{
	begin();
	peer_ask(&peer, "[" SAY("1", "\"a\"") "]", "[" ANSWER("1", "\"a\"") "]");
	end();
}

static void
empty_batch_is_one_error_and_no_array(void)
{
	begin();
	peer_ask(&peer, "[]",
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"batch: "
		"it is empty; put a request into it\",\"data\":{\"code\":\"invalid_request\"}}}");
	end();
}

static void
each_item_that_is_no_request_is_an_error_of_its_own(void)
{
	begin();
	peer_ask(&peer, "[1]", "[" INVALID "]");
	peer_ask(&peer, "[1,\"x\",[]]", "[" INVALID "," INVALID "," INVALID "]");
	end();
}

static void
mixed_batch_answers_all_but_notifications(void)
{
	begin();
	peer_ask(&peer, "[" SAY("1", "\"a\"") "," NOTE ",1," NOTE "," SAY("2", "\"b\"") "]",
		"[" ANSWER("1", "\"a\"") "," INVALID "," ANSWER("2", "\"b\"") "]");
	CU_ASSERT_EQUAL(bed.changes_n, 2);
	end();
}

static void
batch_of_notifications_is_not_answered(void)
{
	begin();
	peer_send(&peer, "[" NOTE "," NOTE "," NOTE "]\n");
	peer_works(&peer);
	CU_ASSERT_EQUAL(bed.changes_n, 3);
	end();
}

static void
batch_that_is_no_json_is_one_error(void)
{
	begin();
	peer_ask(&peer, "[" SAY("1", "\"a\"") ",{\"jsonrpc\"]",
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"request:"
		" "
		"not JSON at byte 80: ':' expected near ']'; send one object, or an array of "
		"them, per line\",\"data\":{\"code\":\"parse_error\"}}}");
	end();
}

static void
batch_leaves_when_its_last_answer_is_there(void)
{
	begin();
	peer_send(&peer, "[" LATER("1") "," SAY("2", "0") "," LATER("3") "]\n");
	BED_UNTIL(&bed, bed.later_n == 2);
	lb_rpc_answer(bed.later[1], json_string("third"));
	peer_works(&peer); /* who waits for a batch may ask on */
	CU_ASSERT_FALSE(peer_has_line(&peer));
	lb_rpc_answer(bed.later[0], json_string("first"));
	peer_expect(&peer,
		"[" ANSWER("1", "\"first\"") "," ANSWER("2", "0") "," ANSWER("3", "\"third\"") "]");
	end();
}

/* A batch of n items; the caller frees it. */
static char *
batch_of(size_t n, const char *item)
{
	char *text = malloc(n * (strlen(item) + 1) + 3), *at = text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%c%s", i == 0 ? '[' : ',', item);
	strcpy(at, "]\n");
	return text;
}

static void
batch_of_a_thousand_is_served(void)
{
	char *text = batch_of(1000, NOTE);

	begin();
	peer_send(&peer, text);
	peer_works(&peer);
	CU_ASSERT_EQUAL(bed.changes_n, 1000);
	free(text);
	end();
}

static void
batch_of_more_than_a_thousand_is_refused_whole(void)
{
	char *text = batch_of(1001, NOTE);

	begin();
	peer_send(&peer, text);
	peer_expect(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32004,\"message\":\"batch: "
		"it has more than 1000 requests; send several batches\",\"data\":{\"code\":"
		"\"batch_too_long\"}}}");
	CU_ASSERT_EQUAL(bed.changes_n, 0);
	free(text);
	end();
}

/* More requests that wait for their answers than a client may have at a time. */
static void
batch_larger_than_the_calls_of_a_client_is_served(void)
{
	char *text = batch_of(20, LATER("7")), *line;

	begin();
	peer_send(&peer, text);
	BED_UNTIL(&bed, bed.later_n == 16);
	for (int i = 0; i < 50; i++)
		bed_turn(&bed);
	CU_ASSERT_EQUAL(bed.later_n, 16);
	for (size_t i = 0; i < 20; i++) {
		BED_UNTIL(&bed, bed.later_n > i);
		lb_rpc_answer(bed.later[i], json_true());
	}
	line = peer_line(&peer);
	CU_ASSERT_EQUAL(strlen(line), 20 * strlen(ANSWER("7", "true")) + 19 + 2);
	free(line);
	free(text);
	end();
}

static void
answers_of_a_batch_are_bounded_together(void)
{
	char *text = batch_of(
		12, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.big\",\"params\":{\"n\":10}}");
	char *line;
	json_t *answers;

	begin();
	peer_send(&peer, text);
	line = peer_line(&peer);
	answers = json_loads(line, 0, NULL);
	CU_ASSERT_EQUAL(json_array_size(answers), 12);
	CU_ASSERT_EQUAL(bed.big_n, 5); /* each is 1 MB, and the fifth is over 4 MiB */
	CU_ASSERT_EQUAL(json_array_size(json_object_get(json_array_get(answers, 4), "result")), 10);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(
			json_object_get(json_array_get(answers, 5), "error"), "message")),
		"test.big: the answers before it in the batch have more than 4 MiB; send fewer "
		"requests in one");
	json_decref(answers);
	free(line);
	free(text);
	end();
}

static void
client_may_go_in_the_middle_of_a_batch(void)
{
	begin();
	peer_send(&peer, "[" LATER("1") "," LATER("2") "," LATER("3") "]\n");
	BED_UNTIL(&bed, bed.later_n == 3);
	lb_rpc_answer(bed.later[1], json_true());
	peer_end(&peer);
	BED_UNTIL(&bed, lb_rpc_server_stats(bed.server)->clients == 0);
	lb_rpc_answer(bed.later[0], json_true());
	lb_rpc_answer(bed.later[2], json_true());
	peer_begin(&peer, &bed);
	end();
}

static void
server_may_end_in_the_middle_of_a_batch(void)
{
	char *text = batch_of(20, LATER("7"));

	begin();
	peer_send(&peer, text);
	BED_UNTIL(&bed, bed.later_n == 16);
	lb_rpc_answer(bed.later[0], json_true());
	peer_end(&peer);
	bed_end(&bed); /* the file, the handles and the memory of the server are gone */
	for (size_t i = 1; i < bed.later_n; i++)
		lb_rpc_answer(bed.later[i], json_true());
	CU_ASSERT_EQUAL(bed.later_n, 16);
	free(text);
}

static const struct unit_test tests[] = {
	UNIT_TEST(answers_of_a_batch_come_as_one_array),
	UNIT_TEST(batch_of_one_is_answered_with_an_array),
	UNIT_TEST(empty_batch_is_one_error_and_no_array),
	UNIT_TEST(each_item_that_is_no_request_is_an_error_of_its_own),
	UNIT_TEST(mixed_batch_answers_all_but_notifications),
	UNIT_TEST(batch_of_notifications_is_not_answered),
	UNIT_TEST(batch_that_is_no_json_is_one_error),
	UNIT_TEST(batch_leaves_when_its_last_answer_is_there),
	UNIT_TEST(batch_of_a_thousand_is_served),
	UNIT_TEST(batch_of_more_than_a_thousand_is_refused_whole),
	UNIT_TEST(batch_larger_than_the_calls_of_a_client_is_served),
	UNIT_TEST(answers_of_a_batch_are_bounded_together),
	UNIT_TEST(client_may_go_in_the_middle_of_a_batch),
	UNIT_TEST(server_may_end_in_the_middle_of_a_batch),
	UNIT_END,
};

const struct unit_suite unit_rpc_batch = { "batch", tests };
