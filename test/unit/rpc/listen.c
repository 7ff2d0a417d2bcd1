/* Clients that are told what they did not ask for. */

#include <pthread.h>
#include <stdatomic.h>

#include "bed.h"
#include "lb_log.h"
#include "lb_rpc_client.h"

#define LISTEN "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"test.listen\"}"
#define ANSWER "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":true}"

static struct bed bed;
static struct peer peer;
static struct lb_rpc_listener *listener; /* the last one */
static unsigned int gone;

static void
on_gone(void *arg)
{
	CU_ASSERT_PTR_EQUAL(arg, &bed);
	gone++;
}

static void
listen_to(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)params;
	listener = lb_rpc_listen(call, on_gone, arg);
	CU_ASSERT_PTR_NOT_NULL(listener);
	lb_rpc_answer(call, json_true());
}

static const struct lb_rpc_method methods[] = {
	{ "test.echo", "Answer what is given.", bed_echo_params, "the text", false, bed_echo },
	{ "test.listen", "Be told.", NULL, "true", false, listen_to },
};

static void
begin(void)
{
	bed_init(&bed);
	bed.conf.methods = methods;
	bed.conf.methods_n = sizeof(methods) / sizeof(methods[0]);
	bed_serve(&bed);
	gone = 0;
	peer_begin(&peer, &bed);
	peer_ask(&peer, LISTEN, ANSWER);
}

static void
notify(const char *text)
{
	json_t *params = json_pack("{s:s}", "said", text);

	lb_rpc_notify(listener, "event", params);
	json_decref(params);
}

static void
notifications_come_in_their_order_between_answers(void)
{
	begin();
	notify("one");
	notify("two");
	peer_expect(
		&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"said\":\"one\"}}");
	peer_expect(
		&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"said\":\"two\"}}");
	peer_works(&peer);
	CU_ASSERT_EQUAL(gone, 0);
	peer_end(&peer);
	BED_UNTIL(&bed, gone == 1);
	bed_end(&bed);
}

static void
who_listens_again_is_told_once(void)
{
	begin();
	peer_ask(&peer, LISTEN, ANSWER);
	CU_ASSERT_EQUAL(gone, 1);
	notify("one");
	peer_expect(
		&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"said\":\"one\"}}");
	peer_works(&peer);
	peer_end(&peer);
	BED_UNTIL(&bed, gone == 2);
	bed_end(&bed);
}

static void
listener_ends_with_the_server(void)
{
	begin();
	lb_rpc_server_destroy(bed.server);
	CU_ASSERT_EQUAL(gone, 1);
	bed.server = NULL;
	bed_end(&bed);
	peer_end(&peer);
}

/* It sends no more, so nobody knows whether it still reads. */
static void
listener_ends_with_its_clients_sending(void)
{
	begin();
	shutdown(peer.fd, SHUT_WR);
	BED_UNTIL(&bed, gone == 1);
	BED_UNTIL(&bed, peer_is_closed(&peer));
	peer_end(&peer);
	bed_end(&bed);
}

/* Not after a while, as one that lets answers lie: more comes whatever it does. */
static void
listener_that_does_not_read_is_closed(void)
{
	static char text[10001]; /* so light that it is written at once */
	unsigned int n = 0;

	memset(text, 'x', sizeof(text) - 1);
	lb_log_set_level(LB_LOG_ERROR);
	begin();
	while (gone == 0 && n < 10000) {
		notify(text);
		bed_turn(&bed);
		n++;
	}
	CU_ASSERT_EQUAL(gone, 1);
	CU_ASSERT_TRUE(n > (LB_RPC_UNSENT_MAX / sizeof(text)));
	CU_ASSERT_TRUE(n < 2 * (LB_RPC_UNSENT_MAX / sizeof(text)));
	CU_ASSERT_EQUAL(lb_rpc_server_stats(bed.server)->stalled, 1);
	lb_log_set_level(LB_LOG_INFO);
	peer_end(&peer);
	bed_end(&bed);
}

/* What the client of the command line makes of it, in its thread. */
struct heard {
	pthread_t thread;
	atomic_int n;
	char said[3][16];
	int last; /* what came of waiting for more */
	struct lb_error err;
	atomic_bool over;
};

static void *
hear(void *arg)
{
	struct heard *heard = arg;
	struct lb_rpc_fault fault = { 0 };
	struct lb_rpc_client *client = lb_rpc_connect(bed.path, 60000, &heard->err);
	json_t *json = NULL;

	lb_rpc_client_call(client, "test.listen", NULL, &json, &fault);
	json_decref(json);
	while ((heard->last = lb_rpc_client_next(client, &json, &heard->err)) == 0) {
		snprintf(heard->said[heard->n % 3], sizeof(heard->said[0]), "%s",
			json_string_value(json_object_get(json, "said")));
		heard->n++;
		json_decref(json);
	}
	lb_rpc_disconnect(client);
	heard->over = true;
	return NULL;
}

static void
client_waits_for_notifications(void)
{
	static struct heard heard;
	struct lb_rpc_listener *first;

	begin();
	first = listener;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&heard.thread, NULL, hear, &heard), 0);
	BED_UNTIL(&bed, listener != first);
	notify("one");
	notify("two");
	BED_UNTIL(&bed, heard.n == 2);
	CU_ASSERT_STRING_EQUAL(heard.said[0], "one");
	CU_ASSERT_STRING_EQUAL(heard.said[1], "two");
	lb_rpc_server_destroy(bed.server);
	bed.server = NULL;
	BED_UNTIL(&bed, heard.over);
	pthread_join(heard.thread, NULL);
	CU_ASSERT_EQUAL(heard.last, -ECONNRESET);
	peer_end(&peer);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(notifications_come_in_their_order_between_answers),
	UNIT_TEST(who_listens_again_is_told_once),
	UNIT_TEST(listener_ends_with_the_server),
	UNIT_TEST(listener_ends_with_its_clients_sending),
	UNIT_TEST(listener_that_does_not_read_is_closed),
	UNIT_TEST(client_waits_for_notifications),
	UNIT_END,
};

const struct unit_suite unit_rpc_listen = { "listen", tests };
