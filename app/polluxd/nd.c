/*
 * Neighbor Discovery on the control lcore: answers for our addresses, what others say about
 * themselves; and MLD queries. The worker has checked each packet; it is read again, as it is
 * cheap.
 */

#include "director.h"
#include "lb_announce.h"
#include "lb_clock.h"
#include "lb_ip6.h"
#include "lb_mld.h"
#include "lb_nd.h"
#include "lb_vip.h"

/* As with ARP a virtual MAC stands in the answer, and the frame comes from the port's own. */
static void
answer(struct director *director, uint8_t port, const struct rte_mbuf *m, const struct lb_nd *nd,
	const struct lb_vip *vip)
{
	const struct rte_ether_hdr *asked =
		RTE_PTR_SUB(rte_pktmbuf_mtod(m, const void *), m->l2_len);
	const struct lb_announce_owner owner = {
		.mac = *vrrp_run_mac(director, vip, port),
		.router = vrrp_run_is_router(director, vip),
	};
	uint8_t frame[LB_ND_FRAME];
	struct rte_ether_hdr *eth = (struct rte_ether_hdr *)frame;

	lb_announce_answer6(frame, nd, nd->has_mac ? &nd->mac : &asked->src_addr, &owner);
	eth->src_addr = director->ports[port]->mac;
	lb_control_tx_send(&director->tx, port, frame, sizeof(frame));
}

/* The address that a message says its sender has, if it is ours; and with which MAC. */
static const struct lb_vip *
claimed(const struct lb_nd *nd, uint8_t port)
{
	return director_ours(nd->type == LB_ND_ADVERT ? &nd->target : &nd->src, port);
}

/* The kernel has neighbours of its own: it hears answers to it, and what is told to all. */
static bool
concerns_kernel(const struct lb_nd *nd, uint8_t port)
{
	const struct lb_vip *to = director_ours(&nd->dst, port);

	if (nd->type != LB_ND_ADVERT)
		return false;
	return lb_ip6_is_group(nd->dst.bytes) || (to != NULL && to->kind == LB_VIP_LOCAL);
}

static void
handle_nd(struct director *director, uint8_t port, struct rte_mbuf *m, const struct lb_nd *nd)
{
	const struct lb_vip *same = claimed(nd, port), *target = NULL;

	if (same != NULL) {
		if (nd->has_mac &&
			!rte_is_same_ether_addr(&nd->mac, vrrp_run_mac(director, same, port)))
			director_complain(director, port, &same->addr, &nd->mac);
		return;
	}
	if (nd->type == LB_ND_SOLICIT)
		target = director_ours(&nd->target, port);
	if (target != NULL)
		answer(director, port, m, nd, target);
	lb_neigh_heard6(director->neigh, port, nd, target != NULL, lb_clock_ms());
	director->neigh_due_ms = 0; /* what has to be sent is sent in this turn */
	if (concerns_kernel(nd, port))
		host_give(director, port, m);
}

void
director_nd(struct director *director, uint8_t port, struct rte_mbuf *m)
{
	const void *data = rte_pktmbuf_mtod(m, const void *);
	struct lb_mld_query query;
	struct lb_nd nd;

	if (lb_nd_parse(data, rte_pktmbuf_data_len(m), &nd) == 0)
		handle_nd(director, port, m, &nd);
	else if (lb_mld_parse(data, rte_pktmbuf_data_len(m), &query) == 0)
		mcast_asked(director, port, &query);
}
