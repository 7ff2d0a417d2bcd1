/*
 * service.list and service.get: services of the running configuration, with what their servers have
 * now. A part of a service is one of its servers.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lb_clock.h"
#include "rpc_find.h"
#include "rpc_json.h"
#include "rpc_server.h"
#include "share.h"

static const char *
drain_name(const struct server_state *state, uint32_t left)
{
	if (left == 0)
		return "drained";
	if (!state->over)
		return "draining";
	return state->reset ? "reset" : "over";
}

/* How far the drain of a server is; NULL: it does not drain. */
static json_t *
drain_json(struct director *director, const char *service, const struct lb_endpoint *at)
{
	const struct server_state *state = servers_find(director, service, at);
	uint64_t now_ms = lb_clock_ms();
	json_t *deadline = NULL;
	uint32_t left;

	if (state == NULL || !state->drains)
		return NULL;
	left = servers_left(director, state);
	if (state->deadline_ms != SERVERS_NEVER)
		deadline = json_integer((json_int_t)(RTE_MAX(state->deadline_ms, now_ms) - now_ms));
	return json_pack("{s:s, s:I, s:o?, s:b, s:I}", "state", drain_name(state, left), "since_ms",
		(json_int_t)(now_ms - state->since_ms), "deadline_ms", deadline, "reset",
		state->reset, "connections", (json_int_t)left);
}

/* What a server does now, all 0 if it has no slot. */
static struct rpc_live
server_live(const struct director *director, uint32_t slot)
{
	if (slot == LB_SLOT_NONE)
		return (struct rpc_live){ 0 };
	return (struct rpc_live){
		.load = lb_slots_load(director->slots, slot),
		.stats = lb_slots_stats(director->slots, slot),
		.rates = lb_slots_rates(director->slots, slot),
	};
}

static void
live_add(struct rpc_live *sum, const struct rpc_live *live)
{
	sum->load.active += live->load.active;
	sum->load.inactive += live->load.inactive;
	sum->stats.templates += live->stats.templates;
	sum->stats.conns += live->stats.conns;
	sum->rates.conns += live->rates.conns;
	for (int d = 0; d < LB_FWD_DIRECTIONS; d++) {
		sum->stats.packets[d] += live->stats.packets[d];
		sum->stats.bytes[d] += live->stats.bytes[d];
		sum->rates.packets[d] += live->rates.packets[d];
		sum->rates.bytes[d] += live->rates.bytes[d];
	}
}

static json_int_t
events(uint64_t average)
{
	return (json_int_t)lb_rate_per_second(average, LB_RATE_EVENTS);
}

static json_int_t
bytes(uint64_t average)
{
	return (json_int_t)lb_rate_per_second(average, LB_RATE_BYTES);
}

static json_t *
rates_json(const struct lb_slot_rates *rates)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "connections", events(rates->conns),
		"packets_in", events(rates->packets[LB_FWD_REQUEST]), "packets_out",
		events(rates->packets[LB_FWD_REPLY]), "bytes_in",
		bytes(rates->bytes[LB_FWD_REQUEST]), "bytes_out",
		bytes(rates->bytes[LB_FWD_REPLY]));
}

static json_t *
live_json(const struct rpc_live *live)
{
	const struct lb_slot_stats *stats = &live->stats;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "active",
		(json_int_t)live->load.active, "inactive", (json_int_t)live->load.inactive,
		"persistent", (json_int_t)stats->templates, "connections", (json_int_t)stats->conns,
		"packets_in", (json_int_t)stats->packets[LB_FWD_REQUEST], "packets_out",
		(json_int_t)stats->packets[LB_FWD_REPLY], "bytes_in",
		(json_int_t)stats->bytes[LB_FWD_REQUEST], "bytes_out",
		(json_int_t)stats->bytes[LB_FWD_REPLY], "rate", rates_json(&live->rates));
}

static void
add_server(struct rpc_list *list, const struct lb_conf_service *service)
{
	json_t *item = json_array_get(list->items, json_array_size(list->items) - 1);
	const struct lb_conf_server *server = &service->servers[list->part];
	const struct lb_slots *slots = list->director->slots;
	uint32_t slot = lb_slots_lookup(slots, service->name, &server->at);
	struct rpc_live live = server_live(list->director, slot);
	bool full = slot != LB_SLOT_NONE && lb_slots_is_full(slots, slot);
	json_t *json = rpc_json_server(server);
	double weight = (double)server->weight * servers_share(list->director, service, server) /
			SHARE_WHOLE;
	json_t *more = json_pack("{s:f, s:s, s:b, s:o*}", "effective_weight", weight, "forward",
		lb_conf_forward(service, server), "overloaded", full, "drain",
		drain_json(list->director, service->name, &server->at));

	live_add(&list->sum, &live);
	if (json_object_update_new(json, more) != 0 ||
		json_object_update_new(json, live_json(&live)) != 0) {
		json_decref(json);
		json = NULL;
	}
	if (json_array_append_new(json_object_get(item, "servers"), json) != 0)
		list->failed = true;
	list->part++;
	list->parts++;
}

static void
add_sorry(struct rpc_list *list, const struct lb_conf_service *service, json_t *item)
{
	const struct lb_conf_server *sorry = service->sorry;
	struct rpc_live live = server_live(
		list->director, lb_slots_lookup(list->director->slots, service->name, &sorry->at));
	json_t *json = json_object_get(item, "sorry");

	live_add(&list->sum, &live);
	json_object_set_new(json, "forward", json_string(lb_conf_forward(service, sorry)));
	if (json_object_update_new(json, live_json(&live)) != 0)
		list->failed = true;
}

/* The last server is done: the sorry server, and what all of them do. */
static void
end_service(struct rpc_list *list, const struct lb_conf_service *service)
{
	json_t *item = json_array_get(list->items, json_array_size(list->items) - 1);

	if (service->sorry != NULL && !list->failed)
		add_sorry(list, service, item);
	if (json_object_update_new(item, live_json(&list->sum)) != 0)
		list->failed = true;
	list->at++;
	list->part = 0;
}

static bool
service_step(struct rpc_list *list)
{
	const struct lb_conf *conf = list->director->conf;
	const struct lb_conf_service *service;

	if (list->at >= conf->services_n)
		return false;
	service = &conf->services[list->at];
	if (list->part == 0) {
		rpc_list_add(list, rpc_json_service(service));
		list->sum = (struct rpc_live){ 0 };
	}
	if (list->part < service->servers_n && !list->failed)
		add_server(list, service);
	if (list->part >= service->servers_n)
		end_service(list, service);
	return true;
}

static const struct rpc_list_ops service_list = { .step = service_step };

void
rpc_service_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	rpc_list_page(director, call, params, &service_list);
}

/* One service; own is its name, since its place may change while its servers are listed. */
static bool
service_get_step(struct rpc_list *list)
{
	if (list->part == 0 && json_array_size(list->items) == 0) {
		const struct lb_conf *conf = list->director->conf;
		const struct lb_conf_service *service = rpc_find_service(conf, list->own, NULL);

		if (service == NULL)
			return false;
		list->at = (uint64_t)(service - conf->services);
	}
	if (!service_step(list))
		return false;
	return list->part != 0;
}

static json_t *
service_get_result(struct rpc_list *list, json_t *items)
{
	json_t *service = json_incref(json_array_get(items, 0));

	json_decref(items);
	if (service != NULL)
		json_object_set_new(service, "revision", json_integer((json_int_t)list->revision));
	return service;
}

static const struct rpc_list_ops service_get = {
	.step = service_get_step,
	.result = service_get_result,
};

void
rpc_service_get(struct lb_rpc_call *call, json_t *params, void *arg)
{
	const char *name = json_string_value(json_object_get(params, "name"));
	struct director *director = arg;
	struct rpc_list list = { .ops = &service_get, .limit = 1 };
	struct lb_error err = { 0 };

	if (rpc_find_service(director->conf, name, &err) == NULL) {
		lb_rpc_fail(call, LB_RPC_REFUSED, RPC_UNKNOWN_SERVICE, &err);
		return;
	}
	list.own = strdup(name);
	if (list.own == NULL)
		lb_rpc_answer(call, NULL);
	else
		rpc_list_start(director, call, &list);
}
