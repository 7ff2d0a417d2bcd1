/*
 * polluxctl service: a service on a line, and below it a line for each server, as ipvsadm does. The
 * arrow of a server that takes no more connections makes room for the reason.
 */

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

#define ENDPOINT 80

static const char *
endpoint(const json_t *object, char text[ENDPOINT])
{
	const char *address = print_member(object, "address");
	bool six = false;

	for (const char *c = address; *c != '\0'; c++)
		six |= *c == ':';
	snprintf(text, ENDPOINT, "%s%s%s:%" JSON_INTEGER_FORMAT, six ? "[" : "", address,
		six ? "]" : "", print_count(object, "port"));
	return text;
}

/*
 * Where a service is, as text; returns its protocol. One that matches several destinations is shown
 * by the first of them and their number.
 */
static const char *
place(const json_t *service, char text[ENDPOINT])
{
	const json_t *matches = json_object_get(service, "match");
	size_t n = json_array_size(matches);

	if (n == 0) {
		endpoint(service, text);
		return print_member(service, "protocol");
	}
	snprintf(text, ENDPOINT, n > 1 ? "%s +%zu" : "%s",
		print_member(json_array_get(matches, 0), "address"), n - 1);
	return "match";
}

static void
show_service(const json_t *service)
{
	char text[ENDPOINT];

	print_text(place(service, text), 5);
	print_text(text, 25);
	print_text(print_member(service, "scheduler"), 9);
	print_text(print_member(service, "forward"), 7);
	print_text(print_member(service, "name"), 30);
	print_end();
}

/* What stands in front of a server: an arrow, or why it takes no more connections. */
static const char *
arrow(const json_t *server)
{
	if (json_object_get(server, "drain") != NULL)
		return "drain";
	return json_is_true(json_object_get(server, "overloaded")) ? "full" : "  ->";
}

static void
show_load(const char *first, const json_t *server)
{
	char text[ENDPOINT];

	print_text(first, 5);
	print_text(endpoint(server, text), 43);
	print_number(print_count(server, "weight"), 8);
	print_number(print_count(server, "active"), 10);
	print_number(print_count(server, "inactive"), 10);
	print_end();
}

static void
show_item(const json_t *service, void *arg)
{
	const json_t *sorry = json_object_get(service, "sorry"), *server;
	size_t i;

	(void)arg;
	show_service(service);
	json_array_foreach(json_object_get(service, "servers"), i, server) {
		show_load(arrow(server), server);
	}
	if (sorry != NULL)
		show_load("sorry", sorry);
}

static void
show_titles(void)
{
	puts("PROTO ADDRESS:PORT              SCHED     FORWARD NAME");
	puts("  ->  SERVER:PORT                                   WEIGHT     ACTIVE   INACTIVE");
}

/* Columns of a table of numbers as ipvsadm has them, with --stats and with --rate. */
static const char *const counted[] = { "connections", "packets_in", "packets_out", "bytes_in",
	"bytes_out" };

#define STATS_TITLE "  CONNS   IN-PKTS  OUT-PKTS  IN-BYTES OUT-BYTES"
#define RATE_TITLE "    CPS    IN-PPS   OUT-PPS    IN-BPS   OUT-BPS"

/* A row: what it is of, and what that has counted, or does per second. */
static void
show_counted(const char *first, const char *at, const json_t *object, bool rate)
{
	const json_t *numbers = rate ? json_object_get(object, "rate") : object;

	print_text(first, 5);
	print_text(at, 24);
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		print_number(print_count(numbers, counted[i]), 9);
	print_end();
}

static void
show_counted_service(const json_t *service, bool rate)
{
	const json_t *sorry = json_object_get(service, "sorry"), *server;
	char text[ENDPOINT];
	const char *protocol = place(service, text);
	size_t i;

	show_counted(protocol, text, service, rate);
	json_array_foreach(json_object_get(service, "servers"), i, server) {
		show_counted("  ->", endpoint(server, text), server, rate);
	}
	if (sorry != NULL)
		show_counted("sorry", endpoint(sorry, text), sorry, rate);
}

static void
show_counted_titles(bool rate)
{
	printf("PROTO ADDRESS:PORT               %s\n", rate ? RATE_TITLE : STATS_TITLE);
	puts("  ->  SERVER:PORT");
}

static void
show_stats(const json_t *service, void *arg)
{
	(void)arg;
	show_counted_service(service, false);
}

static void
show_rate(const json_t *service, void *arg)
{
	(void)arg;
	show_counted_service(service, true);
}

enum ctl_status
ctl_service_rates(struct ctl *ctl)
{
	if (!ctl->json)
		show_counted_titles(true);
	return ctl_list(ctl, "service.list", NULL, 0, show_rate, NULL);
}

static enum ctl_status
list_stats(struct ctl *ctl)
{
	if (!ctl->json)
		show_counted_titles(false);
	return ctl_list(ctl, "service.list", NULL, 0, show_stats, NULL);
}

enum ctl_status
cmd_service_list(struct ctl *ctl, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "--stats") == 0)
		return list_stats(ctl);
	if (argc > 0 && strcmp(argv[0], "--rate") == 0)
		return ctl_service_rates(ctl);
	if (argc > 0)
		return ctl_usage(ctl);
	if (!ctl->json)
		show_titles();
	return ctl_list(ctl, "service.list", NULL, 0, show_item, NULL);
}

/* What servers may have beside what they have, if one of them may not have any number. */
static void
show_limits(const json_t *servers)
{
	const json_t *server;
	char text[ENDPOINT];
	bool titled = false;
	size_t i;

	json_array_foreach((json_t *)servers, i, server) {
		if (print_count(server, "upper") == 0)
			continue;
		if (!titled)
			puts("\n  ->  SERVER:PORT                  UPPER     LOWER    ACTIVE  "
			     "INACTIVE");
		titled = true;
		print_text("  ->", 5);
		print_text(endpoint(server, text), 24);
		print_number(print_count(server, "upper"), 9);
		print_number(print_count(server, "lower"), 9);
		print_number(print_count(server, "active"), 9);
		print_number(print_count(server, "inactive"), 9);
		print_end();
	}
}

/* How far the drains of servers are, if one of them drains. */
static void
show_drains(const json_t *servers)
{
	char text[ENDPOINT], time[PRINT_NUMBER];
	const json_t *server, *drain, *deadline;
	bool titled = false;
	size_t i;

	json_array_foreach((json_t *)servers, i, server) {
		drain = json_object_get(server, "drain");
		if (drain == NULL)
			continue;
		if (!titled)
			puts("\n  ->  SERVER:PORT              DRAIN         LEFT  SINCE  "
			     "DEADLINE");
		titled = true;
		deadline = json_object_get(drain, "deadline_ms");
		print_text("  ->", 5);
		print_text(endpoint(server, text), 24);
		print_text(print_member(drain, "state"), 8);
		print_number(print_count(drain, "connections"), 9);
		print_text(print_time(print_count(drain, "since_ms"), time), 6);
		print_text(json_is_integer(deadline)
				   ? print_time(json_integer_value(deadline), time)
				   : "never",
			8);
		print_end();
	}
}

static void
show_one(const json_t *service, void *arg)
{
	show_titles();
	show_item(service, arg);
	for (int rate = 0; rate < 2; rate++) {
		puts("");
		show_counted_titles(rate);
		show_counted_service(service, rate);
	}
	show_limits(json_object_get(service, "servers"));
	show_drains(json_object_get(service, "servers"));
}

enum ctl_status
cmd_service_show(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return ctl_show(ctl, "service.get", json_pack("{s:s}", "name", argv[0]), show_one);
}
