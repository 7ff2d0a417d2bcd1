/* polluxctl vrrp */

#include <stdio.h>

#include "ctl.h"
#include "print.h"

static const char *
since(const json_t *instance, char text[PRINT_NUMBER])
{
	const json_t *ms = json_object_get(instance, "since_ms");

	return json_is_integer(ms) ? print_time(json_integer_value(ms), text) : "-";
}

static void
show(const json_t *instance, void *arg)
{
	char text[PRINT_NUMBER];

	(void)arg;
	print_text(print_member(instance, "name"), 19);
	print_text(print_member(instance, "port"), 12);
	print_number(print_count(instance, "vrid"), 4);
	print_number(print_count(instance, "priority"), 8);
	print_text(print_member(instance, "state"), 8);
	print_text(since(instance, text), 6);
	print_number(print_count(instance, "sent"), 8);
	print_number(print_count(instance, "received"), 8);
	print_end();
}

static void
show_titles(void)
{
	puts("NAME                PORT         VRID PRIORITY STATE    SINCE      SENT RECEIVED");
}

enum ctl_status
cmd_vrrp_list(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		show_titles();
	return ctl_list(ctl, "vrrp.list", NULL, 0, show, NULL);
}

static void
show_one(const json_t *instance, void *arg)
{
	const char *reason;
	json_t *n;

	show_titles();
	show(instance, arg);
	printf("interval %g ms\n", json_number_value(json_object_get(instance, "interval_ms")));
	json_object_foreach(json_object_get(instance, "refused"), reason, n) {
		printf("%" JSON_INTEGER_FORMAT " adverts refused: %s\n", json_integer_value(n),
			reason);
	}
}

enum ctl_status
cmd_vrrp_show(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return ctl_show(ctl, "vrrp.get", json_pack("{s:s}", "name", argv[0]), show_one);
}
