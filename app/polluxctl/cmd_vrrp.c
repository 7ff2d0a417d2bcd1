/* polluxctl vrrp */

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

/* The last column: whatever fits. */
#define PATH_MOST 4096

static const char *
since(const json_t *instance, char text[PRINT_NUMBER])
{
	const json_t *ms = json_object_get(instance, "since_ms");

	return json_is_integer(ms) ? print_time(json_integer_value(ms), text) : "-";
}

static void
show(const json_t *instance, void *arg)
{
	const char *group = json_string_value(json_object_get(instance, "group"));
	char text[PRINT_NUMBER];

	(void)arg;
	print_text(print_member(instance, "name"), 19);
	print_text(print_member(instance, "port"), 12);
	print_number(print_count(instance, "vrid"), 4);
	print_number(print_count(instance, "priority"), 8);
	print_text(print_member(instance, "state"), 8);
	print_text(since(instance, text), 6);
	print_text(group == NULL ? "-" : group, 16);
	print_end();
}

static void
show_titles(void)
{
	puts("NAME                PORT         VRID PRIORITY STATE    SINCE  GROUP");
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
show_why(const json_t *object)
{
	const char *reason = json_string_value(json_object_get(object, "reason"));
	const json_t *override = json_object_get(object, "override");

	if (reason != NULL)
		printf("because: %s\n", reason);
	if (json_is_true(json_object_get(object, "standby")))
		puts("stands by");
	if (json_is_integer(override))
		printf("priority %" JSON_INTEGER_FORMAT " was set in place of %" JSON_INTEGER_FORMAT
		       "\n",
			json_integer_value(override), print_count(object, "configured"));
}

/* What it depends on, and what each makes of the priority. */
static void
show_terms(const json_t *object)
{
	const json_t *term;
	size_t i;

	puts("DEPENDS ON WEIGHT STATE   ADDS NAME");
	json_array_foreach(json_object_get(object, "terms"), i, term) {
		print_text(print_member(term, "kind"), 10);
		print_number(print_count(term, "weight"), 6);
		print_text(print_member(term, "state"), 5);
		print_number(print_count(term, "adds"), 6);
		print_text(print_member(term, "name"), PATH_MOST);
		print_end();
	}
}

static void
show_group(const json_t *group)
{
	const json_t *member;
	char text[PRINT_NUMBER];
	size_t i;

	printf("group %s: %s since %s\n", print_member(group, "name"), print_member(group, "state"),
		since(group, text));
	printf("members:");
	json_array_foreach(json_object_get(group, "members"), i, member) {
		printf(" %s", json_string_value(member));
	}
	puts("");
	show_why(group);
	show_terms(group);
}

static void
show_router(const json_t *router)
{
	char text[PRINT_NUMBER];
	const char *form;
	json_t *n;

	printf("router %s, priority %" JSON_INTEGER_FORMAT ", interval %g ms, heard %s ago,",
		print_member(router, "address"), print_count(router, "priority"),
		json_number_value(json_object_get(router, "interval_ms")),
		print_time(print_count(router, "heard_ms"), text));
	json_object_foreach(json_object_get(router, "adverts"), form, n)
		printf(" %s %" JSON_INTEGER_FORMAT, form, json_integer_value(n));
	putchar('\n');
}

static void
show_others(const json_t *instance)
{
	const json_t *waits = json_object_get(instance, "waits");
	const json_t *other = json_object_get(instance, "other_active");
	json_t *router;
	size_t i;

	if (json_is_string(waits))
		printf("waits: %s\n", json_string_value(waits));
	if (json_is_string(other))
		printf("two are Active: %s is too\n", json_string_value(other));
	json_array_foreach(json_object_get(instance, "routers"), i, router)
		show_router(router);
}

static void
show_one(const json_t *instance, void *arg)
{
	const char *reason;
	json_t *n;

	if (json_object_get(instance, "members") != NULL) {
		show_group(instance);
		return;
	}
	show_titles();
	show(instance, arg);
	printf("interval %g ms, %" JSON_INTEGER_FORMAT " adverts sent, %" JSON_INTEGER_FORMAT
	       " received\n",
		json_number_value(json_object_get(instance, "interval_ms")),
		print_count(instance, "sent"), print_count(instance, "received"));
	show_others(instance);
	if (print_count(instance, "unsent") != 0)
		printf("%" JSON_INTEGER_FORMAT " adverts unsent for want of a MAC\n",
			print_count(instance, "unsent"));
	show_why(instance);
	json_object_foreach(json_object_get(instance, "refused"), reason, n) {
		printf("%" JSON_INTEGER_FORMAT " adverts refused: %s\n", json_integer_value(n),
			reason);
	}
	show_terms(instance);
}

enum ctl_status
cmd_vrrp_show(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return ctl_show(ctl, "vrrp.get", json_pack("{s:s}", "name", argv[0]), show_one);
}

/* Read "priority N", "priority default" or "standby on|off"; false: it is none of them. */
static bool
put_wish(json_t *params, const char *what, const char *value)
{
	bool on = strcmp(value, "on") == 0;
	long long number;
	bool good;

	if (strcmp(what, "standby") == 0) {
		json_object_set_new(params, "standby", json_boolean(on));
		return on || strcmp(value, "off") == 0;
	}
	if (strcmp(what, "priority") != 0)
		return false;
	if (strcmp(value, "default") == 0)
		return json_object_set_new(params, "priority", json_null()) == 0;
	good = ctl_read_number(value, &number);
	json_object_set_new(params, "priority", json_integer(number));
	return good;
}

enum ctl_status
cmd_vrrp_set(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_object();
	bool good = put_wish(params, argv[1], argv[2]);

	if (strcmp(argv[0], "--all") != 0)
		json_object_set_new(params, "name", json_string(argv[0]));
	for (int i = 3; i < argc; i++)
		good = good && ctl_put_key(params, argv[i]);
	return ctl_change(ctl, "vrrp.set", params, good);
}
