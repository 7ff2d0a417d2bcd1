/*
 * The kernel's part in ports. Its frames are read only while control's own list of waiting frames
 * is empty, and then not many at once: what the kernel sends never stands in the way of an advert.
 * The file stays readable while there is more, so the loop comes round again by itself; while ports
 * do not take frames, nobody listens.
 */

#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "eal.h"
#include "host_filter.h"
#include "lb_log.h"
#include "lb_netif_link.h"
#include "lb_vip.h"

/* Frames of the kernel per turn, of all ports. */
#define BUDGET 32

#define FRAME_MAX (RTE_ETHER_HDR_LEN + 9000 + 1)

static struct lb_host_conf
way_conf(const struct lb_conf_port *port)
{
	return (struct lb_host_conf){
		.port = port->name,
		.interface = port->host_interface,
		.mtu = port->mtu,
	};
}

static const struct lb_host_ops *
way_of(const struct lb_conf_port *port)
{
	return lb_host_find(lb_host_table, port->host);
}

/* The kernel's end needs a name that no device below a port and no other end has. */
static int
check_interface(const struct lb_conf *conf, size_t port, struct lb_error *err)
{
	const struct lb_conf_port *own = &conf->ports[port];
	char below[IFNAMSIZ];

	for (size_t i = 0; i < conf->ports_n; i++) {
		const struct lb_conf_port *other = &conf->ports[i];

		if (lb_netif_link_interface(other->device, below) &&
			strcmp(below, own->host_interface) == 0)
			return lb_error_set(err, EEXIST,
				"port \"%s\": the kernel's interface \"%s\" is the device of port "
				"\"%s\"; set host_interface to another name",
				own->name, below, other->name);
		if (i < port && way_of(other)->leads &&
			strcmp(other->host_interface, own->host_interface) == 0)
			return lb_error_set(err, EEXIST,
				"port \"%s\": the kernel's interface of port \"%s\" is called "
				"\"%s\" too; set host_interface to another name",
				own->name, other->name, own->host_interface);
	}
	return 0;
}

static int
check_way(const struct lb_conf *conf, size_t port, struct lb_error *err)
{
	const struct lb_conf_port *from = &conf->ports[port];
	const struct lb_host_ops *ops = way_of(from);
	struct lb_host_conf way = way_conf(from);
	char names[128];

	if (ops == NULL)
		return lb_error_set(err, ENOENT,
			"port \"%s\": no way to the kernel is called \"%.63s\"; this build has %s",
			from->name, from->host, lb_host_names(lb_host_table, names, sizeof(names)));
	if (!ops->leads && conf->transit == LB_CONF_TRANSIT_HOST)
		return lb_error_set(err, EINVAL,
			"port \"%s\": transit = \"host\" gives the kernel packets of all ports, "
			"but this one has host = \"%s\"; set host = \"tap\"",
			from->name, from->host);
	if (ops->check(&way, err) != 0)
		return -err->code;
	return ops->leads ? check_interface(conf, port, err) : 0;
}

int
host_check(const struct lb_conf *conf, struct lb_error *err)
{
	for (size_t p = 0; p < conf->ports_n; p++)
		if (check_way(conf, p, err) != 0)
			return lb_conf_fault(&conf->ports[p].host_place, err);
	return 0;
}

/* Devices on packet sockets leave the kernel its copy of each frame. */
static int
guard_copies(struct director *director, struct lb_error *err)
{
	const struct lb_conf *conf = director->conf;
	char names[LB_NETIF_PORTS][IFNAMSIZ], prefix[32];
	const char *list[LB_NETIF_PORTS];
	size_t n = 0;

	for (size_t p = 0; p < conf->ports_n; p++) {
		const struct lb_conf_port *port = &conf->ports[p];

		if (!way_of(port)->leads || !lb_netif_link_is_copied(port->device) ||
			!lb_netif_link_interface(port->device, names[n]))
			continue;
		list[n] = names[n];
		n++;
	}
	if (n == 0)
		return 0;
	director->host.guard =
		lb_host_guard_create(eal_file_prefix(conf, prefix, sizeof(prefix)), list, n, err);
	return director->host.guard == NULL ? -err->code : 0;
}

static int
open_way(struct director *director, uint32_t port, struct lb_error *err)
{
	const struct lb_conf_port *from = &director->conf->ports[port];
	const struct lb_host_ops *ops = way_of(from);
	struct lb_host_conf conf = way_conf(from);
	struct host_way *way = &director->host.ways[port];

	way->given = calloc(from->addresses_n + 1, sizeof(*way->given));
	if (way->given == NULL)
		return lb_error_set(err, ENOMEM,
			"port \"%s\": out of memory; add memory to the machine", from->name);
	conf.mac = director->ports[port]->mac;
	way->state = ops->create(&conf, err);
	if (way->state == NULL)
		return -err->code;
	way->ops = ops;
	if (ops->leads)
		director->host.ports |= UINT32_C(1) << port;
	return 0;
}

int
host_open(struct director *director, struct lb_error *err)
{
	int ret = guard_copies(director, err);

	for (uint32_t p = 0; p < director->ports_n && ret == 0; p++) {
		ret = open_way(director, p, err);
		if (ret != 0)
			lb_conf_fault(&director->conf->ports[p].host_place, err);
	}
	return ret;
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct host_way *way = poll->data;

	(void)status;
	(void)events;
	way->readable = true;
}

int
host_listen(struct director *director, struct lb_error *err)
{
	int ret = 0;

	for (uint32_t p = 0; p < director->ports_n && ret == 0; p++) {
		struct host_way *way = &director->host.ways[p];
		int fd = way->ops->fd(way->state);

		if (fd < 0)
			continue;
		way->poll.data = way;
		ret = uv_poll_init(lb_control_loop(director->control), &way->poll, fd);
		if (ret == 0)
			ret = uv_poll_start(&way->poll, UV_READABLE, on_readable);
		if (ret != 0)
			lb_error_set(err, -ret,
				"port \"%s\": the kernel's interface cannot be listened to (%s); "
				"give the process more open files",
				director->ports[p]->name, uv_strerror(ret));
	}
	return ret;
}

static void
give_address(struct director *director, uint32_t port, size_t i)
{
	const struct lb_prefix *address = &director->ports[port]->addresses[i];
	struct host_way *way = &director->host.ways[port];
	const struct lb_vip *vip = lb_vip_find(lb_vip_current(), &address->addr);
	bool on = vip != NULL && vip->kind == LB_VIP_LOCAL;
	char text[LB_ADDR_TEXT];
	int ret;

	if (on == way->given[i])
		return;
	ret = way->ops->set_address(way->state, address, on);
	if (ret == 0)
		way->given[i] = on;
	else
		lb_log(LB_LOG_ERROR,
			"port \"%s\": the kernel does not %s address %s (%s); see that its "
			"interface \"%s\" is there",
			director->ports[port]->name, on ? "take" : "give back",
			lb_prefix_text(address, text), strerror(-ret),
			director->conf->ports[port].host_interface);
}

void
host_apply(struct director *director)
{
	for (uint32_t p = 0; p < director->ports_n; p++)
		for (size_t i = 0; i < director->ports[p]->addresses_n; i++)
			give_address(director, p, i);
}

/* Send one frame of the kernel; false: there is none. */
static bool
send_one(struct director *director, uint32_t port, const struct host_filter *filter)
{
	struct host_way *way = &director->host.ways[port];
	uint8_t frame[FRAME_MAX];
	size_t len = way->ops->get(way->state, frame, sizeof(frame));

	if (len == 0)
		return false;
	if (!host_filter_passes(filter, frame, len)) {
		way->withheld++;
		return true;
	}
	lb_control_tx_send(&director->tx, (uint8_t)port, frame, len);
	way->from_kernel++;
	return true;
}

static void
send_some(struct director *director, uint32_t port, uint32_t budget)
{
	const struct lb_netif_port *netif = director->ports[port];
	struct host_filter filter = {
		.mac = &netif->mac,
		.port = (uint8_t)port,
		.mtu = netif->mtu,
		.vips = lb_vip_current(),
	};

	while (budget > 0 && director->tx.waiting == 0 && send_one(director, port, &filter))
		budget--;
	director->host.ways[port].readable = false;
}

static void
listen_or_not(struct director *director, bool pause)
{
	if (pause == director->host.paused)
		return;
	director->host.paused = pause;
	for (uint32_t p = 0; p < director->ports_n; p++) {
		struct host_way *way = &director->host.ways[p];

		if (way->poll.data == NULL)
			continue;
		if (pause)
			uv_poll_stop(&way->poll);
		else
			uv_poll_start(&way->poll, UV_READABLE, on_readable);
	}
}

void
host_run(struct director *director)
{
	uint32_t busy = 0;

	if (director->host.ports == 0)
		return;
	for (uint32_t p = 0; p < director->ports_n; p++)
		busy += director->host.ways[p].readable;
	for (uint32_t p = 0; p < director->ports_n; p++)
		if (director->host.ways[p].readable)
			send_some(director, p, BUDGET / RTE_MIN(busy, (uint32_t)BUDGET));
	listen_or_not(director, director->tx.waiting > 0);
}

void
host_link(struct director *director, uint32_t port, bool up)
{
	struct host_way *way = &director->host.ways[port];

	way->ops->set_link(way->state, up);
}

/* A virtual MAC is none of the kernel's. */
static void
readdress(struct rte_ether_hdr *eth, const struct rte_ether_addr *mac)
{
	if (rte_is_unicast_ether_addr(&eth->dst_addr))
		eth->dst_addr = *mac;
}

void
host_give(struct director *director, uint8_t port, struct rte_mbuf *m)
{
	struct host_way *way = &director->host.ways[port];
	struct rte_ether_hdr *eth;

	if ((director->host.ports >> port & 1) == 0)
		return;
	eth = (struct rte_ether_hdr *)rte_pktmbuf_prepend(m, (uint16_t)m->l2_len);
	if (eth == NULL || m->nb_segs != 1) {
		way->refused++;
		return;
	}
	readdress(eth, &director->ports[port]->mac);
	if (way->ops->put(way->state, eth, rte_pktmbuf_data_len(m)))
		way->to_kernel++;
	else
		way->refused++;
}

void
host_input(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	struct director *director = arg;

	host_give(director, director->workers[worker]->env.port_of[m->port], m);
	rte_pktmbuf_free(m);
}

void
host_close(struct host *host)
{
	for (uint32_t p = 0; p < LB_NETIF_PORTS; p++) {
		struct host_way *way = &host->ways[p];

		if (way->ops != NULL)
			way->ops->destroy(way->state);
		free(way->given);
	}
	lb_host_guard_destroy(host->guard);
}
