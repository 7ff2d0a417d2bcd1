/*
 * Commands that change what is running: polluxctl service, server, vip, route and neigh with add,
 * set and delete, config apply and config reload. What is to be set is given as KEY=VALUE with the
 * keys of the configuration file; dry_run=true and if_revision=N go along with any of them.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

/* The value as JSON: a group or list in JSON's own language, a number, true, false, or a string. */
static json_t *
value_of(const char *text)
{
	json_t *whole = json_loads(text, 0, NULL);
	char *end;
	long long number = strtoll(text, &end, 10);

	if (whole != NULL)
		return whole;
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_boolean(text[0] == 't');
	if (isdigit((unsigned char)text[strspn(text, "-")]) && *end == '\0')
		return json_integer(number);
	return json_string(text);
}

bool
ctl_read_number(const char *text, long long *number)
{
	char *end;

	*number = strtoll(text == NULL ? "" : text, &end, 10);
	return text != NULL && *text != '\0' && *end == '\0';
}

bool
ctl_put_key(json_t *params, char *text)
{
	char *equals = strchr(text, '=');

	if (equals == NULL || equals == text)
		return false;
	*equals = '\0';
	json_object_set_new(params, text, value_of(equals + 1));
	*equals = '=';
	return true;
}

/* Put KEY=VALUE arguments into params; false: one of them is none. */
static bool
put_keys(json_t *params, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!ctl_put_key(params, argv[i]))
			return false;
	return true;
}

/* Put "10.1.0.100:80" or "[fd01::1]:80" as address and port; false: it is none. */
static bool
put_endpoint(json_t *params, const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *from = text + (text[0] == '[');
	long long port;
	char *end;

	if (colon == NULL || colon == text || colon[1] == '\0')
		return false;
	port = strtoll(colon + 1, &end, 10);
	if (*end != '\0')
		return false;
	json_object_set_new(
		params, "address", json_stringn(from, (size_t)(colon - from) - (text[0] == '[')));
	json_object_set_new(params, "port", json_integer(port));
	return true;
}

/* Put "tcp:10.1.0.100:80" as protocol, address and port. */
static bool
put_service(json_t *params, const char *text)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL)
		return false;
	json_object_set_new(params, "protocol", json_stringn(text, (size_t)(colon - text)));
	return put_endpoint(params, colon + 1);
}

/* What a reload took back; other changes take nothing back. */
static void
show_discarded(const json_t *discarded)
{
	const json_t *change;
	size_t i;

	json_array_foreach((json_t *)discarded, i, change) {
		printf("discarded %s ", print_member(change, "method"));
		print_json(json_object_get(change, "params"));
	}
}

static void
show(const json_t *result, void *arg)
{
	(void)arg;
	printf("revision %" JSON_INTEGER_FORMAT "\n", print_count(result, "revision"));
	show_discarded(json_object_get(result, "discarded"));
}

enum ctl_status
ctl_change(struct ctl *ctl, const char *method, json_t *params, bool good)
{
	if (good)
		return ctl_show(ctl, method, params, show);
	json_decref(params);
	return ctl_usage(ctl);
}

enum ctl_status
cmd_service_add(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "name", argv[0]);
	bool good = put_service(params, argv[1]) && put_keys(params, argc - 2, argv + 2);

	return ctl_change(ctl, "service.add", params, good);
}

enum ctl_status
cmd_service_set(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "service", argv[0]);

	return ctl_change(ctl, "service.set", params, put_keys(params, argc - 1, argv + 1));
}

enum ctl_status
cmd_service_delete(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "service", argv[0]);

	return ctl_change(ctl, "service.delete", params, put_keys(params, argc - 1, argv + 1));
}

enum ctl_status
cmd_server_add(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "service", argv[0]);
	bool good = put_endpoint(params, argv[1]) && put_keys(params, argc - 2, argv + 2);

	return ctl_change(ctl, "server.add", params, good);
}

enum ctl_status
cmd_server_set(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s, s:s}", "service", argv[0], "server", argv[1]);

	return ctl_change(ctl, "server.set", params, put_keys(params, argc - 2, argv + 2));
}

enum ctl_status
cmd_vip_add(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "address", argv[0]);

	return ctl_change(ctl, "vip.add", params, put_keys(params, argc - 1, argv + 1));
}

enum ctl_status
cmd_vip_delete(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "address", argv[0]);

	return ctl_change(ctl, "vip.delete", params, put_keys(params, argc - 1, argv + 1));
}

enum ctl_status
cmd_route_add(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s, s:s}", "to", argv[0], "via", argv[1]);

	return ctl_change(ctl, "route.add", params, put_keys(params, argc - 2, argv + 2));
}

enum ctl_status
cmd_route_delete(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "to", argv[0]);

	return ctl_change(ctl, "route.delete", params, put_keys(params, argc - 1, argv + 1));
}

enum ctl_status
cmd_neigh_add(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s, s:s}", "address", argv[0], "mac", argv[1]);

	return ctl_change(ctl, "neigh.add", params, put_keys(params, argc - 2, argv + 2));
}

enum ctl_status
cmd_neigh_delete(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s}", "address", argv[0]);

	return ctl_change(ctl, "neigh.delete", params, put_keys(params, argc - 1, argv + 1));
}

enum ctl_status
cmd_config_apply(struct ctl *ctl, int argc, char **argv)
{
	json_error_t fault;
	json_t *changes = json_load_file(argv[0], 0, &fault), *params;

	if (changes == NULL) {
		fprintf(stderr, "%s:%d: %s; write a list of {\"method\", \"params\"}\n", argv[0],
			fault.line, fault.text);
		return CTL_REFUSED;
	}
	params = json_pack("{s:o}", "changes", changes);
	return ctl_change(ctl, "config.apply", params, put_keys(params, argc - 1, argv + 1));
}

enum ctl_status
cmd_config_reload(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_object();

	return ctl_change(ctl, "config.reload", params, put_keys(params, argc, argv));
}
