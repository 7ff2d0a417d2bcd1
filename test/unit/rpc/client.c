/*
 * The client of the command line, in a thread of its own as it blocks; and daemons that are not
 * there or answer what they should not.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "bed.h"
#include "lb_rpc_client.h"

/* A call, made by another thread. */
struct asked {
	const char *path, *method;
	json_t *params;
	int timeout_ms;
	pthread_t thread;
	atomic_bool over;

	int rc;
	json_t *result;
	struct lb_rpc_fault fault;
};

static struct bed bed;
static struct asked asked;

static void *
ask_thread(void *arg)
{
	struct asked *ask = arg;
	struct lb_rpc_client *client = lb_rpc_connect(ask->path, ask->timeout_ms, &ask->fault.err);

	ask->rc = client == NULL ? -ask->fault.err.code
				 : lb_rpc_client_call(client, ask->method, ask->params,
					   &ask->result, &ask->fault);
	lb_rpc_disconnect(client);
	ask->over = true;
	return NULL;
}

/* Have a thread call; takes params. */
static void
ask_begin(const char *method, json_t *params, int timeout_ms)
{
	asked = (struct asked){
		.path = bed.path, .method = method, .params = params, .timeout_ms = timeout_ms
	};
	CU_ASSERT_EQUAL_FATAL(pthread_create(&asked.thread, NULL, ask_thread, &asked), 0);
}

/* Serve it until it has what it wants. */
static void
ask_end(void)
{
	BED_UNTIL(&bed, asked.over);
	pthread_join(asked.thread, NULL);
}

static void
ask(const char *method, json_t *params)
{
	ask_begin(method, params, 60000);
	ask_end();
}

/* It failed with the sentence; %s in it is the path. */
static void
failed(int code, const char *sentence)
{
	char expected[LB_ERROR_TEXT];

	snprintf(expected, sizeof(expected), sentence, bed.path);
	CU_ASSERT_EQUAL(asked.rc, -code);
	CU_ASSERT_EQUAL(asked.fault.err.code, code);
	CU_ASSERT_STRING_EQUAL(asked.fault.err.text, expected);
}

static void
call_brings_its_result(void)
{
	bed_begin(&bed);
	ask("test.echo", json_pack("{s:s}", "text", "hello"));
	CU_ASSERT_EQUAL(asked.rc, 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(asked.result), "hello");
	json_decref(asked.result);
	ask("test.change", NULL);
	CU_ASSERT_EQUAL(asked.rc, 0);
	CU_ASSERT_PTR_EQUAL(asked.result, json_true());
	ask("test.echo", json_pack("{s:n}", "text"));
	CU_ASSERT_EQUAL(asked.rc, 0);
	CU_ASSERT_PTR_EQUAL(asked.result, json_null());
	bed_end(&bed);
}

static void
call_that_is_refused_brings_code_word_and_sentence(void)
{
	bed_begin(&bed);
	ask("test.refuse", json_pack("{s:s}", "server", "s1"));
	failed(EREMOTEIO, "server \"s1\": there is none; add it");
	CU_ASSERT_EQUAL(asked.fault.code, -32000);
	CU_ASSERT_STRING_EQUAL(asked.fault.word, "unknown_server");
	bed_end(&bed);
}

static void
long_answer_arrives_whole(void)
{
	bed_begin(&bed);
	ask("test.big", json_pack("{s:i}", "n", 200));
	CU_ASSERT_EQUAL(asked.rc, 0);
	CU_ASSERT_EQUAL(json_array_size(asked.result), 200);
	for (size_t i = 0; i < 200; i++)
		CU_ASSERT_EQUAL(json_string_length(json_array_get(asked.result, i)), 100000);
	json_decref(asked.result);
	bed_end(&bed);
}

/* The daemon refuses before it has read all of it. */
static void
request_that_is_too_long_is_refused_with_the_daemons_sentence(void)
{
	static char text[3000001];

	memset(text, 't', sizeof(text) - 1);
	bed_begin(&bed);
	ask("test.echo", json_pack("{s:s}", "text", text));
	failed(EREMOTEIO, "request: the line has more than 1 MiB; send several requests");
	CU_ASSERT_STRING_EQUAL(asked.fault.word, "line_too_long");
	bed_end(&bed);
}

static void
missing_socket_is_no_daemon(void)
{
	bed_init(&bed);
	ask("test.echo", NULL);
	failed(ECONNREFUSED,
		"socket \"%s\": no daemon is there; start polluxd, or name its socket");
	bed_end(&bed);
}

/* A socket that the test serves by hand. Listens if backlog is not negative. */
static int
fake_begin(int backlog)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	bed_init(&bed);
	strcpy(address.sun_path, bed.path);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (backlog >= 0)
		CU_ASSERT_EQUAL_FATAL(listen(fd, backlog), 0);
	return fd;
}

/* Answer a call with a text, then close. */
static void
fake_answer(const char *text)
{
	int fd = fake_begin(1), client;
	char request[256];

	ask_begin("test.types", NULL, 60000);
	client = accept(fd, NULL, NULL);
	CU_ASSERT(recv(client, request, sizeof(request), 0) > 0);
	CU_ASSERT_EQUAL(send(client, text, strlen(text), 0), (ssize_t)strlen(text));
	close(client);
	ask_end();
	close(fd);
	unlink(bed.path);
}

static void
socket_where_nobody_listens_is_no_daemon(void)
{
	int fd = fake_begin(-1);

	ask("test.types", NULL);
	failed(ECONNREFUSED,
		"socket \"%s\": no daemon is there; start polluxd, or name its socket");
	close(fd);
	unlink(bed.path);
	bed_end(&bed);
}

static void
call_without_an_answer_ends_in_time(void)
{
	bed_begin(&bed);
	ask_begin("test.later", NULL, 30);
	ask_end();
	failed(ETIMEDOUT, "test.later: no answer on socket \"%s\" for 30 ms; see the daemon's log");
	BED_UNTIL(&bed, lb_rpc_server_stats(bed.server)->clients == 0);
	if (bed.later_n == 1)
		lb_rpc_answer(bed.later[0], json_true());
	bed_end(&bed);
}

static void
daemon_that_closes_is_told_from_one_that_is_silent(void)
{
	fake_answer("");
	failed(ECONNRESET,
		"test.types: the daemon closed socket \"%s\"; see its log, and whether it runs");
	bed_end(&bed);
	fake_answer("{\"jsonrpc\":\"2.0\",\"id\":1,\"res");
	failed(ECONNRESET,
		"test.types: the daemon closed socket \"%s\"; see its log, and whether it runs");
	bed_end(&bed);
}

static void
line_that_is_no_answer_is_refused(void)
{
	static const char *const lines[] = { "hello\n", "[]\n", "7\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1}}\n" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		fake_answer(lines[i]);
		failed(EPROTO,
			"test.types: what came on socket \"%s\" is no answer; name the socket of "
			"polluxd");
		bed_end(&bed);
	}
}

static void
lines_for_others_are_passed_over(void)
{
	fake_answer("{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{}}\n"
		    "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"late\"}\n"
		    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"mine\"}\n");
	CU_ASSERT_EQUAL(asked.rc, 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(asked.result), "mine");
	json_decref(asked.result);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(call_brings_its_result),
	UNIT_TEST(call_that_is_refused_brings_code_word_and_sentence),
	UNIT_TEST(long_answer_arrives_whole),
	UNIT_TEST(request_that_is_too_long_is_refused_with_the_daemons_sentence),
	UNIT_TEST(missing_socket_is_no_daemon),
	UNIT_TEST(socket_where_nobody_listens_is_no_daemon),
	UNIT_TEST(call_without_an_answer_ends_in_time),
	UNIT_TEST(daemon_that_closes_is_told_from_one_that_is_silent),
	UNIT_TEST(line_that_is_no_answer_is_refused),
	UNIT_TEST(lines_for_others_are_passed_over),
	UNIT_END,
};

const struct unit_suite unit_rpc_client = { "client", tests };
