/*
 * Follows a sequence (see sequence.py) with a director over ring ports, one worker, and prints for
 * each line that asks for a decision what it was: "= LINE ANSWER". The sequence comes by standard
 * input. It is a test program as the others are, so that whatever the harness finds wrong, a lost
 * packet for example, makes it fail.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "harness.h"
#include "lb_node.h"
#include "twos.h"
#include "unit.h"

#define CONNECTIONS 400000
#define MOST_SERVERS 16
#define MOST_VIPS 16
#define WORDS (MOST_VIPS + 6)
#define NAT_PORT 8080

struct server {
	uint32_t number;
	uint32_t weight;
	uint32_t upper, lower; /* limits; 0: none */
};

/* What a line "case" begins: services that differ in their address only. */
static struct {
	uint32_t number;
	char protocol[8], scheduler[16], method[8], options[64];
	uint16_t port;
	char vips[MOST_VIPS][16];
	uint32_t vips_n;
	struct server servers[MOST_SERVERS];
	uint32_t servers_n;
} now;

static struct lb_conf *applied;

static void
fault(uint32_t line, const char *what)
{
	printf("Bail out! line %u of the sequence: %s\n", line, what);
	exit(1);
}

static uint32_t
parse_ip(const char *text)
{
	unsigned int a, b, c, d;

	CU_ASSERT_EQUAL_FATAL(sscanf(text, "%u.%u.%u.%u", &a, &b, &c, &d), 4);
	return IP(a, b, c, d);
}

static uint32_t
parse_number(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 10);
}

static void
write_options(FILE *out)
{
	bool hashes = strcmp(now.scheduler, "sh") == 0 || strcmp(now.scheduler, "mh") == 0;

	if (strstr(now.options, "persist") != NULL)
		fprintf(out, " persistence_ms = 300000;");
	if (strstr(now.options, "one-packet") != NULL)
		fprintf(out, " one_packet = true;");
	if (hashes)
		fprintf(out, " scheduler_options = { fallback = %s; port = %s; };",
			strstr(now.options, "fallback") != NULL ? "true" : "false",
			strstr(now.options, "port") != NULL ? "true" : "false");
}

static void
service_name(uint32_t vip, char name[LB_SVC_NAME])
{
	snprintf(name, LB_SVC_NAME, "case-%u-%u", now.number, vip);
}

static void
write_service(FILE *out, uint32_t vip)
{
	uint16_t port = strcmp(now.method, "nat") == 0 ? NAT_PORT : now.port;
	char name[LB_SVC_NAME];

	service_name(vip, name);
	fprintf(out,
		",{ name = \"%s\"; address = \"%s\"; port = %u; protocol = \"%s\";"
		" scheduler = \"%s\"; forward = \"%s\";",
		name, now.vips[vip], now.port, now.protocol, now.scheduler, now.method);
	write_options(out);
	fprintf(out, " servers = (");
	for (uint32_t i = 0; i < now.servers_n; i++)
		fprintf(out,
			"%s{ address = \"10.2.0.%u\"; port = %u; weight = %u; upper = %u; lower = "
			"%u; }",
			i == 0 ? "" : ",", 21 + now.servers[i].number, port, now.servers[i].weight,
			now.servers[i].upper, now.servers[i].lower);
	fprintf(out, "); }\n");
}

/* A service that has every server, so that none is forgotten as a neighbour between cases. */
static void
write_neighbours(FILE *out)
{
	fprintf(out, "{ name = \"neighbours\"; address = \"198.51.100.0\"; port = 1; servers = (");
	for (uint32_t i = 0; i < MOST_SERVERS; i++)
		fprintf(out, "%s{ address = \"10.2.0.%u\"; }", i == 0 ? "" : ",", 21 + i);
	fprintf(out, "); }\n");
}

static FILE *
open_text(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (out == NULL)
		fault(0, "no memory for a configuration");
	return out;
}

/* The router and all servers say where they are: nobody here answers when they are asked. */
static void
announce_all(void)
{
	graph_announce(WAN, ROUTER_MAC, ROUTER_IP);
	for (uint32_t i = 0; i < MOST_SERVERS; i++)
		graph_announce(LAN, SERVER_MAC(i), SERVER_IP(i));
	graph_drain(WAN, TYPE_ARP);
	graph_drain(LAN, TYPE_ARP);
}

/* Let the director have the case as it is now. */
static void
apply(void)
{
	struct lb_conf *before = applied;
	char *text = NULL;
	size_t size;
	FILE *out = open_text(&text, &size);

	write_neighbours(out);
	for (uint32_t vip = 0; vip < now.vips_n; vip++)
		write_service(out, vip);
	fclose(out);
	applied = graph_conf(text);
	graph_apply(applied);
	lb_conf_destroy(before);
	free(text);
}

/* twos draws the same in each run. */
static void
seed(void)
{
	for (uint32_t vip = 0; vip < now.vips_n && strcmp(now.scheduler, "twos") == 0; vip++) {
		const struct lb_svc *svc;
		char name[LB_SVC_NAME];

		service_name(vip, name);
		svc = lb_svc_find_name(lb_svc_root(graph_env(0)->set), name);
		CU_ASSERT_PTR_NOT_NULL_FATAL(svc);
		twos_seed(lb_svc_local(svc, 0), now.number);
	}
}

/* "case PROTOCOL PORT SCHEDULER METHOD OPTIONS VIP..." */
static void
do_case(char **words, uint32_t n)
{
	snprintf(now.protocol, sizeof(now.protocol), "%s", words[1]);
	snprintf(now.scheduler, sizeof(now.scheduler), "%s", words[3]);
	snprintf(now.method, sizeof(now.method), "%s", words[4]);
	snprintf(now.options, sizeof(now.options), "%s", words[5]);
	now.port = (uint16_t)atoi(words[2]);
	now.number++;
	now.servers_n = 0;
	now.vips_n = 0;
	for (uint32_t i = 6; i < n; i++)
		snprintf(now.vips[now.vips_n++], sizeof(now.vips[0]), "%s", words[i]);
}

static uint32_t
position(uint32_t number)
{
	for (uint32_t i = 0; i < now.servers_n; i++)
		if (now.servers[i].number == number)
			return i;
	return now.servers_n;
}

/* A server at the end of the list. */
static void
do_server(const struct server *server)
{
	CU_ASSERT_TRUE_FATAL(now.servers_n < MOST_SERVERS);
	now.servers[now.servers_n++] = *server;
}

static void
do_weight(uint32_t number, uint32_t weight)
{
	uint32_t at = position(number);

	CU_ASSERT_TRUE_FATAL(at < now.servers_n);
	now.servers[at].weight = weight;
	apply();
}

/* Workers see within a millisecond whom control has closed or opened. */
static void
do_limit(const struct server *limited)
{
	uint32_t at = position(limited->number);

	CU_ASSERT_TRUE_FATAL(at < now.servers_n);
	now.servers[at].upper = limited->upper;
	now.servers[at].lower = limited->lower;
	apply();
	graph_pause(2);
}

static void
do_delete(uint32_t number)
{
	uint32_t at = position(number);

	CU_ASSERT_TRUE_FATAL(at < now.servers_n);
	now.servers_n--;
	memmove(&now.servers[at], &now.servers[at + 1],
		(now.servers_n - at) * sizeof(now.servers[0]));
	apply();
}

static uint8_t
flags_of(char kind)
{
	switch (kind) {
	case 'S':
		return TCP_SYN;
	case 'F':
		return TCP_FIN;
	case 'R':
		return TCP_RST;
	default:
		return TCP_ACK;
	}
}

/* "CLIENT:PORT", "VIP" */
static struct frame_flow
parse_flow(char *client, const char *vip)
{
	char *colon = strchr(client, ':');
	struct frame_flow flow = { .to = parse_ip(vip), .to_port = now.port };

	CU_ASSERT_PTR_NOT_NULL_FATAL(colon);
	flow.from_port = (uint16_t)atoi(colon + 1);
	*colon = '\0';
	flow.from = parse_ip(client);
	return flow;
}

/* "forget CLIENT:PORT VIP": as if its time were over. It may never have had a server. */
static void
do_forget(char **words)
{
	struct frame_flow flow = parse_flow(words[1], words[2]);
	struct frame in = frame_tcp(&flow, TCP_RST, 0);
	struct lb_conn *conn = graph_conn(0, &in);

	if (conn != NULL)
		lb_conn_end(graph_env(0)->conns, conn);
}

/* "send KIND CLIENT:PORT VIP": prints the number of the server that gets it. */
static void
do_send(uint32_t line, char **words)
{
	struct frame_flow flow = parse_flow(words[2], words[3]);
	struct frame in, out = { 0 };

	in = *words[1] == 'U' ? frame_udp(&flow, 6) : frame_tcp(&flow, flags_of(*words[1]), 0);
	graph_send(WAN, &in);
	if (graph_take(LAN, TYPE_IP4, &out))
		printf("= %u %u\n", line, (unsigned int)(frame_get_mac(&out, 0) - SERVER_MAC(0)));
	else
		printf("= %u -\n", line);
	graph_drain(LAN, TYPE_IP4);
	graph_drain(WAN, TYPE_IP4);
}

/* "packet wan|lan HEX": prints what comes out at the other port. */
static void
do_packet(uint32_t line, char **words)
{
	enum graph_port in_port = strcmp(words[1], "wan") == 0 ? WAN : LAN;
	enum graph_port out_port = in_port == WAN ? LAN : WAN;
	struct frame in = frame_hex(words[2]), out = { 0 };
	const char *before = "";

	graph_send(in_port, &in);
	printf("= %u ", line);
	while (graph_take(out_port, TYPE_IP4, &out)) {
		printf("%s", before);
		for (size_t i = 0; i < out.len; i++)
			printf("%02x", out.bytes[i]);
		before = ",";
	}
	printf("%s\n", *before == '\0' ? "-" : "");
	graph_drain(in_port, TYPE_IP4);
}

static void
follow(uint32_t line, char **words, uint32_t n)
{
	if (n > 6 && strcmp(words[0], "case") == 0)
		do_case(words, n);
	else if (n == 5 && strcmp(words[0], "server") == 0)
		do_server(&(struct server){ parse_number(words[1]), parse_number(words[2]),
			parse_number(words[3]), parse_number(words[4]) });
	else if (n == 4 && strcmp(words[0], "limit") == 0)
		do_limit(&(struct server){ .number = parse_number(words[1]),
			.upper = parse_number(words[2]),
			.lower = parse_number(words[3]) });
	else if (n == 1 && strcmp(words[0], "open") == 0) {
		apply();
		seed();
		announce_all();
	} else if (n == 3 && strcmp(words[0], "weight") == 0)
		do_weight(parse_number(words[1]), parse_number(words[2]));
	else if (n == 2 && strcmp(words[0], "delete") == 0)
		do_delete(parse_number(words[1]));
	else if (n == 3 && strcmp(words[0], "add") == 0) {
		do_server(&(struct server){
			.number = parse_number(words[1]), .weight = parse_number(words[2]) });
		apply();
	} else if (n == 3 && strcmp(words[0], "forget") == 0)
		do_forget(words);
	else if (n == 4 && strcmp(words[0], "send") == 0)
		do_send(line, words);
	else if (n == 3 && strcmp(words[0], "packet") == 0)
		do_packet(line, words);
	else
		fault(line, "nobody knows what it means");
}

static void
follow_all(void)
{
	static char text[2 * FRAME_MAX + 64];

	for (uint32_t line = 1; fgets(text, sizeof(text), stdin) != NULL; line++) {
		char *words[WORDS], *rest = text;
		uint32_t n = 0;

		while (n < WORDS && (words[n] = strtok_r(rest, " \n", &rest)) != NULL)
			n++;
		if (n != 0 && words[0][0] != '#')
			follow(line, words, n);
	}
}

/* Every address of the services' network, which a router sends here. */
static char *
all_vips(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_text(&text, &size);

	for (uint32_t i = 0; i < 256; i++)
		fprintf(out, "%s{ address = \"198.51.100.%u\"; port = \"wan\"; }",
			i == 0 ? "" : ",", i);
	fclose(out);
	return text;
}

static void
the_sequence_is_followed_to_its_end(void)
{
	char *vips = all_vips(), *neighbours = NULL;
	size_t size;
	FILE *out = open_text(&neighbours, &size);

	write_neighbours(out);
	fclose(out);
	graph_boot(&(struct graph_setup){
		.vips = vips, .services = neighbours, .connections = CONNECTIONS });
	follow_all();
	graph_end();
	lb_conf_destroy(applied);
	free(vips);
	free(neighbours);
}

static const struct unit_test tests[] = {
	UNIT_TEST(the_sequence_is_followed_to_its_end),
	UNIT_END,
};

const struct unit_suite ipvs_pollux = { "pollux", tests };
