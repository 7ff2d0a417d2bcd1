/* polluxctl connection */

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

static void
show(const json_t *conn, void *arg)
{
	char text[PRINT_NUMBER];

	(void)arg;
	print_text(print_member(conn, "protocol"), 5);
	print_text(print_time(print_count(conn, "expires_ms"), text), 6);
	print_text(print_member(conn, "state"), 11);
	print_text(print_member(conn, "client"), 21);
	print_text(print_member(conn, "server"), 21);
	print_text(print_member(conn, "service"), 11);
	print_end();
}

/* Read "--service NAME" and the like into params, "--limit N" into *limit if that is not NULL. */
static bool
read_filters(int argc, char **argv, json_t *params, json_int_t *limit)
{
	static const char *const filters[] = { "service", "client", "server" };

	for (int i = 0; i < argc; i += 2) {
		const char *key = NULL;

		if (strncmp(argv[i], "--", 2) != 0 || i + 1 == argc)
			return false;
		if (limit != NULL && strcmp(argv[i] + 2, "limit") == 0) {
			if (!ctl_read_number(argv[i + 1], limit) || *limit < 1)
				return false;
			continue;
		}
		for (size_t f = 0; f < sizeof(filters) / sizeof(filters[0]); f++)
			if (strcmp(argv[i] + 2, filters[f]) == 0)
				key = filters[f];
		if (key == NULL)
			return false;
		json_object_set_new(params, key, json_string(argv[i + 1]));
	}
	return true;
}

enum ctl_status
cmd_connection_list(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_object();
	json_int_t limit = 0;

	if (!read_filters(argc, argv, params, &limit)) {
		json_decref(params);
		return ctl_usage(ctl);
	}
	if (!ctl->json)
		puts("PROTO EXPIRE STATE       CLIENT                SERVER                "
		     "SERVICE");
	return ctl_list(ctl, "connection.list", params, limit, show, NULL);
}

static void
show_total(const json_t *result, void *arg)
{
	const json_t *flushed = json_object_get(result, "flushed");

	(void)arg;
	if (flushed != NULL)
		printf("%" JSON_INTEGER_FORMAT " flushed\n", json_integer_value(flushed));
	else
		printf("%" JSON_INTEGER_FORMAT "\n", print_count(result, "connections"));
}

static enum ctl_status
call_filtered(struct ctl *ctl, const char *method, int argc, char **argv)
{
	json_t *params = json_object();

	if (read_filters(argc, argv, params, NULL))
		return ctl_show(ctl, method, params, show_total);
	json_decref(params);
	return ctl_usage(ctl);
}

enum ctl_status
cmd_connection_count(struct ctl *ctl, int argc, char **argv)
{
	return call_filtered(ctl, "connection.count", argc, argv);
}

enum ctl_status
cmd_connection_flush(struct ctl *ctl, int argc, char **argv)
{
	return call_filtered(ctl, "connection.flush", argc, argv);
}
