/* polluxctl status, polluxctl version */

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

static void
show_worker(const json_t *worker)
{
	json_int_t received = print_count(worker, "received");
	double handed = received == 0 ? 0
				      : 100.0 * (double)print_count(worker, "handed_over") /
						(double)received;
	char text[PRINT_NUMBER];

	print_number(print_count(worker, "worker"), 6);
	print_number(print_count(worker, "cpu"), 4);
	print_number(print_count(worker, "connections"), 11);
	print_number(print_count(worker, "half_open"), 10);
	print_number(print_count(worker, "evicted"), 9);
	print_number(received, 9);
	snprintf(text, sizeof(text), "%10.1f%%", handed);
	print_text(text, 11);
	print_number(print_count(worker, "dropped"), 9);
	print_end();
}

static void
show_head(const json_t *status)
{
	const json_t *memory = json_object_get(status, "memory");
	char text[PRINT_NUMBER];

	printf("polluxd %s, up %s, revision %" JSON_INTEGER_FORMAT ", %" JSON_INTEGER_FORMAT
	       " services\n",
		print_member(status, "version"), print_time(print_count(status, "uptime_ms"), text),
		print_count(status, "revision"), print_count(status, "services"));
	printf("memory: %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
	       " MB in use, %s hugepages\n",
		print_count(memory, "used_bytes") >> 20, print_count(memory, "total_bytes") >> 20,
		json_is_true(json_object_get(memory, "hugepages")) ? "on" : "without");
	if (json_is_true(json_object_get(status, "standby")))
		puts("standby: no VRRP instance serves; polluxctl vrrp set --all standby off ends "
		     "it");
}

/* Of a worker whose table is full. */
static void
show_defence(const json_t *worker)
{
	const char *defence = print_member(worker, "defence");

	if (strcmp(defence, "off") != 0)
		printf("worker %" JSON_INTEGER_FORMAT ": the connection table is full: %s\n",
			print_count(worker, "worker"), defence);
}

static void
show(const json_t *status, void *arg)
{
	const json_t *worker;
	size_t i;

	(void)arg;
	show_head(status);
	puts("WORKER  CPU CONNECTIONS  HALF-OPEN   EVICTED  RECEIVED HANDED-OVER   DROPPED");
	json_array_foreach(json_object_get(status, "workers"), i, worker) {
		show_worker(worker);
	}
	json_array_foreach(json_object_get(status, "workers"), i, worker) {
		show_defence(worker);
	}
}

enum ctl_status
cmd_status(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ctl_show(ctl, "status", NULL, show);
}

static void
show_version(const json_t *version, void *arg)
{
	(void)arg;
	printf("polluxd %s, %s\n", print_member(version, "version"), print_member(version, "dpdk"));
}

enum ctl_status
cmd_version(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ctl_show(ctl, "version", NULL, show_version);
}
