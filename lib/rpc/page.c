/* Lists come in parts: see lb_rpc_server.h. */

#include "lb_rpc_server.h"

#include <errno.h>

#define PAGE_DEFAULT 100
#define PAGE_MAX 1000

int
lb_rpc_page_read(const json_t *params, struct lb_rpc_page *page, struct lb_error *err)
{
	const json_t *limit = json_object_get(params, "limit");
	json_int_t n = limit == NULL ? PAGE_DEFAULT : json_integer_value(limit);

	if (n < 1 || n > PAGE_MAX)
		return lb_error_set(err, EINVAL,
			"parameter \"limit\" is %" JSON_INTEGER_FORMAT "; give 1 to %d", n,
			PAGE_MAX);
	page->limit = (uint32_t)n;
	page->cursor = json_string_value(json_object_get(params, "cursor"));
	return 0;
}

json_t *
lb_rpc_page_result(json_t *items, const char *cursor, uint64_t revision)
{
	return json_pack("{s:o, s:s?, s:I}", "items", items, "cursor", cursor, "revision",
		(json_int_t)revision);
}
