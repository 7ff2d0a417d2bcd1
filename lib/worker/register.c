/*
 * Registers the nodes with rte_graph, which keeps them for the life of the process: those of the
 * table, the families made from templates (drop_*, reject_*, punt_*, fwd_*), and the clones per
 * port and queue. A name that is there already is left alone, so that ports can be made again in a
 * test.
 */

#include "lb_worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

static int
register_as(const struct rte_node_register *template, const char *name)
{
	size_t size = sizeof(*template) + template->nb_edges * sizeof(template->next_nodes[0]);
	struct rte_node_register *copy;
	rte_node_t id;

	if (rte_node_from_name(name) != RTE_NODE_ID_INVALID)
		return 0;
	copy = malloc(size);
	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, template, size);
	snprintf(copy->name, sizeof(copy->name), "%s", name);
	id = __rte_node_register(copy);
	free(copy);
	return id == RTE_NODE_ID_INVALID ? -rte_errno : 0;
}

static int
append_edge(const char *from, const char *to)
{
	rte_node_t id = rte_node_from_name(from);
	const char *name = to;
	rte_edge_t count = rte_node_edge_count(id);
	char *names[64];

	if (count < RTE_DIM(names)) {
		rte_node_edge_get(id, names);
		for (rte_edge_t i = 0; i < count; i++)
			if (strcmp(names[i], to) == 0)
				return 0;
	}
	return rte_node_edge_update(id, RTE_EDGE_ID_INVALID, &name, 1) == 1 ? 0 : -rte_errno;
}

static int
clone_node(const char *parent, const char *suffix)
{
	char name[RTE_NODE_NAMESIZE];

	snprintf(name, sizeof(name), "%s-%s", parent, suffix);
	if (rte_node_from_name(name) != RTE_NODE_ID_INVALID)
		return 0;
	return rte_node_clone(rte_node_from_name(parent), suffix) == RTE_NODE_ID_INVALID
		       ? -rte_errno
		       : 0;
}

static int
register_punts(void)
{
	char name[RTE_NODE_NAMESIZE], drop[RTE_NODE_NAMESIZE];
	int ret = 0;

	for (int i = 0; i < LB_CTLQ_CLASSES && ret == 0; i++) {
		snprintf(name, sizeof(name), "punt_%s", lb_node_punt_classes[i]);
		snprintf(drop, sizeof(drop), "drop_punt_%s", lb_node_punt_classes[i]);
		ret = register_as(&lb_node_punt, name);
		if (ret == 0)
			ret = append_edge(name, drop);
	}
	return ret;
}

/* Let all nodes that send to methods send to one more. */
static int
append_method(const char *name)
{
	int ret = 0;

	for (size_t s = 0; lb_node_fwd_sources[s] != NULL && ret == 0; s++)
		ret = append_edge(lb_node_fwd_sources[s], name);
	return ret;
}

static int
register_methods(const struct lb_fwd_ops *const *methods)
{
	char name[RTE_NODE_NAMESIZE];
	int ret = 0;

	for (size_t i = 0; methods[i] != NULL && ret == 0; i++) {
		snprintf(name, sizeof(name), "fwd_%s", methods[i]->name);
		ret = register_as(&lb_node_fwd, name);
		if (ret == 0)
			ret = append_method(name);
	}
	return ret == 0 ? append_method("conn_reset") : ret;
}

static int
register_port(const struct lb_netif_port *port)
{
	char name[RTE_NODE_NAMESIZE], suffix[16];
	int ret;

	snprintf(suffix, sizeof(suffix), "%u", port->number);
	snprintf(name, sizeof(name), "eth_tx-%s", suffix);
	ret = clone_node("eth_tx", suffix);
	if (ret == 0)
		ret = append_edge("eth_output", name);
	for (uint16_t queue = 0; queue < port->rx_queues && ret == 0; queue++) {
		snprintf(suffix, sizeof(suffix), "%u-%u", port->number, queue);
		ret = clone_node("eth_rx", suffix);
	}
	return ret;
}

int
lb_worker_register(const struct lb_worker_shared *shared, struct lb_error *err)
{
	int ret = 0;

	for (size_t i = 0; lb_node_drops[i] != NULL && ret == 0; i++)
		ret = register_as(&lb_node_drop, lb_node_drops[i]);
	for (size_t i = 0; lb_node_table[i] != NULL && ret == 0; i++)
		ret = register_as(lb_node_table[i], lb_node_table[i]->name);
	for (size_t i = 0; lb_node_rejects[i] != NULL && ret == 0; i++)
		ret = register_as(&lb_node_reject, lb_node_rejects[i]);
	if (ret == 0)
		ret = register_punts();
	if (ret == 0)
		ret = register_methods(shared->methods);
	for (uint32_t i = 0; i < shared->ports_n && ret == 0; i++)
		ret = register_port(shared->ports[i]);
	if (ret != 0)
		lb_error_set(err, -ret,
			"packet path: a node cannot be registered (%s); raise memory.mb",
			strerror(-ret));
	return ret;
}
