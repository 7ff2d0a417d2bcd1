/*
 * From a device string to a started port. A device that EAL or a test made before is taken as it
 * is; all others are probed, which loads the driver they need.
 */

#include "lb_netif.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "lb_netif_link.h"

#define RX_DESCRIPTORS 1024
#define TX_DESCRIPTORS 1024

/* Length of the device's name: a vdev string goes on with a comma and its parameters. */
static size_t
device_name_length(const char *device)
{
	return strcspn(device, ",");
}

static int
port_find(const char *device, uint16_t *id)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	size_t n = device_name_length(device);

	if (n >= sizeof(name))
		return -ENODEV;
	memcpy(name, device, n);
	name[n] = '\0';
	return rte_eth_dev_get_port_by_name(name, id);
}

static const char *
probe_fault(int ret)
{
	if (ret == 0)
		return "it made no port";
	if (ret == -1) /* no errno, though it looks like one */
		return "its driver refuses it";
	return ret == -EFAULT ? "no driver is called so" : rte_strerror(-ret);
}

static int
port_probe(struct lb_netif_port *port, const char *device, struct lb_error *err)
{
	int ret;

	if (port_find(device, &port->id) == 0)
		return 0;
	ret = rte_dev_probe(device);
	if (ret != 0 || port_find(device, &port->id) != 0)
		return lb_error_set(err, ENODEV,
			"port \"%s\": device \"%s\" cannot be opened (%s); check that the "
			"interface exists and is up, or that the PCI device is bound to a DPDK "
			"driver",
			port->name, device, probe_fault(ret));
	port->probed = true;
	return 0;
}

/* RX and TX queues of the kernel's packet sockets are pairs, and each takes part of the traffic. */
static bool
queues_are_pairs(const struct rte_eth_dev_info *info)
{
	return strcmp(info->driver_name, "net_af_packet") == 0 ||
	       strcmp(info->driver_name, "net_af_xdp") == 0;
}

static int
port_choose_queues(struct lb_netif_port *port, const struct lb_netif_conf *conf,
	const struct rte_eth_dev_info *info, struct lb_error *err)
{
	uint32_t rx = conf->rx_queues != 0 ? conf->rx_queues : conf->workers;
	uint32_t tx = conf->workers + 1;

	if (conf->rx_queues > info->max_rx_queues)
		return lb_error_set(err, EINVAL,
			"port \"%s\": rx_queues = %u, but the device has %u; lower it or leave it "
			"out",
			port->name, conf->rx_queues, info->max_rx_queues);
	if (queues_are_pairs(info))
		rx = tx = info->max_rx_queues;
	port->rx_queues = (uint16_t)RTE_MIN(rx, info->max_rx_queues);
	port->tx_shared = info->max_tx_queues < conf->workers + 1;
	port->tx_queues = (uint16_t)(port->tx_shared && !queues_are_pairs(info)
					     ? 1
					     : RTE_MIN(tx, info->max_tx_queues));
	return 0;
}

static int
port_make_bursts(struct lb_netif_port *port)
{
	size_t size = port->tx_queues * sizeof(*port->bursts);

	port->bursts = aligned_alloc(RTE_CACHE_LINE_SIZE, size);
	if (port->bursts == NULL)
		return -ENOMEM;
	memset(port->bursts, 0, size);
	return 0;
}

static void
port_rss(struct rte_eth_conf *eth, const struct lb_netif_port *port,
	const struct rte_eth_dev_info *info)
{
	uint64_t types =
		info->flow_type_rss_offloads & (RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP);

	if (port->rx_queues == 1 || types == 0 || queues_are_pairs(info))
		return;
	eth->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	eth->rx_adv_conf.rss_conf.rss_hf = types;
}

static int
port_configure(struct lb_netif_port *port, const struct lb_netif_conf *conf, struct lb_error *err)
{
	uint16_t rx_size = RX_DESCRIPTORS, tx_size = TX_DESCRIPTORS;
	struct rte_eth_dev_info info;
	struct rte_eth_conf eth = { 0 };
	int ret = rte_eth_dev_info_get(port->id, &info);

	if (ret != 0)
		return lb_error_set(err, -ret,
			"port \"%s\": device \"%s\" does not tell what it can (%s); use another "
			"device or driver",
			port->name, conf->device, rte_strerror(-ret));
	ret = port_choose_queues(port, conf, &info, err);
	if (ret != 0)
		return ret;
	port_rss(&eth, port, &info);
	ret = port_make_bursts(port);
	if (ret == 0)
		ret = rte_eth_dev_configure(port->id, port->rx_queues, port->tx_queues, &eth);
	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &rx_size, &tx_size);
	for (uint16_t q = 0; ret == 0 && q < port->rx_queues; q++)
		ret = rte_eth_rx_queue_setup(port->id, q, rx_size, SOCKET_ID_ANY, NULL, conf->pool);
	for (uint16_t q = 0; ret == 0 && q < port->tx_queues; q++)
		ret = rte_eth_tx_queue_setup(port->id, q, tx_size, SOCKET_ID_ANY, NULL);
	if (ret != 0)
		return lb_error_set(err, -ret,
			"port \"%s\": device \"%s\" refuses %u RX and %u TX queues (%s); "
			"see its driver's limits",
			port->name, conf->device, port->rx_queues, port->tx_queues,
			rte_strerror(-ret));
	return 0;
}

/* A device that cannot be told its MTU keeps its own; ours is what packets are measured against. */
static int
port_set_mtu(struct lb_netif_port *port, struct lb_error *err)
{
	int ret = rte_eth_dev_set_mtu(port->id, port->mtu);

	if (ret == 0 || ret == -ENOTSUP)
		return 0;
	return lb_error_set(err, -ret, "port \"%s\": the device refuses mtu = %u (%s); lower it",
		port->name, port->mtu, rte_strerror(-ret));
}

static int
port_copy_addresses(struct lb_netif_port *port, const struct lb_netif_conf *conf)
{
	if (conf->addresses_n == 0)
		return 0;
	port->addresses = calloc(conf->addresses_n, sizeof(*port->addresses));
	if (port->addresses == NULL)
		return -ENOMEM;
	memcpy(port->addresses, conf->addresses, conf->addresses_n * sizeof(*port->addresses));
	port->addresses_n = conf->addresses_n;
	return 0;
}

/* Only what reads copies of packets sees them merged; AF_XDP takes them before. */
static void
port_stop_merging(struct lb_netif_port *port, const char *device)
{
	char interface[IFNAMSIZ] = { 0 };

	if (lb_netif_link_is_copied(device) && lb_netif_link_interface(device, interface))
		lb_netif_merge_stop(&port->merge, interface);
}

struct lb_netif_port *
lb_netif_open(const struct lb_netif_conf *conf, struct lb_error *err)
{
	struct lb_netif_port *port = calloc(1, sizeof(*port));

	if (port == NULL || port_copy_addresses(port, conf) != 0) {
		lb_error_set(err, ENOMEM, "port \"%s\": out of memory; add memory to the machine",
			conf->name);
		free(port);
		return NULL;
	}
	snprintf(port->name, sizeof(port->name), "%s", conf->name);
	port->id = RTE_MAX_ETHPORTS;
	port->number = conf->number;
	port->mtu = conf->mtu;
	rte_spinlock_init(&port->tx_lock);
	if (port_probe(port, conf->device, err) != 0 || port_configure(port, conf, err) != 0 ||
		port_set_mtu(port, err) != 0 || rte_eth_macaddr_get(port->id, &port->mac) != 0) {
		lb_error_set(err, EIO,
			"port \"%s\": device \"%s\" tells no MAC address; use another device",
			port->name, conf->device);
		lb_netif_close(port);
		return NULL;
	}
	port_stop_merging(port, conf->device);
	return port;
}

int
lb_netif_start(struct lb_netif_port *port, struct lb_error *err)
{
	int ret = rte_eth_dev_start(port->id);

	if (ret != 0)
		return lb_error_set(err, -ret,
			"port \"%s\": its device does not start (%s); check that its interface "
			"exists and is up",
			port->name, rte_strerror(-ret));
	port->started = true;
	return 0;
}

/* A device that was probed here is removed, so that it can be probed again. */
static void
device_close(struct lb_netif_port *port)
{
	struct rte_eth_dev_info info;
	bool known = rte_eth_dev_info_get(port->id, &info) == 0;

	rte_eth_promiscuous_disable(port->id);
	rte_eth_allmulticast_disable(port->id);
	if (port->started)
		rte_eth_dev_stop(port->id);
	rte_eth_dev_close(port->id);
	if (known && port->probed)
		rte_dev_remove(info.device);
}

void
lb_netif_close(struct lb_netif_port *port)
{
	if (port == NULL)
		return;
	if (port->id != RTE_MAX_ETHPORTS)
		device_close(port);
	lb_netif_merge_restore(&port->merge);
	free(port->addresses);
	free(port->bursts);
	free(port);
}

int
lb_netif_add_address(struct lb_netif_port *port, const struct lb_prefix *address)
{
	size_t n = port->addresses_n;
	struct lb_prefix *addresses = realloc(port->addresses, (n + 1) * sizeof(*addresses));

	if (addresses == NULL)
		return -ENOMEM;
	addresses[n] = *address;
	port->addresses = addresses;
	port->addresses_n = n + 1;
	return 0;
}

const struct lb_addr *
lb_netif_address_for(const struct lb_netif_port *port, const struct lb_addr *addr)
{
	const struct lb_addr *first = NULL;

	for (size_t i = 0; i < port->addresses_n; i++) {
		const struct lb_prefix *own = &port->addresses[i];

		if (lb_prefix_contains(own, addr))
			return &own->addr;
		if (first == NULL && own->addr.family == addr->family)
			first = &own->addr;
	}
	return first;
}
