/*
 * Servers come, go and change their weight while connections are made, for every scheduler, with
 * one worker and with three: known connections stay where they are, the sums of each server are
 * those of what was sent, and nobody starves.
 */

#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "lb_conf.h"
#include "unit.h"

#define ROUNDS 24
#define NEW 20 /* connections of a round */
#define FLOWS (ROUNDS * NEW)

/* What was sent, by flow and by server. */
static struct {
	unsigned int seed;
	uint32_t server_of[FLOWS]; /* SERVERS: refused */
	uint32_t picked[SERVERS];  /* connections made */
	uint32_t offered[SERVERS]; /* connections that were made while it had weight */
	uint32_t weights[SERVERS]; /* of this round; UINT32_MAX: it is not there */
	uint32_t flows;
} sent;

/* Each flow has another client and another destination. */
static struct frame
packet(uint32_t flow, uint8_t flags)
{
	struct frame_flow at = { CLIENT_IP(flow % 97), IP(203, 0, 113, 0) + flow % 89,
		(uint16_t)(20000 + flow), 80 };

	return frame_tcp(&at, flags, 0);
}

static uint32_t
send_packet(uint32_t flow, uint8_t flags)
{
	struct frame in = packet(flow, flags), out = { 0 };

	graph_send(WAN, &in);
	graph_drain(WAN, 0);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

/* Weights of a new round; at least one server takes connections. */
static void
draw_weights(void)
{
	bool any = false;

	while (!any)
		for (uint32_t i = 0; i < SERVERS; i++) {
			uint32_t drawn = (uint32_t)rand_r(&sent.seed) % 7;

			sent.weights[i] = drawn == 6 ? UINT32_MAX : drawn;
			any |= drawn > 0 && drawn < 6;
		}
}

static const char *
services(const char *scheduler)
{
	static char text[1024];
	size_t n = (size_t)snprintf(text, sizeof(text),
		"{ name = \"web\"; scheduler = \"%s\";"
		"  match = ( { address = \"0.0.0.0/0\"; port = 80; } ); servers = (",
		scheduler);
	const char *comma = "";

	for (uint32_t i = 0; i < SERVERS; i++) {
		if (sent.weights[i] == UINT32_MAX)
			continue;
		n += (size_t)snprintf(&text[n], sizeof(text) - n,
			"%s{ address = \"10.2.0.%u\"; weight = %u; }", comma, 21 + i,
			sent.weights[i]);
		comma = ", ";
	}
	snprintf(&text[n], sizeof(text) - n, " ); }");
	return text;
}

static bool
takes_new(uint32_t server)
{
	return sent.weights[server] != UINT32_MAX && sent.weights[server] != 0;
}

static void
make_connections(void)
{
	for (uint32_t i = 0; i < NEW; i++) {
		uint32_t server = send_packet(sent.flows, TCP_SYN);

		CU_ASSERT_TRUE(server == SERVERS || takes_new(server));
		sent.server_of[sent.flows++] = server;
		if (server < SERVERS)
			sent.picked[server]++;
		for (uint32_t k = 0; k < SERVERS; k++)
			sent.offered[k] += takes_new(k);
	}
}

/* A random one of those that are open goes on; sometimes it closes. */
static void
go_on(void)
{
	for (uint32_t i = 0; i < NEW; i++) {
		uint32_t flow = (uint32_t)rand_r(&sent.seed) % sent.flows;

		if (sent.server_of[flow] < SERVERS)
			CU_ASSERT_EQUAL(send_packet(flow, TCP_ACK), sent.server_of[flow]);
	}
}

static void
check_sums(struct director *director)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < SERVERS; i++) {
		struct lb_endpoint at = { lb_addr_ip4(rte_cpu_to_be_32(SERVER_IP(i))), 0 };
		uint32_t slot = lb_slots_lookup(director->slots, "web", &at);
		struct lb_sched_load load = { 0 };

		if (slot != LB_SLOT_NONE) {
			load = lb_slots_load(director->slots, slot);
			CU_ASSERT_EQUAL(
				lb_slots_stats(director->slots, slot).conns, sent.picked[i]);
		}
		CU_ASSERT_EQUAL(load.active + load.inactive, sent.picked[i]);
		all += sent.picked[i];
	}
	CU_ASSERT_EQUAL(graph_connections(), all);
}

/* fo and ovf prefer the heaviest whatever it costs the others. */
static void
check_shares(const char *scheduler)
{
	for (uint32_t i = 0; i < SERVERS; i++) {
		bool starves = sent.offered[i] >= 5 * NEW && sent.picked[i] == 0;

		if (starves && strcmp(scheduler, "fo") != 0 && strcmp(scheduler, "ovf") != 0) {
			CU_FAIL("a server starves");
			printf("# %s: server %u got none of %u\n", scheduler, i, sent.offered[i]);
		}
	}
}

static void
churn(const char *scheduler, uint32_t workers, unsigned int seed)
{
	struct lb_conf *confs[ROUNDS];
	struct director *director;

	memset(&sent, 0, sizeof(sent));
	sent.seed = seed;
	draw_weights();
	director = graph_boot_met(
		&(struct graph_setup){ .services = services(scheduler), .workers = workers });
	for (int round = 0; round < ROUNDS; round++) {
		make_connections();
		go_on();
		check_sums(director);
		draw_weights();
		confs[round] = graph_conf(services(scheduler));
		graph_apply(confs[round]);
		for (uint32_t i = 0; i < SERVERS; i++) /* one that is back is asked for anew */
			graph_announce(LAN, SERVER_MAC(i), SERVER_IP(i));
		graph_settle();
	}
	check_shares(scheduler);
	graph_end();
	for (int round = 0; round < ROUNDS; round++)
		lb_conf_destroy(confs[round]);
}

static void
all_schedulers_bear_it_with_one_worker(void)
{
	for (size_t i = 0; lb_sched_table[i] != NULL; i++)
		churn(lb_sched_table[i]->name, 1, 1 + (unsigned int)i);
}

static void
all_schedulers_bear_it_with_three_workers(void)
{
	for (size_t i = 0; lb_sched_table[i] != NULL; i++)
		churn(lb_sched_table[i]->name, 3, 101 + (unsigned int)i);
}

static const struct unit_test tests[] = {
	UNIT_TEST(all_schedulers_bear_it_with_one_worker),
	UNIT_TEST(all_schedulers_bear_it_with_three_workers),
	UNIT_END,
};

const struct unit_suite graph_churn = { "churn", tests };
