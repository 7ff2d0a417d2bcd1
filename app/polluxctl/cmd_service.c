/*
 * polluxctl service: a service on a line, and below it a line for each server, as ipvsadm does. The
 * arrow of a server that takes no more connections makes room for the reason.
 */

#include <stdio.h>

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

/* A service that matches several destinations is shown by the first of them and their number. */
static void
show_place(const json_t *service)
{
	const json_t *matches = json_object_get(service, "match");
	size_t n = json_array_size(matches);
	char text[ENDPOINT];

	if (n == 0) {
		print_text(print_member(service, "protocol"), 5);
		print_text(endpoint(service, text), 25);
		return;
	}
	snprintf(text, sizeof(text), n > 1 ? "%s +%zu" : "%s",
		print_member(json_array_get(matches, 0), "address"), n - 1);
	print_text("match", 5);
	print_text(text, 25);
}

static void
show_service(const json_t *service)
{
	show_place(service);
	print_text(print_member(service, "scheduler"), 9);
	print_text(print_member(service, "forward"), 7);
	print_text(print_member(service, "name"), 30);
	print_end();
}

static void
show_load(const json_t *server)
{
	char text[ENDPOINT];

	print_text(json_is_true(json_object_get(server, "overloaded")) ? "full" : "  ->", 5);
	print_text(endpoint(server, text), 43);
	print_number(print_count(server, "weight"), 8);
	print_number(print_count(server, "active"), 10);
	print_number(print_count(server, "inactive"), 10);
	print_end();
}

static void
show_item(const json_t *service, void *arg)
{
	const json_t *server;
	size_t i;

	(void)arg;
	show_service(service);
	json_array_foreach(json_object_get(service, "servers"), i, server) {
		show_load(server);
	}
}

static void
show_titles(void)
{
	puts("PROTO ADDRESS:PORT              SCHED     FORWARD NAME");
	puts("  ->  SERVER:PORT                                   WEIGHT     ACTIVE   INACTIVE");
}

enum ctl_status
cmd_service_list(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		show_titles();
	return ctl_list(ctl, "service.list", NULL, 0, show_item, NULL);
}

static void
show_counters(const json_t *server)
{
	char text[ENDPOINT];

	print_text("  ->", 5);
	print_text(endpoint(server, text), 24);
	print_number(print_count(server, "connections"), 9);
	print_number(print_count(server, "packets_in"), 9);
	print_number(print_count(server, "packets_out"), 9);
	print_number(print_count(server, "bytes_in"), 9);
	print_number(print_count(server, "bytes_out"), 9);
	print_end();
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

static void
show_one(const json_t *service, void *arg)
{
	const json_t *server;
	size_t i;

	show_titles();
	show_item(service, arg);
	puts("");
	puts("  ->  SERVER:PORT                  CONNS   IN-PKTS  OUT-PKTS  IN-BYTES OUT-BYTES");
	json_array_foreach(json_object_get(service, "servers"), i, server) {
		show_counters(server);
	}
	show_limits(json_object_get(service, "servers"));
}

enum ctl_status
cmd_service_show(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return ctl_show(ctl, "service.get", json_pack("{s:s}", "name", argv[0]), show_one);
}
