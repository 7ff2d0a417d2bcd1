/*
 * connection.list, .count and .flush: which connections are meant is read from the parameters, then
 * the workers are visited. A cursor is a worker, in its upper half, and a connection's number.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lb_clock.h"
#include "rpc_find.h"
#include "rpc_json.h"
#include "rpc_server.h"

#define MS_PER_TICK (1000.0 / LB_TICKS_PER_SECOND)

/* What connection.list shows while its items are made. */
struct rows {
	uint32_t n;
	uint32_t now; /* tick */
	uint64_t cursor;
	uint32_t *workers;
	struct lb_conn *conns;
	struct director *director;
};

static int
read_client(const json_t *params, struct lb_worker_match *match, struct lb_error *err)
{
	const char *text = json_string_value(json_object_get(params, "client"));
	struct lb_addr addr;

	if (text == NULL)
		return 0;
	if (lb_addr_parse(text, &addr) != 0 || addr.family != AF_INET)
		return lb_error_set(err, EINVAL,
			"parameter \"client\" is \"%.80s\"; give an IPv4 address", text);
	match->client = addr.ip4;
	return 0;
}

static int
read_server(const json_t *params, struct lb_worker_match *match, struct lb_error *err)
{
	const char *text = json_string_value(json_object_get(params, "server"));
	struct lb_endpoint at;

	if (text == NULL)
		return 0;
	if (rpc_read_endpoint(text, &at) != 0 || at.addr.family != AF_INET)
		return lb_error_set(err, EINVAL,
			"parameter \"server\" is \"%.80s\"; give an IPv4 address and a port as "
			"10.2.0.21:80",
			text);
	match->server = at.addr.ip4;
	match->server_port = at.port;
	return 0;
}

static int
read_service(const struct director *director, const json_t *params, struct lb_worker_match *match,
	struct lb_error *err)
{
	const char *name = json_string_value(json_object_get(params, "service"));
	const struct lb_conf_service *service;

	if (name == NULL)
		return 0;
	service = rpc_find_service(director->conf, name, err);
	if (service == NULL)
		return -ENOENT;
	match->service = lb_svc_find_name(lb_svc_root(director->services), service->name)->number;
	return 0;
}

/* A visit for what the parameters mean. NULL: the call is answered with why not. */
static struct rpc_visit *
visit_create(struct director *director, struct lb_rpc_call *call, const json_t *params,
	rpc_visit_done_fn *done)
{
	struct lb_worker_match match = { 0 };
	struct lb_error err = { 0 };
	struct rpc_visit *visit;

	if (read_client(params, &match, &err) != 0 || read_server(params, &match, &err) != 0) {
		rpc_refuse_params(call, &err);
		return NULL;
	}
	if (read_service(director, params, &match, &err) != 0) {
		lb_rpc_fail(call, LB_RPC_REFUSED, RPC_UNKNOWN_SERVICE, &err);
		return NULL;
	}
	visit = calloc(1, sizeof(*visit));
	if (visit == NULL) {
		lb_rpc_answer(call, NULL);
		return NULL;
	}
	visit->call = call;
	visit->done = done;
	visit->part.match = match;
	visit->part.match.templates = true;
	return visit;
}

static int64_t
ms_from_ticks(uint32_t ticks)
{
	return (int64_t)((int32_t)ticks * MS_PER_TICK);
}

/* What its packets go by; that of a connection of a reset server is no method. */
static const char *
forward_of(const struct lb_conn *conn)
{
	return lb_conn_get_reset(conn) == LB_CONN_RESET_NONE ? lb_fwd_table[conn->method]->name
							     : "reset";
}

/* Whom a template is for; it has no ports, and its VIP is that of the service, if it has one. */
static json_t *
template_json(const struct rows *rows, const struct lb_conn *conn, const char *name)
{
	const struct lb_svc *svc = lb_svc_find_name(lb_svc_root(rows->director->services), name);
	struct lb_endpoint client = { .addr = lb_addr_ip4(conn->target.client) };
	bool placed = svc != NULL && svc->matches_n == 0;

	return json_pack("{s:s?, s:o, s:o, s:n, s:s}", "protocol",
		placed ? rpc_protocol_name(svc->protocol) : NULL, "client",
		rpc_json_endpoint(&client), "vip",
		placed ? rpc_json_endpoint(&svc->at) : json_null(), "forward", "state", "TEMPLATE");
}

static json_t *
flow_json(const struct lb_conn *conn)
{
	const struct lb_fwd_target *target = &conn->target;
	struct lb_endpoint client = { lb_addr_ip4(target->client), target->client_port };
	struct lb_endpoint vip = { lb_addr_ip4(target->vip), target->vip_port };

	return json_pack("{s:s, s:o, s:o, s:s, s:s}", "protocol", rpc_protocol_name(conn->protocol),
		"client", rpc_json_endpoint(&client), "vip", rpc_json_endpoint(&vip), "forward",
		forward_of(conn), "state", lb_conn_state_name(conn->protocol, conn->state));
}

static json_t *
conn_json(const struct rows *rows, uint32_t row)
{
	const struct lb_conn *conn = &rows->conns[row];
	const struct lb_fwd_target *target = &conn->target;
	const char *name = lb_slots_service(rows->director->slots, conn->slot);
	struct lb_endpoint server = { lb_addr_ip4(target->server), target->server_port };
	json_t *json = conn->protocol == LB_CONN_TEMPLATE ? template_json(rows, conn, name)
							  : flow_json(conn);
	json_t *rest = json_pack("{s:s, s:o, s:b, s:I, s:I, s:i}", "service", name, "server",
		rpc_json_endpoint(&server), "half_open", (conn->flags & LB_CONN_HALF_OPEN) != 0,
		"age_ms", (json_int_t)ms_from_ticks(rows->now - conn->created), "expires_ms",
		(json_int_t)ms_from_ticks(conn->expiry - rows->now), "worker",
		(int)rows->workers[row]);

	if (json_object_update_new(json, rest) == 0)
		return json;
	json_decref(json);
	return NULL;
}

static bool
row_step(struct rpc_list *list)
{
	const struct rows *rows = list->own;

	if (list->at >= rows->n)
		return false;
	rpc_list_add(list, conn_json(rows, (uint32_t)list->at));
	list->at++;
	return true;
}

static json_t *
row_result(struct rpc_list *list, json_t *items)
{
	const struct rows *rows = list->own;
	char text[RPC_CURSOR];

	return lb_rpc_page_result(items,
		rows->cursor == 0 ? NULL : rpc_cursor_write(rows->cursor, text), list->revision);
}

static const struct rpc_list_ops row_list = { .step = row_step, .result = row_result };

/* Rows in one piece of memory with what describes them: it goes with the list. */
static struct rows *
rows_create(struct director *director, const struct rpc_visit *visit)
{
	size_t conns = visit->rows_n * sizeof(struct lb_conn);
	size_t workers = visit->rows_n * sizeof(uint32_t);
	struct rows *rows = aligned_alloc(RTE_CACHE_LINE_SIZE,
		RTE_ALIGN_CEIL(RTE_CACHE_LINE_SIZE + conns + workers, RTE_CACHE_LINE_SIZE));

	if (rows == NULL)
		return NULL;
	rows->director = director;
	rows->n = visit->rows_n;
	rows->cursor = 0;
	rows->now = lb_clock_tick(rte_rdtsc());
	rows->conns = (struct lb_conn *)((char *)rows + RTE_CACHE_LINE_SIZE);
	rows->workers = (uint32_t *)(rows->conns + rows->n);
	memcpy(rows->conns, visit->rows, conns);
	memcpy(rows->workers, visit->workers, workers);
	return rows;
}

/* The workers were asked for one connection more than the answer may have: the next one's first. */
static void
list_done(struct director *director, struct rpc_visit *visit)
{
	struct rpc_list list = { .ops = &row_list, .limit = visit->room };
	struct rows *rows = rows_create(director, visit);

	if (rows == NULL) {
		lb_rpc_answer(visit->call, NULL);
		return;
	}
	if (rows->n == visit->room) {
		rows->n--;
		rows->cursor = (uint64_t)rows->workers[rows->n] << 32 | visit->part.last;
	}
	list.own = rows;
	rpc_list_start(director, visit->call, &list);
}

void
rpc_connection_list(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct director *director = arg;
	struct lb_error err = { 0 };
	struct lb_rpc_page page;
	struct rpc_visit *visit;
	uint64_t at;

	if (lb_rpc_page_read(params, &page, &err) != 0 ||
		rpc_cursor_read(page.cursor, &at, &err) != 0) {
		rpc_refuse_params(call, &err);
		return;
	}
	if (at >> 32 >= director->workers_n) {
		lb_error_set(&err, EINVAL,
			"parameter \"cursor\": there is no worker %u; give the cursor of the "
			"answer before",
			(uint32_t)(at >> 32));
		rpc_refuse_params(call, &err);
		return;
	}
	visit = visit_create(director, call, params, list_done);
	if (visit != NULL)
		rpc_visit_start(director, visit, (uint32_t)(at >> 32), RTE_MAX((uint32_t)at, 1U),
			page.limit + 1);
}

static void
count_done(struct director *director, struct rpc_visit *visit)
{
	const char *what = visit->part.end ? "flushed" : "connections";

	lb_rpc_answer(
		visit->call, json_pack("{s:I, s:I}", what, (json_int_t)visit->total, "revision",
				     (json_int_t)lb_svc_revision(director->services)));
}

void
rpc_connection_count(struct lb_rpc_call *call, json_t *params, void *director)
{
	struct rpc_visit *visit = visit_create(director, call, params, count_done);

	if (visit == NULL)
		return;
	visit->part.match.templates = false;
	rpc_visit_start(director, visit, 0, 1, 0);
}

void
rpc_connection_flush(struct lb_rpc_call *call, json_t *params, void *director)
{
	struct rpc_visit *visit = visit_create(director, call, params, count_done);

	if (visit == NULL)
		return;
	visit->part.end = true;
	rpc_visit_start(director, visit, 0, 1, 0);
}
