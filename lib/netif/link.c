/*
 * The kernel's messages about links only say "look again": some may be lost when many come at once,
 * but then there is one more to read, and looking costs one ioctl.
 */

#include "lb_netif_link.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_ethdev.h>

#define IFACE_KEY ",iface="

/* The name goes up to the next comma. */
bool
lb_netif_link_interface(const char *device, char name[static IFNAMSIZ])
{
	const char *key = strstr(device, IFACE_KEY);
	size_t n;

	if (key == NULL)
		return false;
	key += strlen(IFACE_KEY);
	n = strcspn(key, ",");
	if (n == 0 || n >= IFNAMSIZ)
		return false;
	memcpy(name, key, n);
	name[n] = '\0';
	return true;
}

int
lb_netif_link_watch(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	int ret;

	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

void
lb_netif_link_drain(int watch)
{
	char message[4096];

	while (recv(watch, message, sizeof(message), 0) > 0 || errno == ENOBUFS)
		errno = 0;
}

bool
lb_netif_link_is_kernel(const char *device)
{
	char name[IFNAMSIZ];

	return lb_netif_link_interface(device, name);
}

bool
lb_netif_link_is_copied(const char *device)
{
	return strncmp(device, "net_af_packet", strlen("net_af_packet")) == 0;
}

/* Up by its administrator, and with a carrier. An interface that is gone has no link. */
static bool
kernel_is_up(const char *name)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up;

	if (fd < 0)
		return true; /* nothing is known: as without a watch */
	memcpy(request.ifr_name, name, IFNAMSIZ);
	up = ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
	     (request.ifr_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
	close(fd);
	return up;
}

bool
lb_netif_link_is_up(const struct lb_netif_port *port, const char *device)
{
	struct rte_eth_link link = { 0 };
	char name[IFNAMSIZ] = { 0 };

	if (lb_netif_link_interface(device, name))
		return kernel_is_up(name);
	if (rte_eth_link_get_nowait(port->id, &link) != 0)
		return true; /* it cannot tell */
	return link.link_status == RTE_ETH_LINK_UP;
}
