/* Lists come in parts. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lb_rpc_server.h"
#include "unit.h"

static struct lb_rpc_page page;
static char cursor[16];
static struct lb_error err;

/* Read the page that params ask for; its cursor as a copy. */
static int
read_page(const char *params)
{
	json_t *json = json_loads(params, 0, NULL);
	int rc;

	page = (struct lb_rpc_page){ 0 };
	err = (struct lb_error){ 0 };
	rc = lb_rpc_page_read(json, &page, &err);
	snprintf(cursor, sizeof(cursor), "%s", page.cursor == NULL ? "none" : page.cursor);
	json_decref(json);
	return rc;
}

static void
page_is_the_first_hundred_if_nothing_is_said(void)
{
	CU_ASSERT_EQUAL(read_page("{}"), 0);
	CU_ASSERT_EQUAL(page.limit, 100);
	CU_ASSERT_STRING_EQUAL(cursor, "none");
}

static void
page_goes_on_at_the_cursor(void)
{
	CU_ASSERT_EQUAL(read_page("{\"limit\":1000,\"cursor\":\"w1:77\"}"), 0);
	CU_ASSERT_EQUAL(page.limit, 1000);
	CU_ASSERT_STRING_EQUAL(cursor, "w1:77");
	CU_ASSERT_EQUAL(read_page("{\"limit\":1}"), 0);
	CU_ASSERT_EQUAL(page.limit, 1);
}

static void
limit_outside_its_range_is_refused(void)
{
	CU_ASSERT_EQUAL(read_page("{\"limit\":0}"), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "parameter \"limit\" is 0; give 1 to 1000");
	CU_ASSERT_EQUAL(read_page("{\"limit\":1001}"), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "parameter \"limit\" is 1001; give 1 to 1000");
	CU_ASSERT_EQUAL(read_page("{\"limit\":4294967297}"), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "parameter \"limit\" is 4294967297; give 1 to 1000");
}

static void
result_has_items_cursor_and_revision(void)
{
	json_t *items = json_array();
	char *text;
	json_t *result;

	json_array_append_new(items, json_integer(5));
	result = lb_rpc_page_result(items, "w1:78", 12);
	text = json_dumps(result, JSON_COMPACT);
	CU_ASSERT_STRING_EQUAL(text, "{\"items\":[5],\"cursor\":\"w1:78\",\"revision\":12}");
	free(text);
	json_decref(result);
}

static void
cursor_of_the_last_page_is_null(void)
{
	json_t *result = lb_rpc_page_result(json_array(), NULL, 0);
	char *text = json_dumps(result, JSON_COMPACT);

	CU_ASSERT_STRING_EQUAL(text, "{\"items\":[],\"cursor\":null,\"revision\":0}");
	free(text);
	json_decref(result);
}

static void
parameters_of_a_list_are_limit_and_cursor(void)
{
	static const struct lb_rpc_param params[] = { LB_RPC_PAGE_PARAMS, { .name = NULL } };

	CU_ASSERT_STRING_EQUAL(params[0].name, "limit");
	CU_ASSERT_EQUAL(params[0].type, LB_RPC_INTEGER);
	CU_ASSERT_STRING_EQUAL(params[1].name, "cursor");
	CU_ASSERT_EQUAL(params[1].type, LB_RPC_STRING);
	CU_ASSERT_FALSE(params[0].required || params[1].required);
}

static const struct unit_test tests[] = {
	UNIT_TEST(page_is_the_first_hundred_if_nothing_is_said),
	UNIT_TEST(page_goes_on_at_the_cursor),
	UNIT_TEST(limit_outside_its_range_is_refused),
	UNIT_TEST(result_has_items_cursor_and_revision),
	UNIT_TEST(cursor_of_the_last_page_is_null),
	UNIT_TEST(parameters_of_a_list_are_limit_and_cursor),
	UNIT_END,
};

const struct unit_suite unit_rpc_page = { "page", tests };
