/*
 * When answers leave: in the order in which they are given, however long they take to write, and
 * to nobody when the client has gone. What is long is not parsed or written by the loop's thread.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "bed.h"

#define LATER(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"test.later\"}\n"
#define ANSWER(id, result) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":" result "}"
#define BIG(n) "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"test.big\",\"params\":{\"n\":" n "}}\n"

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

/* While the work threads are held, nothing is parsed or written by them. */
#define THREADS 4 /* libuv's default */

static uv_sem_t held_sem;
static uv_work_t held[THREADS];

static void
hold_work(uv_work_t *work)
{
	(void)work;
	uv_sem_wait(&held_sem);
}

static void
threads_hold(void)
{
	CU_ASSERT_EQUAL(uv_sem_init(&held_sem, 0), 0);
	for (int i = 0; i < THREADS; i++)
		uv_queue_work(&bed.loop, &held[i], hold_work, NULL);
}

static void
threads_release(void)
{
	for (int i = 0; i < THREADS; i++)
		uv_sem_post(&held_sem);
}

/* The next line answers test.big with n strings of 100000 letters. */
static void
expect_big(size_t n)
{
	char *line = peer_line(&peer);

	CU_ASSERT_EQUAL(strlen(line), strlen(ANSWER("0", "[]")) + n * 100002 + n - 1);
	free(line);
}

static void
call_may_be_answered_after_later_ones(void)
{
	begin();
	peer_send(&peer, LATER("1") LATER("2") LATER("3"));
	BED_UNTIL(&bed, bed.later_n == 3);
	lb_rpc_answer(bed.later[1], json_string("b"));
	lb_rpc_answer(bed.later[2], json_string("c"));
	lb_rpc_answer(bed.later[0], json_string("a"));
	peer_expect(&peer, ANSWER("2", "\"b\""));
	peer_expect(&peer, ANSWER("3", "\"c\""));
	peer_expect(&peer, ANSWER("1", "\"a\""));
	end();
}

static void
call_may_fail_later(void)
{
	struct lb_error err = { .text = "service \"web\": there is none; add it" };

	begin();
	peer_send(&peer, LATER("1"));
	BED_UNTIL(&bed, bed.later_n == 1);
	lb_rpc_fail(bed.later[0], -32000, "unknown_service", &err);
	peer_expect(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"service "
		"\\\"web\\\": there is none; add it\",\"data\":{\"code\":\"unknown_service\"}}}");
	end();
}

static void
small_answer_does_not_overtake_a_big_one(void)
{
	begin();
	threads_hold();
	peer_send(&peer, BIG("20") LATER("1") BIG("1") LATER("2"));
	BED_UNTIL(&bed, bed.later_n == 2);
	lb_rpc_answer(bed.later[0], json_true());
	lb_rpc_answer(bed.later[1], json_true());
	for (int i = 0; i < 50; i++)
		bed_turn(&bed);
	CU_ASSERT_FALSE(peer_has_line(&peer));
	threads_release();
	expect_big(20);
	expect_big(1);
	peer_expect(&peer, ANSWER("1", "true"));
	peer_expect(&peer, ANSWER("2", "true"));
	end();
}

/* Nor does it wait for what another client gets. */
static void
big_answer_of_another_client_is_not_waited_for(void)
{
	struct peer other;

	begin();
	peer_begin(&other, &bed);
	threads_hold();
	peer_send(&other, BIG("20"));
	BED_UNTIL(&bed, bed.big_n == 1);
	peer_works(&peer);
	threads_release();
	peer_end(&other);
	end();
}

/* The largest piece of memory that jansson took in the thread of the loop, and in others. */
static pthread_t loop_thread;
static atomic_size_t loop_largest, others_largest;

static void *
note_malloc(size_t size)
{
	atomic_size_t *largest =
		pthread_equal(pthread_self(), loop_thread) ? &loop_largest : &others_largest;

	if (size > *largest)
		*largest = size;
	return malloc(size);
}

static void
note_begin(void)
{
	loop_thread = pthread_self();
	loop_largest = others_largest = 0;
	json_set_alloc_funcs(note_malloc, free);
}

static void
note_end(void)
{
	json_set_alloc_funcs(malloc, free);
}

static void
long_answer_is_written_in_another_thread(void)
{
	begin();
	note_begin();
	peer_send(&peer, BIG("50"));
	expect_big(50);
	note_end();
	CU_ASSERT(loop_largest < 200000); /* one of its strings */
	CU_ASSERT(others_largest >= 5000000);
	end();
}

static void
short_answer_is_written_at_once(void)
{
	begin();
	note_begin();
	peer_works(&peer);
	note_end();
	CU_ASSERT(loop_largest > 0);
	CU_ASSERT_EQUAL(others_largest, 0);
	end();
}

static void
long_line_is_parsed_in_another_thread(void)
{
	static const char head[] =
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.types\",\"params\":{\"string\":\"";
	static char text[1000001];

	begin();
	memset(text, 'm', sizeof(text) - 1);
	memcpy(text, head, sizeof(head) - 1);
	note_begin();
	peer_send(&peer, text);
	peer_ask(&peer, "\"}}", ANSWER("1", "true"));
	note_end();
	CU_ASSERT(loop_largest < 65536);
	CU_ASSERT(others_largest >= 900000);
	end();
}

static void
long_line_that_is_no_json_is_a_parse_error(void)
{
	static char text[500001];

	begin();
	memset(text, '[', sizeof(text) - 1);
	peer_send(&peer, text);
	peer_ask(&peer, "",
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"request:"
		" "
		"not JSON at byte 2049: maximum parsing depth reached near '['; send one object, "
		"or an array of them, per line\",\"data\":{\"code\":\"parse_error\"}}}");
	peer_works(&peer);
	end();
}

static void
client_that_has_gone_does_not_matter_to_its_call(void)
{
	begin();
	peer_send(&peer, LATER("1") LATER("2") LATER("3"));
	BED_UNTIL(&bed, bed.later_n == 3);
	peer_end(&peer);
	BED_UNTIL(&bed, lb_rpc_server_stats(bed.server)->clients == 0);
	lb_rpc_answer(bed.later[2], json_true());
	lb_rpc_answer(bed.later[0], NULL);
	peer_begin(&peer, &bed);
	peer_works(&peer);
	lb_rpc_fail(bed.later[1], -32000, "x", &(struct lb_error){ .text = "x" });
	peer_works(&peer);
	end();
}

static void
client_may_go_before_its_answer_is_written(void)
{
	begin();
	threads_hold();
	peer_send(&peer, BIG("50") BIG("50"));
	BED_UNTIL(&bed, bed.big_n == 2);
	peer_end(&peer);
	BED_UNTIL(&bed, lb_rpc_server_stats(bed.server)->clients == 0);
	threads_release();
	peer_begin(&peer, &bed);
	peer_works(&peer);
	end();
}

static void
client_may_go_before_its_line_is_parsed(void)
{
	static char text[900002];

	begin();
	memset(text, ' ', sizeof(text) - 2);
	text[sizeof(text) - 2] = '\n';
	threads_hold();
	peer_send(&peer, text);
	peer_end(&peer);
	peer_begin(&peer, &bed);
	peer_works(&peer);
	threads_release();
	BED_UNTIL(&bed, lb_rpc_server_stats(bed.server)->clients == 1);
	CU_ASSERT_EQUAL(lb_rpc_server_stats(bed.server)->faults, 1);
	end();
}

static void
server_may_end_before_threads_have_worked_for_it(void)
{
	static char text[900002];
	struct peer other;

	begin();
	memset(text, ' ', sizeof(text) - 2);
	text[sizeof(text) - 2] = '\n';
	threads_hold();
	peer_begin(&other, &bed);
	peer_send(&other, text);
	peer_send(&peer, BIG("50") BIG("50") BIG("50") LATER("1"));
	BED_UNTIL(&bed, bed.later_n == 1);
	peer_end(&other);
	peer_end(&peer);
	lb_rpc_server_destroy(bed.server);
	bed.server = NULL;
	for (int i = 0; i < 10; i++)
		bed_turn(&bed);
	threads_release();
	bed_end(&bed);
	lb_rpc_answer(bed.later[0], json_true());
	CU_ASSERT_EQUAL(bed.big_n, 3);
}

static const struct unit_test tests[] = {
	UNIT_TEST(call_may_be_answered_after_later_ones),
	UNIT_TEST(call_may_fail_later),
	UNIT_TEST(small_answer_does_not_overtake_a_big_one),
	UNIT_TEST(big_answer_of_another_client_is_not_waited_for),
	UNIT_TEST(long_answer_is_written_in_another_thread),
	UNIT_TEST(short_answer_is_written_at_once),
	UNIT_TEST(long_line_is_parsed_in_another_thread),
	UNIT_TEST(long_line_that_is_no_json_is_a_parse_error),
	UNIT_TEST(client_that_has_gone_does_not_matter_to_its_call),
	UNIT_TEST(client_may_go_before_its_answer_is_written),
	UNIT_TEST(client_may_go_before_its_line_is_parsed),
	UNIT_TEST(server_may_end_before_threads_have_worked_for_it),
	UNIT_END,
};

const struct unit_suite unit_rpc_order = { "order", tests };
