/*
 * neigh.list, neigh.add, neigh.delete. Neighbours are no configuration: what is said of one is in
 * force when it is answered, makes no revision, and is forgotten when polluxd ends.
 */

#include <errno.h>
#include <string.h>

#include "change.h"
#include "lb_clock.h"
#include "lb_vip.h"
#include "rpc_json.h"
#include "rpc_server.h"

static json_t *
neigh_json(const struct director *director, const struct lb_neigh_info *info)
{
	static const char *const states[] = { "free", "incomplete", "reachable", "probe",
		"permanent" };
	json_int_t ago = (json_int_t)(lb_clock_ms() - info->heard_ms);

	return json_pack("{s:o, s:s, s:o, s:s, s:s, s:o}", "address", rpc_json_addr(&info->addr),
		"port", director->ports[info->port]->name, "mac",
		info->state < LB_NEIGH_REACHABLE ? json_null() : rpc_json_mac(&info->mac), "state",
		states[info->state], "kind", info->pinned ? "pinned" : "learnt", "heard_ms",
		info->heard_ms == 0 ? json_null() : json_integer(ago));
}

static bool
neigh_step(struct rpc_list *list)
{
	const struct director *director = list->director;
	struct lb_neigh_info info;

	if (list->at >= lb_neigh_view(director->neigh)->size)
		return false;
	if (lb_neigh_info(director->neigh, (uint32_t)list->at, &info))
		rpc_list_add(list, neigh_json(director, &info));
	list->at++;
	return true;
}

void
rpc_neigh_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = neigh_step };

	rpc_list_page(director, call, params, &ops);
}

/* A neighbour that somebody has something to say about. */
struct neighbour {
	struct lb_addr addr;
	uint8_t port;
	struct rte_ether_addr mac; /* Of neigh.add. */
};

static int
read_address(const json_t *params, struct neighbour *to, struct lb_error *err)
{
	const char *text = json_string_value(json_object_get(params, "address"));

	if (lb_addr_parse(text, &to->addr) == 0 && !lb_addr_is_special(&to->addr))
		return 0;
	return lb_error_set(err, EINVAL,
		"parameter \"address\" is \"%.80s\"; give the address of a host", text);
}

/* A group's MAC is taken: clusters have one for an address that is no group's. */
static int
read_mac(const json_t *params, struct neighbour *to, struct lb_error *err)
{
	const char *text = json_string_value(json_object_get(params, "mac"));

	if (rte_ether_unformat_addr(text, &to->mac) == 0 && !rte_is_zero_ether_addr(&to->mac) &&
		!rte_is_broadcast_ether_addr(&to->mac))
		return 0;
	return lb_error_set(err, EINVAL,
		"parameter \"mac\" is \"%.80s\"; give the MAC of a host as 02:00:00:00:00:01",
		text);
}

static bool
has_subnet_of(const struct lb_netif_port *port, const struct lb_addr *addr)
{
	for (size_t i = 0; i < port->addresses_n; i++)
		if (lb_prefix_contains(&port->addresses[i], addr))
			return true;
	return false;
}

/* The port that is named; else the one that has the subnet. */
static int
read_port(const struct director *director, const json_t *params, struct neighbour *to,
	struct lb_error *err)
{
	const char *name = json_string_value(json_object_get(params, "port"));
	char addr[LB_ADDR_TEXT];

	if (name == NULL && lb_addr_is_link_local(&to->addr))
		return lb_error_set(err, EINVAL,
			"neighbour %s: a link-local address may be on any link; name its port",
			lb_addr_text(&to->addr, addr));
	for (uint32_t p = 0; p < director->ports_n; p++) {
		to->port = (uint8_t)p;
		if (name == NULL ? has_subnet_of(director->ports[p], &to->addr)
				 : strcmp(director->ports[p]->name, name) == 0)
			return 0;
	}
	if (name != NULL)
		return lb_error_set(
			err, ENODEV, "port \"%.80s\": there is none; port.list names them", name);
	return lb_error_set(err, EINVAL,
		"neighbour %s: no port has a subnet with it; give an address on a link",
		lb_addr_text(&to->addr, addr));
}

/* Read what parameters say, and whether it may be done now. */
static int
admit(const struct director *director, const json_t *params, struct neighbour *to,
	struct lb_error *err)
{
	json_int_t revision = json_integer_value(json_object_get(params, "if_revision"));
	int ret = read_address(params, to, err);

	if (ret == 0)
		ret = read_port(director, params, to, err);
	if (ret == 0)
		ret = change_check_revision(director, (uint64_t)revision, err);
	return ret;
}

static bool
find(const struct director *director, const struct neighbour *to, struct lb_neigh_info *info)
{
	uint32_t index = lb_neigh_find(lb_neigh_view(director->neigh), to->port, &to->addr);

	return index != 0 && lb_neigh_info(director->neigh, index, info);
}

/* Whether one may be fixed. Beyond the subnets packets go to a gateway: there it would be no use.
 */
static int
check_add(const struct director *director, const struct neighbour *to, struct lb_error *err)
{
	const struct lb_netif_port *port = director->ports[to->port];
	char addr[LB_ADDR_TEXT], mac[RTE_ETHER_ADDR_FMT_SIZE];
	struct lb_neigh_info info;

	lb_addr_text(&to->addr, addr);
	if (!has_subnet_of(port, &to->addr))
		return lb_error_set(err, EINVAL,
			"neighbour %s: port \"%s\" has no subnet with it; give an address on a "
			"link",
			addr, port->name);
	if (lb_vip_find(lb_vip_current(), &to->addr) != NULL)
		return lb_error_set(err, EINVAL,
			"neighbour %s: the address is our own; give that of another host", addr);
	if (!find(director, to, &info) || info.state != LB_NEIGH_PERMANENT)
		return 0;
	rte_ether_format_addr(mac, sizeof(mac), &info.mac);
	return lb_error_set(err, EEXIST,
		"neighbour %s on port \"%s\": it is permanent already, at %s; delete it first",
		addr, port->name, mac);
}

static int
check_delete(const struct director *director, const struct neighbour *to, struct lb_error *err)
{
	struct lb_neigh_info info;
	char addr[LB_ADDR_TEXT];

	if (find(director, to, &info))
		return 0;
	return lb_error_set(err, ENOENT,
		"neighbour %s on port \"%s\": there is none; neigh.list shows them",
		lb_addr_text(&to->addr, addr), director->ports[to->port]->name);
}

static int
fix(struct director *director, const struct neighbour *to, struct lb_error *err)
{
	char addr[LB_ADDR_TEXT];

	if (lb_neigh_fix(director->neigh, to->port, &to->addr, &to->mac, lb_clock_ms()) != 0)
		return 0;
	return lb_error_set(err, ENOSPC,
		"neighbour %s: more than %d servers, gateways and permanent ones; delete some",
		lb_addr_text(&to->addr, addr), DIRECTOR_PINNED_MAX);
}

static void
refuse(struct lb_rpc_call *call, const struct lb_error *err)
{
	static const struct {
		int code;
		const char *word;
	} words[] = {
		{ EEXIST, RPC_EXISTS },
		{ ENOENT, RPC_NOT_FOUND },
		{ ENODEV, RPC_UNKNOWN_PORT },
		{ ENOSPC, RPC_TOO_MANY_NEIGHBOURS },
		{ ESTALE, RPC_REVISION_MISMATCH },
	};

	for (size_t i = 0; i < RTE_DIM(words); i++) {
		if (words[i].code == err->code) {
			lb_rpc_fail(call, LB_RPC_REFUSED, words[i].word, err);
			return;
		}
	}
	rpc_refuse_params(call, err);
}

static void
answer(struct lb_rpc_call *call, const struct director *director, const struct lb_error *err)
{
	uint64_t revision = lb_svc_revision(director->services);

	if (err->code == 0)
		lb_rpc_answer(call, json_pack("{s:I}", "revision", (json_int_t)revision));
	else
		refuse(call, err);
}

void
rpc_neigh_add(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct director *director = arg;
	struct lb_error err = { 0 };
	struct neighbour to;

	if (admit(director, params, &to, &err) == 0 && read_mac(params, &to, &err) == 0 &&
		check_add(director, &to, &err) == 0 &&
		!json_is_true(json_object_get(params, "dry_run")))
		fix(director, &to, &err);
	answer(call, director, &err);
}

void
rpc_neigh_delete(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct director *director = arg;
	struct lb_error err = { 0 };
	struct neighbour to;

	if (admit(director, params, &to, &err) == 0 && check_delete(director, &to, &err) == 0 &&
		!json_is_true(json_object_get(params, "dry_run"))) {
		lb_neigh_flush(director->neigh, to.port, &to.addr, lb_clock_ms());
		director->neigh_due_ms = 0; /* what has to be asked is asked in this turn */
	}
	answer(call, director, &err);
}
