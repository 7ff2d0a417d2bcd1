/*
 * Requests of rtnetlink, one after the other, each with its acknowledgement. IPv6 may be absent
 * from the kernel; then there is nothing to be kept from making addresses.
 */

#include "lb_host_link.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A request with room for what these functions add. */
struct request {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg address;
	};
	char attributes[128];
};

static struct request
request_about_link(int index)
{
	struct request request = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.link = { .ifi_index = index },
	};

	return request;
}

/* Append an attribute; returns it. There is room. */
static struct rtattr *
add(struct request *request, unsigned short type, const void *data, size_t len)
{
	struct rtattr *attribute =
		(struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len > 0)
		memcpy(RTA_DATA(attribute), data, len);
	request->header.nlmsg_len =
		NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

/* All that was appended since then lies in the attribute. */
static void
enclose(const struct request *request, struct rtattr *attribute)
{
	attribute->rta_len = (unsigned short)((const char *)request + request->header.nlmsg_len -
					      (const char *)attribute);
}

static int
await_acknowledgement(int fd)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	ssize_t n = recv(fd, &answer, sizeof(answer), 0);

	if (n < 0)
		return -errno;
	if ((size_t)n < NLMSG_LENGTH(sizeof(answer.error)) ||
		answer.header.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.error.error;
}

static int
ask(const struct request *request)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int ret;

	if (fd < 0)
		return -errno;
	if (send(fd, request, request->header.nlmsg_len, 0) < 0)
		ret = -errno;
	else
		ret = await_acknowledgement(fd);
	close(fd);
	return ret;
}

static int
set_mac_and_mtu(int index, const struct rte_ether_addr *mac, uint16_t mtu)
{
	struct request request = request_about_link(index);
	uint32_t value = mtu;

	add(&request, IFLA_ADDRESS, mac, sizeof(*mac));
	add(&request, IFLA_MTU, &value, sizeof(value));
	return ask(&request);
}

/* The answer to a question from another port's address would not come back by this one. */
static int
set_arp(int index)
{
	struct request request = request_about_link(index);
	struct rtattr *families, *family, *conf;
	uint32_t best_local = 2;

	families = add(&request, IFLA_AF_SPEC, NULL, 0);
	family = add(&request, AF_INET, NULL, 0);
	conf = add(&request, IFLA_INET_CONF, NULL, 0);
	add(&request, IPV4_DEVCONF_ARP_ANNOUNCE, &best_local, sizeof(best_local));
	enclose(&request, conf);
	enclose(&request, family);
	enclose(&request, families);
	return ask(&request);
}

static int
keep_ip6_off(int index)
{
	struct request request = request_about_link(index);
	struct rtattr *families, *family;
	uint8_t mode = IN6_ADDR_GEN_MODE_NONE;
	int ret;

	families = add(&request, IFLA_AF_SPEC, NULL, 0);
	family = add(&request, AF_INET6, NULL, 0);
	add(&request, IFLA_INET6_ADDR_GEN_MODE, &mode, sizeof(mode));
	enclose(&request, family);
	enclose(&request, families);
	ret = ask(&request);
	return ret == -EAFNOSUPPORT ? 0 : ret;
}

static int
take_up(int index)
{
	struct request request = request_about_link(index);

	request.link.ifi_flags = request.link.ifi_change = IFF_UP;
	return ask(&request);
}

/* Routers are found by the configuration, not by what they advertise. */
static int
ignore_routers(int index)
{
	char name[IF_NAMESIZE], path[64 + IF_NAMESIZE];
	FILE *file;
	int ret = 0;

	if (if_indextoname((unsigned int)index, name) == NULL)
		return -errno;
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/accept_ra", name);
	file = fopen(path, "w");
	if (file == NULL)
		return errno == ENOENT ? 0 : -errno;
	if (fputs("0\n", file) < 0 || fflush(file) != 0)
		ret = -errno;
	fclose(file);
	return ret;
}

int
lb_host_link_set_up(int index, const struct rte_ether_addr *mac, uint16_t mtu)
{
	int ret = set_mac_and_mtu(index, mac, mtu);

	if (ret == 0)
		ret = set_arp(index);
	if (ret == 0)
		ret = keep_ip6_off(index);
	if (ret == 0)
		ret = ignore_routers(index);
	return ret == 0 ? take_up(index) : ret;
}

int
lb_host_link_set_address(int index, const struct lb_prefix *address, bool on)
{
	struct request request = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
			.nlmsg_type = on ? RTM_NEWADDR : RTM_DELADDR,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (on ? NLM_F_CREATE : 0),
		},
		.address = {
			.ifa_family = address->addr.family,
			.ifa_prefixlen = address->len,
			.ifa_index = (uint32_t)index,
		},
	};
	size_t len =
		address->addr.family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
	int ret;

	if (address->addr.family == AF_INET6)
		request.address.ifa_flags = IFA_F_NODAD; /* polluxd speaks for it already */
	add(&request, IFA_LOCAL, address->addr.bytes, len);
	add(&request, IFA_ADDRESS, address->addr.bytes, len);
	ret = ask(&request);
	return ret == (on ? -EEXIST : -EADDRNOTAVAIL) ? 0 : ret;
}
