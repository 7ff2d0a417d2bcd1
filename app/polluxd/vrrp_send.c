/*
 * What an instance sends: adverts, and gratuitous ARP or advertisements by ND in pieces behind
 * them. A lease is renewed with each advert and ends before the quickest Backup takes over, so a
 * director whose loop hangs serves no VIP that another has taken, and nobody has to tick for it.
 */

#include "vrrp_run.h"

#include <rte_cycles.h>

#include "director.h"
#include "lb_announce.h"

/* Frames of gratuitous ARP in a turn of the loop; the next adverts are due after it. */
#define TURN_FRAMES 64

/* Gratuitous ARP waits this long while a port does not take frames. */
#define BUSY_US 1000

static uint64_t
lease_end(const struct vrrp_instance *instance)
{
	uint64_t us = VRRP_LEASE_INTERVALS * instance->conf.interval_us;

	return rte_rdtsc() + us * (rte_get_tsc_hz() / 1000000);
}

void
vrrp_send_lease(const struct vrrp_instance *instance)
{
	lb_vip_set_active(instance->number, true, lease_end(instance));
}

/* All whom an advert goes to now: the group, or each peer whose MAC is known. */
static uint32_t
dests_of(const struct director *director, struct vrrp_instance *instance,
	struct lb_vrrp_dest dests[LB_CONF_VRRP_PEERS_MAX])
{
	uint32_t n = 0;

	if (instance->conf.n_peers == 0)
		dests[n++] = lb_vrrp_group(instance->conf.source.family);
	for (uint16_t i = 0; i < instance->conf.n_peers; i++)
		n += vrrp_peer_find(director, instance, i, &dests[n]) ? 1 : 0;
	return n;
}

/* What an instance says: version 3 goes first, since who speaks it ignores the other. */
static uint32_t
versions_of(const struct vrrp_instance *instance, struct lb_vrrp_conf confs[2])
{
	confs[0] = instance->conf;
	if (!instance->conf.both_versions)
		return 1;
	confs[1] = lb_vrrp_conf_v2(&instance->conf);
	return 2;
}

/* Anew with each advert, so that it always says what that one said. */
static void
prepare_farewell(const struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_dest *dests, uint32_t dests_n)
{
	uint8_t frame[LB_VRRP_FRAME_MAX];
	struct lb_vrrp_conf confs[2];
	uint32_t versions = versions_of(instance, confs), n = 0;

	vrrp_farewell_begin(&instance->farewell);
	for (uint32_t v = 0; v < versions; v++)
		for (uint32_t d = 0; d < dests_n; d++)
			n = vrrp_farewell_add(&instance->farewell, n, director->pool, frame,
				lb_vrrp_frame(frame, &confs[v], &dests[d], 0));
	vrrp_farewell_end(&instance->farewell, n);
}

void
vrrp_send_advert(struct director *director, struct vrrp_instance *instance, uint8_t priority)
{
	struct lb_vrrp_dest dests[LB_CONF_VRRP_PEERS_MAX];
	uint32_t dests_n = dests_of(director, instance, dests);
	uint8_t frame[LB_VRRP_FRAME_MAX];
	struct lb_vrrp_conf confs[2];
	uint32_t versions = versions_of(instance, confs);

	for (uint32_t v = 0; v < versions; v++)
		for (uint32_t d = 0; d < dests_n; d++) {
			lb_control_tx_send(&director->tx, instance->port, frame,
				lb_vrrp_frame(frame, &confs[v], &dests[d], priority));
			instance->sent++;
		}
	if (priority == 0)
		return;
	vrrp_send_lease(instance);
	prepare_farewell(director, instance, dests, dests_n);
}

static void
announce(
	struct director *director, const struct vrrp_instance *instance, const struct lb_addr *addr)
{
	const struct lb_announce_owner owner = { instance->conf.mac, instance->router };
	uint8_t arp[LB_ARP_FRAME], nd[LB_ND_FRAME];

	if (addr->family == AF_INET6) {
		lb_announce_unasked6(nd, addr, &owner);
		lb_control_tx_send(&director->tx, instance->port, nd, sizeof(nd));
	} else {
		lb_announce_gratuitous(arp, addr->ip4, &owner.mac);
		lb_control_tx_send(&director->tx, instance->port, arp, sizeof(arp));
	}
}

/* At most so many frames; returns how many there were. */
static uint32_t
announce_some(
	struct director *director, struct vrrp_instance *instance, uint32_t most, uint64_t now_us)
{
	uint32_t n = vrrp_garp_take(&instance->garp, &instance->garp_conf, most, now_us), sent = 0;

	for (; sent < n && instance->garp.rounds > 0; sent++) {
		uint32_t at;

		if (director->tx.waiting > 0) { /* an advert is not to wait behind these */
			instance->garp.due_us = now_us + BUSY_US;
			break;
		}
		at = vrrp_garp_next(&instance->garp, instance->vips_n);
		announce(director, instance, &instance->vips[at].addr);
	}
	return sent;
}

/* Whoever did not get his turn is first in the next one. */
void
vrrp_send_announce(struct director *director, uint64_t now_us)
{
	struct vrrp_run *run = &director->vrrp;
	uint32_t left = TURN_FRAMES, first = run->n == 0 ? 0 : run->announcer % run->n;

	for (uint32_t i = 0; i < run->n && left > 0; i++) {
		uint32_t at = (first + i) % run->n;

		left -= announce_some(director, &run->list[run->numbers[at]], left, now_us);
		if (left == 0)
			run->announcer = at + 1;
	}
}
