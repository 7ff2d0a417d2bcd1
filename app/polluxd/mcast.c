/*
 * A change is reported at once and, as a report may be lost, once more within a second; the answer
 * to a query comes after a part of the time that it leaves (RFC 3810 sections 6.1 and 6.2).
 */

#include "mcast.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include <rte_random.h>

#include "director.h"
#include "lb_clock.h"
#include "lb_ip6.h"
#include "lb_log.h"

/* How often a change is reported, and ms within which it is again. */
#define ROBUSTNESS 2
#define REPEAT_MS 1000

/* Beside the groups of addresses: VRRP's two, all nodes', and the MACs of instances. */
static_assert(LB_CONF_IP6_MAX + 3 + LB_CONF_VRRP_MAX <= LB_NETIF_FILTER / 2,
	"a port's filter has room for what a configuration may ask of it");

int
mcast_init(struct mcast *mcast)
{
	mcast->ports = calloc(LB_NETIF_PORTS, sizeof(*mcast->ports));
	if (mcast->ports == NULL)
		return -ENOMEM;
	for (uint32_t p = 0; p < LB_NETIF_PORTS; p++)
		mcast->ports[p].due_ms = mcast->ports[p].answer_ms = UINT64_MAX;
	return 0;
}

void
mcast_fini(struct mcast *mcast)
{
	free(mcast->ports);
}

static bool
is_listened_to(const struct mcast_group *group)
{
	return group->fixed || group->refs > 0;
}

static struct mcast_group *
find(struct mcast_port *port, const struct lb_addr *addr)
{
	for (size_t i = 0; i < port->n; i++)
		if (lb_addr_equal(&port->list[i].addr, addr))
			return &port->list[i];
	return NULL;
}

static void
tell_full(const struct director *director, uint8_t port, const struct lb_addr *addr)
{
	char text[LB_ADDR_TEXT];

	lb_log(LB_LOG_ERROR,
		"port \"%s\": it takes no more groups, so nobody finds who has %s; configure fewer "
		"IPv6 addresses",
		director->ports[port]->name, lb_addr_text(addr, text));
}

/* The group, known or new, but not yet listened to if it is new; NULL: no room. */
static struct mcast_group *
obtain(struct director *director, uint8_t port, const struct lb_addr *addr)
{
	struct mcast_port *joined = &director->mcast.ports[port];
	struct mcast_group *group = find(joined, addr);

	if (group != NULL)
		return group;
	if (joined->n == MCAST_MAX) {
		tell_full(director, port, addr);
		return NULL;
	}
	group = &joined->list[joined->n++];
	*group = (struct mcast_group){ .addr = *addr };
	return group;
}

/* It was listened to before, or not: see what that changes. */
static void
settle(struct director *director, uint8_t port, struct mcast_group *group, bool before)
{
	const struct rte_ether_addr mac = lb_ip6_group_mac(&group->addr);

	if (is_listened_to(group) == before)
		return;
	if (before)
		lb_netif_filter_remove(director->ports[port], &mac);
	else if (lb_netif_filter_add(director->ports[port], &mac) == -ENOSPC)
		tell_full(director, port, &group->addr);
	group->untold = ROBUSTNESS;
	director->mcast.ports[port].due_ms = 0;
}

void
mcast_join(struct director *director, uint8_t port, const struct lb_addr *addr)
{
	struct lb_addr solicited = lb_ip6_solicited(addr);
	struct mcast_group *group = obtain(director, port, &solicited);
	bool before;

	if (group == NULL)
		return;
	before = is_listened_to(group);
	group->refs++;
	settle(director, port, group, before);
}

void
mcast_leave(struct director *director, uint8_t port, const struct lb_addr *addr)
{
	struct lb_addr solicited = lb_ip6_solicited(addr);
	struct mcast_group *group = find(&director->mcast.ports[port], &solicited);
	bool before;

	if (group == NULL || group->refs == 0)
		return;
	before = is_listened_to(group);
	group->refs--;
	settle(director, port, group, before);
}

static void
fix(struct director *director, uint8_t port, const struct lb_addr *addr)
{
	struct mcast_group *group = obtain(director, port, addr);

	if (group != NULL)
		group->fixed = true;
}

static void
fix_solicited(struct director *director, uint8_t port, const struct lb_addr *addr)
{
	struct lb_addr group;

	if (addr->family != AF_INET6)
		return;
	group = lb_ip6_solicited(addr);
	fix(director, port, &group);
}

/* What the configuration wants of a port. All nodes listen to their group without saying so. */
static void
fix_port(struct director *director, uint8_t p)
{
	const struct rte_ether_addr all = lb_ip6_group_mac(&lb_ip6_all_nodes);
	struct lb_netif_port *port = director->ports[p];
	struct lb_vrrp_dest vrrp = lb_vrrp_group(AF_INET6);
	const struct lb_conf *conf = director->conf;

	for (size_t i = 0; i < port->addresses_n; i++) {
		const struct lb_vip *vip = lb_vip_find(lb_vip_current(), &port->addresses[i].addr);

		if (port->addresses[i].addr.family == AF_INET6)
			lb_netif_filter_add(port, &all);
		if (vip != NULL && vip->kind == LB_VIP_LOCAL)
			fix_solicited(director, p, &vip->addr);
	}
	for (size_t i = 0; i < conf->vips_n; i++)
		if (conf->vips[i].port == p)
			fix_solicited(director, p, &conf->vips[i].address);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		if (conf->vrrp[i].port == p && conf->vrrp[i].unicast.peers_n == 0 &&
			conf->vrrp[i].addresses[0].addr.family == AF_INET6)
			fix(director, p, &vrrp.addr);
}

void
mcast_apply(struct director *director)
{
	static bool before[MCAST_MAX];

	for (uint32_t p = 0; p < director->ports_n; p++) {
		struct mcast_port *port = &director->mcast.ports[p];

		for (size_t i = 0; i < MCAST_MAX; i++) {
			before[i] = i < port->n && is_listened_to(&port->list[i]);
			port->list[i].fixed = false;
		}
		fix_port(director, (uint8_t)p);
		for (size_t i = 0; i < port->n; i++)
			settle(director, (uint8_t)p, &port->list[i], before[i]);
	}
}

void
mcast_asked(struct director *director, uint8_t port, const struct lb_mld_query *query)
{
	struct mcast_port *joined = &director->mcast.ports[port];
	uint64_t at_ms = lb_clock_ms() + rte_rand_max(query->delay_ms + 1);

	for (size_t i = 0; i < joined->n; i++)
		joined->list[i].asked |= lb_ip6_is_none(query->group.bytes) ||
					 lb_addr_equal(&query->group, &joined->list[i].addr);
	joined->answer_ms = RTE_MIN(joined->answer_ms, at_ms);
}

/* A report in the making, sent when it is full. */
struct report {
	struct director *director;
	uint8_t port;
	struct lb_mld_record records[LB_MLD_RECORDS];
	size_t n;
};

static void
send_report(struct report *report)
{
	const struct lb_netif_port *port = report->director->ports[report->port];
	uint8_t frame[LB_MLD_FRAME];
	uint16_t len;

	for (size_t i = 0; i < port->addresses_n && report->n > 0; i++) {
		const struct lb_addr *from = &port->addresses[i].addr;

		if (!lb_addr_is_link_local(from))
			continue;
		len = lb_mld_frame(frame, &port->mac, from, report->records, report->n);
		lb_control_tx_send(&report->director->tx, report->port, frame, len);
		break;
	}
	report->n = 0;
}

static void
add_record(struct report *report, enum lb_mld_record_type type, const struct lb_addr *group)
{
	if (report->n == LB_MLD_RECORDS)
		send_report(report);
	report->records[report->n++] = (struct lb_mld_record){ type, *group };
}

/* Tell what has changed; returns whether it is to be told again. Who left and was told of goes. */
static bool
tell_changes(struct director *director, uint8_t p)
{
	struct mcast_port *port = &director->mcast.ports[p];
	struct report report = { .director = director, .port = p };
	bool again = false;
	size_t kept = 0;

	for (size_t i = 0; i < port->n; i++) {
		struct mcast_group *group = &port->list[i];

		if (group->untold > 0) {
			add_record(&report, is_listened_to(group) ? LB_MLD_JOINS : LB_MLD_LEAVES,
				&group->addr);
			group->untold--;
		}
		again |= group->untold > 0;
		if (is_listened_to(group) || group->untold > 0)
			port->list[kept++] = *group;
	}
	port->n = kept;
	send_report(&report);
	return again;
}

static void
answer(struct director *director, uint8_t p)
{
	struct mcast_port *port = &director->mcast.ports[p];
	struct report report = { .director = director, .port = p };

	for (size_t i = 0; i < port->n; i++) {
		if (port->list[i].asked && is_listened_to(&port->list[i]))
			add_record(&report, LB_MLD_LISTENS, &port->list[i].addr);
		port->list[i].asked = false;
	}
	send_report(&report);
}

uint64_t
mcast_run(struct director *director, uint64_t now_ms)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t p = 0; p < director->ports_n; p++) {
		struct mcast_port *port = &director->mcast.ports[p];

		if (now_ms >= port->due_ms)
			port->due_ms = tell_changes(director, (uint8_t)p)
					       ? now_ms + 1 + rte_rand_max(REPEAT_MS)
					       : UINT64_MAX;
		if (now_ms >= port->answer_ms) {
			port->answer_ms = UINT64_MAX;
			answer(director, (uint8_t)p);
		}
		next = RTE_MIN(next, RTE_MIN(port->due_ms, port->answer_ms));
	}
	return next;
}
