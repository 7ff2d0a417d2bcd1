/*
 * ARP on the control lcore: answers for our addresses, what others say about themselves, and what
 * workers want to know. The worker has checked each packet; it is read again, as it is cheap.
 */

#include <string.h>

#include "director.h"
#include "lb_announce.h"
#include "lb_arp.h"
#include "lb_clock.h"
#include "lb_log.h"
#include "lb_vip.h"

/* A conflict of addresses is logged at most this often. */
#define CONFLICT_PAUSE_MS 10000

const struct lb_vip *
director_ours(const struct lb_addr *addr, uint8_t port)
{
	const struct lb_vip *vip = lb_vip_find(lb_vip_current(), addr);

	if (vip == NULL || vip->port != port)
		return NULL;
	if (vip->kind == LB_VIP_LOCAL || lb_vip_is_active(vip->instance, rte_rdtsc()))
		return vip;
	return NULL;
}

/* A virtual MAC stands in the answer; the frame still comes from the port's own (RFC 9568 8.1.2).
 */
static void
answer(struct director *director, uint8_t port, const struct lb_arp *arp,
	const struct rte_ether_addr *mac)
{
	uint8_t frame[LB_ARP_FRAME];
	struct rte_ether_hdr *eth = (struct rte_ether_hdr *)frame;

	lb_announce_answer(frame, arp, mac);
	eth->src_addr = director->ports[port]->mac;
	lb_control_tx_send(&director->tx, port, frame, sizeof(frame));
}

void
director_complain(struct director *director, uint8_t port, const struct lb_addr *address,
	const struct rte_ether_addr *mac)
{
	char addr[LB_ADDR_TEXT], host[RTE_ETHER_ADDR_FMT_SIZE];
	uint64_t now_ms = lb_clock_ms();

	if (now_ms < director->conflict_due_ms)
		return;
	director->conflict_due_ms = now_ms + CONFLICT_PAUSE_MS;
	rte_ether_format_addr(host, sizeof(host), mac);
	lb_log(LB_LOG_WARN,
		"address %s on port \"%s\": the host with MAC %s has it too; take it from one of "
		"us",
		lb_addr_text(address, addr), director->ports[port]->name, host);
}

/* Answers to a port's address, and what others announce: the kernel has neighbours of its own. */
static bool
concerns_kernel(const struct lb_arp *arp, const struct lb_vip *target)
{
	if (arp->sender_ip == arp->target_ip)
		return true;
	return arp->op == RTE_ARP_OP_REPLY && target != NULL && target->kind == LB_VIP_LOCAL;
}

static void
handle_arp(struct director *director, uint8_t port, struct rte_mbuf *m)
{
	const struct lb_vip *sender, *target;
	struct lb_addr from, about;
	struct lb_arp arp;

	if (lb_arp_parse(rte_pktmbuf_mtod(m, const void *), rte_pktmbuf_data_len(m), &arp) != 0)
		return;
	from = lb_addr_ip4(arp.sender_ip);
	about = lb_addr_ip4(arp.target_ip);
	sender = director_ours(&from, port);
	if (sender != NULL) {
		if (!rte_is_same_ether_addr(&arp.sender_mac, vrrp_run_mac(director, sender, port)))
			director_complain(director, port, &from, &arp.sender_mac);
		return;
	}
	target = director_ours(&about, port);
	if (target != NULL && arp.op == RTE_ARP_OP_REQUEST)
		answer(director, port, &arp, vrrp_run_mac(director, target, port));
	lb_neigh_heard(director->neigh, port, &arp, target != NULL, lb_clock_ms());
	director->neigh_due_ms = 0; /* what has to be sent is sent in this turn */
	if (concerns_kernel(&arp, target))
		host_give(director, port, m);
}

static uint8_t
port_of(const struct director *director, uint32_t worker, const struct rte_mbuf *m)
{
	return director->workers[worker]->env.port_of[m->port];
}

/* By what the worker says that it is; false: no packet, and so from no port. */
static bool
handle_packet(struct director *director, uint32_t worker, struct rte_mbuf *m)
{
	if (m->packet_type == RTE_PTYPE_L2_ETHER_ARP)
		handle_arp(director, port_of(director, worker, m), m);
	else if (m->packet_type == RTE_PTYPE_L3_IPV6)
		director_nd(director, port_of(director, worker, m), m);
	else
		return false;
	return true;
}

void
director_arp_vip(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	handle_packet(arg, worker, m);
	rte_pktmbuf_free(m);
}

void
director_neigh(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	struct director *director = arg;
	struct lb_node_want want;

	if (!handle_packet(director, worker, m)) {
		memcpy(&want, rte_pktmbuf_mtod(m, const void *), sizeof(want));
		lb_neigh_want(director->neigh, want.port, &want.addr, lb_clock_ms());
		director->neigh_due_ms = 0;
	}
	rte_pktmbuf_free(m);
}

static void
neigh_send(void *arg, uint8_t port, const void *frame, size_t len)
{
	struct director *director = arg;

	lb_control_tx_send(&director->tx, port, frame, len);
}

static bool
neigh_source(void *arg, uint8_t port, const struct lb_addr *addr, struct rte_ether_addr *mac,
	struct lb_addr *from)
{
	const struct director *director = arg;
	const struct lb_addr *own = lb_netif_address_for(director->ports[port], addr);

	if (own == NULL)
		return false;
	*mac = *vrrp_run_mac(director, lb_vip_find(lb_vip_current(), own), port);
	*from = *own;
	return true;
}

static bool
neigh_used(void *arg, uint32_t index)
{
	const struct director *director = arg;
	bool used = false;

	for (uint32_t w = 0; w < director->workers_n; w++)
		used |= __atomic_exchange_n(&director->workers[w]->env.neigh_used[index], 0,
				__ATOMIC_RELAXED) != 0;
	return used;
}

static void
neigh_changed(void *arg, uint32_t index, bool usable)
{
	const struct director *director = arg;
	char addr[LB_ADDR_TEXT], mac[RTE_ETHER_ADDR_FMT_SIZE];
	struct lb_neigh_info info;

	if (!lb_neigh_info(director->neigh, index, &info) || !info.pinned)
		return;
	lb_addr_text(&info.addr, addr);
	rte_ether_format_addr(mac, sizeof(mac), &info.mac);
	if (usable)
		lb_log(LB_LOG_INFO, "neighbour %s on port \"%s\": is at %s", addr,
			director->ports[info.port]->name, mac);
	else if (info.asked != 0) /* else it was flushed */
		lb_log(LB_LOG_WARN,
			"neighbour %s on port \"%s\": does not answer %s; check its link", addr,
			director->ports[info.port]->name,
			info.addr.family == AF_INET6 ? "ND" : "ARP");
}

struct lb_neigh_env
director_neigh_env(struct director *director)
{
	return (struct lb_neigh_env){
		.arg = director,
		.send = neigh_send,
		.source = neigh_source,
		.used = neigh_used,
		.changed = neigh_changed,
	};
}
