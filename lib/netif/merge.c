/* GRO and LRO by the ioctl of ethtool, which every kernel has. */

#include "lb_netif_merge.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lb_log.h"

static int
ask(const char *interface, uint32_t command, uint32_t *data)
{
	struct ethtool_value value = { .cmd = command, .data = *data };
	struct ifreq request = { .ifr_data = (char *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return -errno;
	memcpy(request.ifr_name, interface, IFNAMSIZ);
	ret = ioctl(fd, SIOCETHTOOL, &request) == 0 ? 0 : -errno;
	close(fd);
	*data = value.data;
	return ret;
}

static int
set_gro(const char *interface, bool on)
{
	uint32_t data = on;

	return ask(interface, ETHTOOL_SGRO, &data);
}

/* LRO is one of several flags. */
static int
set_lro(const char *interface, bool on)
{
	uint32_t flags = 0;
	int ret = ask(interface, ETHTOOL_GFLAGS, &flags);

	if (ret != 0)
		return ret;
	flags = on ? flags | ETH_FLAG_LRO : flags & ~(uint32_t)ETH_FLAG_LRO;
	return ask(interface, ETHTOOL_SFLAGS, &flags);
}

void
lb_netif_merge_stop(struct lb_netif_merge *merge, const char interface[static IFNAMSIZ])
{
	uint32_t gro = 0, flags = 0;
	int ret = 0;

	memcpy(merge->interface, interface, IFNAMSIZ);
	merge->gro = ask(interface, ETHTOOL_GGRO, &gro) == 0 && gro != 0;
	merge->lro = ask(interface, ETHTOOL_GFLAGS, &flags) == 0 && (flags & ETH_FLAG_LRO) != 0;
	if (merge->gro)
		ret = set_gro(interface, false);
	if (merge->lro && ret == 0)
		ret = set_lro(interface, false);
	if (ret != 0)
		lb_log(LB_LOG_WARN,
			"interface \"%s\": merges what it receives into packets that are too large "
			"to be sent on (%s); switch that off: ethtool -K %s gro off lro off",
			interface, strerror(-ret), interface);
}

void
lb_netif_merge_restore(const struct lb_netif_merge *merge)
{
	if (merge->gro)
		set_gro(merge->interface, true);
	if (merge->lro)
		set_lro(merge->interface, true);
}
