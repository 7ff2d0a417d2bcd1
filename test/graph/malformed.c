/*
 * Hostile packets through the whole graph of three workers. None may crash it, none may vanish:
 * what came in left through a port, or ended in a drop node, at control, or among those held.
 * graph_end() sees that every packet buffer is back.
 */

#include "harness.h"

#include <string.h>

#include "director.h"
#include "unit.h"

#define FLIPPED 24000
#define WORKERS 3

/* Everything that has ended somewhere since the director was booted. */
struct sums {
	uint64_t in;    /* Packets that came in. */
	uint64_t asked; /* Made by workers: requests to resolve a next hop. */
	uint64_t dropped;
	uint64_t control;
	uint64_t out;
	uint64_t held;
};

static uint64_t
count_dropped(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; lb_node_drops[i] != NULL; i++)
		sum += graph_count(lb_node_drops[i]);
	return sum;
}

static uint64_t
count_received(void)
{
	return graph_count("eth_rx-0-0") + graph_count("eth_rx-0-1") + graph_count("eth_rx-0-2") +
	       graph_count("eth_rx-1-0");
}

/* Every ARP packet that is not dropped is punted; what else is punted was made by neigh_hold. */
static uint64_t
count_asked(uint64_t punted)
{
	uint64_t arp = graph_count("arp_input") - graph_count("drop_arp_malformed") -
		       graph_count("drop_arp_not_ours");

	return punted - arp;
}

static struct sums
sum_up(const struct director *director)
{
	uint64_t punted = graph_count("punt_arp_vip") + graph_count("punt_neigh");
	struct sums sums = {
		.in = count_received(),
		.asked = count_asked(punted),
		.dropped = count_dropped(),
		.control =
			punted - graph_count("drop_punt_arp_vip") - graph_count("drop_punt_neigh"),
		.out = graph_count("eth_tx-0") + graph_count("eth_tx-1") -
		       graph_count("drop_tx_full"),
	};

	for (uint32_t w = 0; w < director->workers_n; w++)
		sums.held += director->workers[w]->env.hold.n;
	return sums;
}

static void
expect_all_accounted_for(const struct director *director, uint64_t in, uint64_t out)
{
	struct sums sums = sum_up(director);

	CU_ASSERT_EQUAL(sums.in, in);
	CU_ASSERT_EQUAL(sums.out, out);
	CU_ASSERT_EQUAL(sums.in + sums.asked, sums.dropped + sums.control + sums.out + sums.held);
}

/* Frames that get far when they are whole. */
static size_t
make_samples(struct frame *samples)
{
	struct frame_flow web = frame_flow(0, 80), dns = frame_flow(1, 53);
	size_t n = 0;

	samples[n++] = frame_tcp(&web, TCP_SYN, 0);
	samples[n++] = frame_tcp(&web, TCP_ACK, 100);
	samples[n++] = frame_udp(&dns, 33);
	samples[n++] = frame_icmp(CLIENT_IP(0), VIP, ICMP_ECHO, 56);
	samples[n++] = frame_icmp(NEAR_IP, WAN_IP, ICMP_ECHO, 8);
	samples[n++] = frame_icmp(CLIENT_IP(0), VIP, ICMP_TIME_EXCEEDED, 28);
	samples[n++] = frame_arp(ARP_REQUEST, BROADCAST_MAC, ROUTER_MAC, ROUTER_IP, 0, VIP);
	samples[n++] = frame_udp(&dns, LAN_MTU);
	frame_put16(&samples[n - 1], FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&samples[n - 1]);
	samples[n++] = frame_tcp(&web, TCP_ACK, 0);
	samples[n - 1].bytes[FRAME_IP_TTL] = 1;
	frame_seal(&samples[n - 1]);
	return n;
}

#define SAMPLES 9

/* What announcements of the router and the servers have counted before. */
static uint64_t
start(struct director **director)
{
	*director = graph_boot_met(&(struct graph_setup){ .workers = WORKERS });
	return count_received();
}

static uint64_t
collect(void)
{
	return graph_drain(WAN, TYPE_IP4) + graph_drain(LAN, TYPE_IP4);
}

static void
every_truncation_is_accounted_for(void)
{
	struct frame samples[SAMPLES];
	struct director *director;
	uint64_t in = start(&director), out = 0;

	CU_ASSERT_EQUAL(make_samples(samples), SAMPLES);
	for (size_t s = 0; s < SAMPLES; s++) {
		for (size_t len = 0; len < samples[s].len; len++) {
			struct frame cut = samples[s];

			cut.len = len;
			graph_put(WAN, (uint16_t)(in++ % WORKERS), &cut);
			if (in % 32 == 0) {
				graph_settle();
				out += collect();
			}
		}
	}
	graph_settle();
	out += collect();
	CU_ASSERT_EQUAL(out, 0);
	expect_all_accounted_for(director, in, out);
	graph_end();
}

/* The header says that the packet is shorter than it is: the rest is padding. */
static void
every_shorter_total_length_is_accounted_for(void)
{
	struct frame samples[SAMPLES];
	struct director *director;
	uint64_t in = start(&director), out = 0;

	make_samples(samples);
	for (size_t s = 0; s < SAMPLES; s++) {
		if (frame_get16(&samples[s], FRAME_TYPE) != TYPE_IP4)
			continue;
		for (uint16_t total = 0; total < samples[s].len - FRAME_IP; total++) {
			struct frame lying = samples[s];

			frame_put16(&lying, FRAME_IP_LENGTH, total);
			frame_seal(&lying);
			graph_put(WAN, (uint16_t)(in++ % WORKERS), &lying);
			if (in % 32 == 0) {
				graph_settle();
				out += collect();
			}
		}
	}
	graph_settle();
	out += collect();
	expect_all_accounted_for(director, in, out);
	graph_end();
}

/* xorshift64: the same packets in every run. */
static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* One to four bits wrong; in two of three IPv4 packets the header's checksum is right even so. */
static void
flip_bits(struct frame *frame, uint64_t *state)
{
	uint64_t flips = 1 + next_random(state) % 4;
	uint64_t reach = RTE_MIN(frame->len, (size_t)64);

	for (uint64_t i = 0; i < flips; i++) {
		uint64_t bit = next_random(state) % (8 * reach);

		frame->bytes[bit / 8] ^= (uint8_t)(1 << (bit % 8));
	}
	if (next_random(state) % 3 != 0 && frame_get16(frame, FRAME_TYPE) == TYPE_IP4)
		frame_seal(frame);
	if (next_random(state) % 8 == 0)
		frame->len = next_random(state) % (frame->len + 1);
}

static void
flipped_bits_are_accounted_for(void)
{
	uint64_t state = UINT64_C(0x706f6c6c75780001);
	struct frame samples[SAMPLES];
	struct director *director;
	uint64_t in = start(&director), out = 0;

	make_samples(samples);
	for (int i = 0; i < FLIPPED; i++) {
		struct frame frame = samples[next_random(&state) % SAMPLES];

		flip_bits(&frame, &state);
		graph_put(next_random(&state) % 8 == 0 ? LAN : WAN, 0, &frame);
		in++;
		if (i % 32 == 31) {
			graph_settle();
			out += collect();
		}
	}
	graph_settle();
	out += collect();
	CU_ASSERT_TRUE(out > FLIPPED / 10); /* many were harmless */
	expect_all_accounted_for(director, in, out);
	graph_end();
}

/* Flows by each method, whose errors the director has to do something with. */
static const char each_method[] =
	"{ name = \"dr\"; address = \"10.1.0.200\"; port = 80;"
	"  servers = ( { address = \"10.2.0.21\"; } ); },"
	"{ name = \"tun\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
	"  forward = \"tun\"; servers = ( { address = \"10.2.0.21\"; } ); },"
	"{ name = \"nat\"; address = \"10.1.0.200\"; port = 90; forward = \"nat\";"
	"  servers = ( { address = \"10.2.0.21\"; port = 8080; } ); }";

#define QUOTES 5

/* An error that quotes all of a packet, which has to be reported as too big. */
static struct frame
quoting(uint32_t to, const struct frame *about)
{
	return frame_error(IP(10, 2, 0, 99), to, ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, 1300, about,
		about->len - FRAME_IP);
}

/* About answers of the VIP by each method, a request to a NAT server, and a tunnel of ours. */
static void
make_quotes(struct frame *quotes)
{
	static const uint16_t ports[] = { 80, 53, 90 };
	struct frame_flow request = { CLIENT_IP(0), SERVER_IP(0), 40000, 8080 };
	struct frame_flow tunnelled = { CLIENT_IP(0), VIP, 40000, 53 };
	struct frame about = frame_tcp(&request, TCP_ACK, 20), inner = frame_udp(&tunnelled, 20);

	quotes[3] = quoting(CLIENT_IP(0), &about);
	for (size_t i = 0; i < RTE_DIM(ports); i++) {
		struct frame_flow answer = { VIP, CLIENT_IP(0), ports[i], 40000 };

		about = ports[i] == 53 ? frame_udp(&answer, 20) : frame_tcp(&answer, TCP_ACK, 20);
		quotes[i] = quoting(VIP, &about);
	}
	frame_put16(&inner, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&inner);
	about = inner;
	memcpy(&about.bytes[FRAME_L4], &inner.bytes[FRAME_IP], inner.len - FRAME_IP);
	about.len += FRAME_L4 - FRAME_IP;
	frame_put16(&about, FRAME_IP_LENGTH, (uint16_t)(about.len - FRAME_IP));
	about.bytes[FRAME_IP_PROTOCOL] = 4;
	frame_put32(&about, FRAME_IP_SOURCE, WAN_IP);
	frame_seal(&about);
	quotes[4] = quoting(WAN_IP, &about);
}

/* A director that has those flows, and what it has received until then. */
static uint64_t
start_quotes(struct director **director)
{
	struct frame_flow web = frame_flow(0, 80), dns = frame_flow(0, 53), nat = frame_flow(0, 90);
	struct frame first[] = { frame_tcp(&web, TCP_SYN, 0), frame_udp(&dns, 0),
		frame_tcp(&nat, TCP_SYN, 0) };

	*director = graph_boot_met(
		&(struct graph_setup){ .workers = WORKERS, .services = each_method });
	for (size_t i = 0; i < RTE_DIM(first); i++)
		graph_send(WAN, &first[i]);
	CU_ASSERT_EQUAL(collect(), RTE_DIM(first));
	return count_received();
}

/* Make lengths and checksums around the quote right, so that only the quote is wrong. */
static void
seal_around(struct frame *error)
{
	frame_put16(error, FRAME_IP_LENGTH, (uint16_t)(error->len - FRAME_IP));
	frame_seal(error);
	frame_seal_icmp(error);
}

/* How many frames left before the errors came: one of each flow. */
#define FLOWS 3

static void
whole_quotes_all_lead_somewhere(void)
{
	struct frame quotes[QUOTES];
	struct director *director;
	uint64_t in = start_quotes(&director);

	make_quotes(quotes);
	for (size_t q = 0; q < QUOTES; q++) {
		graph_send(WAN, &quotes[q]);
		CU_ASSERT_EQUAL(collect(), 1);
	}
	expect_all_accounted_for(director, in + QUOTES, FLOWS + QUOTES);
	graph_end();
}

static void
every_truncated_quote_is_accounted_for(void)
{
	struct frame quotes[QUOTES];
	struct director *director;
	uint64_t in = start_quotes(&director), out = FLOWS;

	make_quotes(quotes);
	for (size_t q = 0; q < QUOTES; q++) {
		for (size_t len = FRAME_L4 + 8; len < quotes[q].len; len++) {
			struct frame cut = quotes[q];

			cut.len = len;
			seal_around(&cut);
			graph_put(WAN, (uint16_t)(in++ % WORKERS), &cut);
			graph_settle();
			out += collect();
		}
	}
	CU_ASSERT_TRUE(out > FLOWS + 40); /* 8 bytes behind the header are enough */
	expect_all_accounted_for(director, in, out);
	graph_end();
}

static void
flipped_quotes_are_accounted_for(void)
{
	uint64_t state = UINT64_C(0x706f6c6c75780003);
	struct frame quotes[QUOTES];
	struct director *director;
	uint64_t in = start_quotes(&director), out = FLOWS;

	make_quotes(quotes);
	for (int i = 0; i < FLIPPED; i++) {
		struct frame error = quotes[next_random(&state) % QUOTES];
		uint64_t flips = 1 + next_random(&state) % 3;

		for (uint64_t flip = 0; flip < flips; flip++) {
			uint64_t bit = next_random(&state) % (8 * (error.len - FRAME_L4));

			error.bytes[FRAME_L4 + bit / 8] ^= (uint8_t)(1 << (bit % 8));
		}
		if (next_random(&state) % 4 == 0)
			error.len -= next_random(&state) % (error.len - FRAME_L4 - 8);
		seal_around(&error);
		graph_put(next_random(&state) % 8 == 0 ? LAN : WAN, 0, &error);
		in++;
		if (i % 32 == 31) {
			graph_settle();
			out += collect();
		}
	}
	graph_settle();
	out += collect();
	CU_ASSERT_TRUE(out > FLIPPED / 10); /* many were harmless */
	expect_all_accounted_for(director, in, out);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(every_truncation_is_accounted_for),
	UNIT_TEST(every_shorter_total_length_is_accounted_for),
	UNIT_TEST(flipped_bits_are_accounted_for),
	UNIT_TEST(whole_quotes_all_lead_somewhere),
	UNIT_TEST(every_truncated_quote_is_accounted_for),
	UNIT_TEST(flipped_quotes_are_accounted_for),
	UNIT_END,
};

const struct unit_suite graph_malformed = { "malformed", tests };
