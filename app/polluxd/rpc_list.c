/*
 * Lists take turns: whatever their number and length, a turn of the control loop gives all of them
 * together a fraction of a millisecond. A list looks for one item more than it may have, to know
 * whether it is the last part.
 *
 * Items come from the running configuration. When that changes while a list is made, the list is
 * made anew, so that one answer shows one revision.
 */

#include "rpc_list.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lb_svc.h"
#include "rpc_server.h"

#define TURN_NS 300000
#define STEPS 4 /* between two looks at the clock */

/* Parts of items, as servers of services, after which an answer ends. */
#define PARTS_MAX 2000

static void
list_rewind(struct rpc_list *list)
{
	json_decref(list->items);
	list->items = json_array();
	list->failed = list->items == NULL;
	list->revision = lb_svc_revision(list->director->services);
	list->at = list->from;
	list->part = list->parts = 0;
}

static void
list_free(struct rpc_list *list)
{
	json_decref(list->items);
	free(list->own);
	free(list);
}

void
rpc_list_start(struct director *director, struct lb_rpc_call *call, const struct rpc_list *list)
{
	struct rpc_list *copy = malloc(sizeof(*copy));

	if (copy == NULL) {
		free(list->own);
		lb_rpc_answer(call, NULL);
		return;
	}
	*copy = *list;
	copy->call = call;
	copy->director = director;
	copy->items = NULL;
	list_rewind(copy);
	TAILQ_INSERT_TAIL(&director->rpc->lists, copy, link);
	lb_control_hurry(director->control);
}

void
rpc_list_page(struct director *director, struct lb_rpc_call *call, const json_t *params,
	const struct rpc_list_ops *ops)
{
	struct rpc_list list = { .ops = ops };
	struct lb_error err = { 0 };
	struct lb_rpc_page page;

	if (lb_rpc_page_read(params, &page, &err) != 0 ||
		rpc_cursor_read(page.cursor, &list.from, &err) != 0) {
		rpc_refuse_params(call, &err);
		return;
	}
	list.limit = page.limit;
	rpc_list_start(director, call, &list);
}

void
rpc_list_add(struct rpc_list *list, json_t *item)
{
	list->last = list->at;
	if (json_array_append_new(list->items, item) != 0)
		list->failed = true;
}

int
rpc_cursor_read(const char *cursor, uint64_t *at, struct lb_error *err)
{
	char *end;

	*at = 0;
	if (cursor == NULL)
		return 0;
	errno = 0;
	*at = strtoull(cursor, &end, 16);
	if (!isxdigit((unsigned char)*cursor) || *end != '\0' || errno != 0)
		return lb_error_set(err, EINVAL,
			"parameter \"cursor\" is \"%.40s\"; give the cursor of the answer before",
			cursor);
	return 0;
}

const char *
rpc_cursor_write(uint64_t at, char *text)
{
	snprintf(text, RPC_CURSOR, "%" PRIx64, at);
	return text;
}

static bool
list_is_full(const struct rpc_list *list, const json_t *items)
{
	size_t n = json_array_size(items);

	return n > list->limit || (list->parts > PARTS_MAX && list->part == 0 && n > 1);
}

/* One step; true: the answer is whole. */
static bool
list_step(struct rpc_list *list)
{
	if (list->revision != lb_svc_revision(list->director->services))
		list_rewind(list);
	return list->failed || !list->ops->step(list) || list_is_full(list, list->items);
}

/* Take away the item too many, which is where the next answer starts. */
static json_t *
list_page(struct rpc_list *list, json_t *items)
{
	bool full = list_is_full(list, items);
	char text[RPC_CURSOR];

	if (full)
		json_array_remove(items, json_array_size(items) - 1);
	return lb_rpc_page_result(
		items, full ? rpc_cursor_write(list->last, text) : NULL, list->revision);
}

static void
list_answer(struct rpc_list *list)
{
	json_t *items = list->items, *result = NULL;

	if (!list->failed) {
		list->items = NULL;
		result = list->ops->result != NULL ? list->ops->result(list, items)
						   : list_page(list, items);
	}
	lb_rpc_answer(list->call, result);
	list_free(list);
}

/* Until the list is whole or the time is over; true: it is whole. */
static bool
list_go_on(struct rpc_list *list, uint64_t end_ns)
{
	do {
		for (int i = 0; i < STEPS; i++)
			if (list_step(list))
				return true;
	} while (uv_hrtime() < end_ns);
	return false;
}

bool
rpc_lists_run(struct rpc *rpc)
{
	uint64_t end_ns = uv_hrtime() + TURN_NS;
	struct rpc_list *list;

	while ((list = TAILQ_FIRST(&rpc->lists)) != NULL && uv_hrtime() < end_ns) {
		TAILQ_REMOVE(&rpc->lists, list, link);
		if (list_go_on(list, end_ns))
			list_answer(list);
		else
			TAILQ_INSERT_TAIL(&rpc->lists, list, link);
	}
	return !TAILQ_EMPTY(&rpc->lists);
}

void
rpc_lists_end(struct rpc *rpc)
{
	struct rpc_list *list;

	while ((list = TAILQ_FIRST(&rpc->lists)) != NULL) {
		TAILQ_REMOVE(&rpc->lists, list, link);
		rpc_fail_stopping(list->call);
		list_free(list);
	}
}
