/* Which settings are read at start only: what memory, threads and ports were made from. */

#include <string.h>

#include "change.h"

static const char *
cpu_differs(const struct lb_conf_cpu *a, const struct lb_conf_cpu *b)
{
	if (a->control != b->control)
		return "cpu.control";
	if (a->workers_n != b->workers_n ||
		memcmp(a->workers, b->workers, a->workers_n * sizeof(a->workers[0])) != 0)
		return "cpu.workers";
	if (a->other != b->other)
		return "cpu.other";
	if (a->idle != b->idle)
		return "cpu.idle";
	return a->idle_max_us != b->idle_max_us ? "cpu.idle_max_us" : NULL;
}

static const char *
memory_differs(const struct lb_conf_memory *a, const struct lb_conf_memory *b)
{
	if (a->hugepages != b->hugepages)
		return "memory.hugepages";
	if (a->mb != b->mb)
		return "memory.mb";
	if (a->connections != b->connections)
		return "memory.connections";
	return a->connections6 != b->connections6 ? "memory.connections6" : NULL;
}

static bool
port_differs(const struct lb_conf_port *a, const struct lb_conf_port *b)
{
	if (strcmp(a->name, b->name) != 0 || strcmp(a->device, b->device) != 0 ||
		a->mtu != b->mtu || a->rx_queues != b->rx_queues || strcmp(a->host, b->host) != 0 ||
		strcmp(a->host_interface, b->host_interface) != 0 ||
		a->addresses_n != b->addresses_n)
		return true;
	for (size_t i = 0; i < a->addresses_n; i++)
		if (a->addresses[i].len != b->addresses[i].len ||
			!lb_addr_equal(&a->addresses[i].addr, &b->addresses[i].addr))
			return true;
	return false;
}

static const char *
ports_differ(const struct lb_conf *a, const struct lb_conf *b)
{
	if (a->ports_n != b->ports_n)
		return "ports";
	for (size_t i = 0; i < a->ports_n; i++)
		if (port_differs(&a->ports[i], &b->ports[i]))
			return "ports";
	return NULL;
}

const char *
change_needs_restart(const struct lb_conf *old, const struct lb_conf *new)
{
	const char *key = cpu_differs(&old->cpu, &new->cpu);

	if (key == NULL)
		key = memory_differs(&old->memory, &new->memory);
	if (key == NULL)
		key = ports_differ(old, new);
	if (key == NULL && strcmp(old->rpc_socket, new->rpc_socket) != 0)
		key = "rpc.socket";
	return key;
}
