/*
 * Calling methods. A list comes in parts of as many items as the daemon gives, and is printed as it
 * comes, so that a list of any length takes little memory; with -j the parts become one object.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl.h"
#include "print.h"

#define PAGE 1000
#define TIMEOUT_MS 30000

/* With the first call, so that a wrong command line is told without a daemon. */
static enum ctl_status
connect_once(struct ctl *ctl)
{
	struct lb_error err = { 0 };

	if (ctl->client == NULL)
		ctl->client = lb_rpc_connect(ctl->socket, TIMEOUT_MS, &err);
	if (ctl->client != NULL)
		return CTL_OK;
	fprintf(stderr, "polluxctl: %s\n", err.text);
	return err.code == EACCES ? CTL_REFUSED : CTL_NO_DAEMON;
}

enum ctl_status
ctl_call(struct ctl *ctl, const char *method, json_t *params, json_t **result)
{
	struct lb_rpc_fault fault = { 0 };
	enum ctl_status status = connect_once(ctl);
	int ret;

	if (status != CTL_OK) {
		json_decref(params);
		return status;
	}
	ret = lb_rpc_client_call(ctl->client, method, params, result, &fault);
	if (ret == 0)
		return CTL_OK;
	fprintf(stderr, "polluxctl: %s\n", fault.err.text);
	return ret == -EREMOTEIO ? CTL_REFUSED : CTL_NO_DAEMON;
}

enum ctl_status
ctl_show(struct ctl *ctl, const char *method, json_t *params, ctl_show_fn *show)
{
	json_t *result;
	enum ctl_status status = ctl_call(ctl, method, params, &result);

	if (status != CTL_OK)
		return status;
	if (ctl->json)
		print_json(result);
	else
		show(result, NULL);
	json_decref(result);
	return CTL_OK;
}

/* Where a list stands. */
struct walk {
	json_int_t left;  /* items that are still wanted */
	json_t *cursor;   /* NULL: from the start */
	json_t *revision; /* of the last part */
	bool first;       /* nothing was printed yet */
};

static void
show_part(const struct ctl *ctl, struct walk *walk, const json_t *result, ctl_show_fn *show,
	void *arg)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(result, "items"), i, item) {
		if (ctl->json)
			print_element(item, walk->first);
		else
			show(item, arg);
		walk->first = false;
		walk->left--;
	}
}

static enum ctl_status
next_part(struct ctl *ctl, const char *method, const json_t *params, struct walk *walk,
	json_t **result)
{
	json_t *asked = params == NULL ? json_object() : json_copy((json_t *)params);

	json_object_set_new(asked, "limit", json_integer(walk->left < PAGE ? walk->left : PAGE));
	if (walk->cursor != NULL)
		json_object_set(asked, "cursor", walk->cursor);
	return ctl_call(ctl, method, asked, result);
}

/* Take cursor and revision out of a part. */
static void
move_on(struct walk *walk, json_t *result)
{
	json_t *cursor = json_object_get(result, "cursor");

	json_decref(walk->cursor);
	json_decref(walk->revision);
	walk->cursor = json_is_string(cursor) ? json_incref(cursor) : NULL;
	walk->revision = json_incref(json_object_get(result, "revision"));
}

enum ctl_status
ctl_list(struct ctl *ctl, const char *method, json_t *params, json_int_t most, ctl_show_fn *show,
	void *arg)
{
	struct walk walk = { .left = most == 0 ? INT64_MAX : most, .first = true };
	enum ctl_status status;
	json_t *result;

	do {
		status = next_part(ctl, method, params, &walk, &result);
		if (status != CTL_OK)
			break;
		if (ctl->json && walk.revision == NULL)
			fputs("{\"items\":[", stdout);
		show_part(ctl, &walk, result, show, arg);
		move_on(&walk, result);
		json_decref(result);
	} while (walk.cursor != NULL && walk.left > 0);
	if (ctl->json && status == CTL_OK)
		print_list_end(walk.cursor, walk.revision);
	json_decref(walk.cursor);
	json_decref(walk.revision);
	json_decref(params);
	return status;
}
