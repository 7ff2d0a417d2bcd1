/* Many clients, and clients that behave badly: nobody else waits for them. */

#include <sys/resource.h>

#include "bed.h"
#include "lb_log.h"

#define IDLE 300
#define FULL 1024
#define BIG                                                                                        \
	"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"test.big\",\"params\":{\"n\":10}}\n" /* 1 MB   \
											  */
#define NOTE "{\"jsonrpc\":\"2.0\",\"method\":\"test.change\"}\n"

static struct bed bed;
static struct peer peer, other, crowd[FULL];

static const struct lb_rpc_stats *
stats(void)
{
	return lb_rpc_server_stats(bed.server);
}

static void
crowd_begin(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		peer_begin(&crowd[i], &bed);
		BED_UNTIL(&bed, stats()->clients == i + 1);
	}
}

static void
crowd_end(size_t n)
{
	for (size_t i = 0; i < n; i++)
		peer_end(&crowd[i]);
}

static void
clients_that_do_nothing_cost_no_turn(void)
{
	bed_begin(&bed);
	crowd_begin(IDLE);
	peer_begin(&peer, &bed);
	peer_works(&peer);
	/* nothing that would turn the loop without an event is active: it sleeps */
	bed_turn(&bed);
	CU_ASSERT_EQUAL(uv_backend_timeout(&bed.loop), -1);
	crowd_end(IDLE);
	BED_UNTIL(&bed, stats()->clients == 1);
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

static void
clients_that_come_at_once_are_accepted_one_by_turn(void)
{
	uint64_t before;

	bed_begin(&bed);
	for (size_t i = 0; i < 100; i++)
		peer_begin(&crowd[i], &bed);
	for (before = 0; before < 100; before = stats()->accepted) {
		bed_turn(&bed);
		CU_ASSERT(stats()->accepted <= before + 1);
	}
	crowd_end(100);
	bed_end(&bed);
}

static void
one_client_too_many_is_told_so(void)
{
	struct rlimit files;

	CU_ASSERT_EQUAL(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_max;
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &files), 0);
	bed_begin(&bed);
	crowd_begin(FULL);
	peer_begin(&peer, &bed);
	peer_expect(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32003,\"message\":\"socket: "
		"it has as many clients as it may have; close some of "
		"them\",\"data\":{\"code\":\"too_many_clients\"}}}");
	BED_UNTIL(&bed, peer_is_closed(&peer));
	CU_ASSERT_EQUAL(stats()->refused, 1);
	peer_works(&crowd[FULL - 1]);
	peer_end(&peer);
	peer_end(&crowd[0]);
	BED_UNTIL(&bed, stats()->clients == FULL - 1);
	peer_begin(&crowd[0], &bed);
	peer_works(&crowd[0]);
	crowd_end(FULL);
	bed_end(&bed);
}

static void
client_with_many_lines_leaves_turns_to_others(void)
{
	static char notes[1000 * sizeof(NOTE)];

	bed_begin(&bed);
	peer_begin(&peer, &bed);
	peer_begin(&other, &bed);
	peer_works(&other);
	for (size_t i = 0; i < 1000; i++)
		memcpy(notes + i * strlen(NOTE), NOTE, strlen(NOTE));
	CU_ASSERT_EQUAL_FATAL(send(peer.fd, notes, 1000 * strlen(NOTE), 0), 1000 * strlen(NOTE));
	peer_works(&other);
	CU_ASSERT(bed.changes_n < 10);
	BED_UNTIL(&bed, bed.changes_n == 1000);
	peer_end(&peer);
	peer_end(&other);
	bed_end(&bed);
}

static void
client_that_never_reads_is_closed_and_others_go_on(void)
{
	bed_init(&bed);
	bed.conf.stall_ms = 50;
	bed_serve(&bed);
	lb_log_set_level(LB_LOG_ERROR); /* the server tells of it */
	peer_begin(&peer, &bed);
	peer_begin(&other, &bed);
	for (int i = 0; i < 100; i++)
		peer_send(&peer, BIG);
	BED_UNTIL(&bed, stats()->stalled == 1);
	lb_log_set_level(LB_LOG_INFO);
	/* 4 MiB are five answers; more may be on their way while those are written */
	CU_ASSERT(bed.big_n >= 5);
	CU_ASSERT(bed.big_n <= 5 + LB_RPC_CALLS_MAX);
	peer_works(&other);
	CU_ASSERT_EQUAL(stats()->clients, 1);
	peer_end(&peer);
	peer_end(&other);
	bed_end(&bed);
}

static void
client_with_less_unsent_may_read_when_it_likes(void)
{
	char *line;

	bed_init(&bed);
	bed.conf.stall_ms = 1;
	bed_serve(&bed);
	peer_begin(&peer, &bed);
	peer_send(&peer, BIG BIG);
	BED_UNTIL(&bed, bed.big_n == 2);
	for (uint64_t since = uv_hrtime(); uv_hrtime() - since < 50000000;)
		bed_turn(&bed);
	CU_ASSERT_EQUAL(stats()->stalled, 0);
	for (int i = 0; i < 2; i++) {
		line = peer_line(&peer);
		CU_ASSERT(strlen(line) > 1000000);
		free(line);
	}
	peer_end(&peer);
	bed_end(&bed);
}

static void
client_that_reads_gets_more_than_fits(void)
{
	char *line;

	bed_begin(&bed);
	peer_begin(&peer, &bed);
	for (int i = 0; i < 30; i++)
		peer_send(&peer, BIG);
	BED_UNTIL(&bed, bed.big_n >= 5);
	for (int i = 0; i < 30; i++) {
		line = peer_line(&peer);
		CU_ASSERT(strlen(line) > 1000000);
		free(line);
	}
	CU_ASSERT_EQUAL(bed.big_n, 30);
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

static void
answer_longer_than_what_may_wait_arrives_whole(void)
{
	char *line;

	bed_begin(&bed);
	peer_begin(&peer, &bed);
	peer_send(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"test.big\",\"params\":{\"n\":80}}\n");
	line = peer_line(&peer);
	CU_ASSERT_EQUAL(strlen(line), 36 + 80 * 100002 + 79);
	free(line);
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(clients_that_do_nothing_cost_no_turn),
	UNIT_TEST(clients_that_come_at_once_are_accepted_one_by_turn),
	UNIT_TEST(one_client_too_many_is_told_so),
	UNIT_TEST(client_with_many_lines_leaves_turns_to_others),
	UNIT_TEST(client_that_never_reads_is_closed_and_others_go_on),
	UNIT_TEST(client_with_less_unsent_may_read_when_it_likes),
	UNIT_TEST(client_that_reads_gets_more_than_fits),
	UNIT_TEST(answer_longer_than_what_may_wait_arrives_whole),
	UNIT_END,
};

const struct unit_suite unit_rpc_crowd = { "crowd", tests };
