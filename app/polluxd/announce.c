/*
 * Gratuitous ARP, and for IPv6 unasked advertisements, for what is ours, so that hosts with an
 * older entry find us at once. A round goes over all VIPs and addresses of ports, a few per turn,
 * and is repeated: a switch may still be learning when the first one comes.
 */

#include "announce.h"

#include "director.h"
#include "lb_announce.h"
#include "lb_vip.h"

#define ROUNDS 3
#define PAUSE_MS 1000
/* Addresses per turn, and ms to the next: the port's queue is never filled by announcing. */
#define PIECE 64
#define PIECE_MS 2

void
announce_begin(struct announce *announce)
{
	announce->rounds = ROUNDS;
	announce->next = 0;
	announce->due_ms = 0;
}

static void
send_frame(struct director *director, uint8_t port, const struct lb_addr *addr)
{
	const struct lb_announce_owner owner = { .mac = director->ports[port]->mac };
	uint8_t arp[LB_ARP_FRAME], nd[LB_ND_FRAME];

	if (addr->family == AF_INET6) {
		lb_announce_unasked6(nd, addr, &owner);
		lb_control_tx_send(&director->tx, port, nd, sizeof(nd));
	} else {
		lb_announce_gratuitous(arp, addr->ip4, &owner.mac);
		lb_control_tx_send(&director->tx, port, arp, sizeof(arp));
	}
}

static void
send_one(struct director *director, uint8_t port, const struct lb_addr *addr)
{
	const struct lb_vip *vip = lb_vip_find(lb_vip_current(), addr);

	if (vip == NULL)
		return;
	if (vip->kind == LB_VIP_VIP && vip->instance != LB_VIP_STATIC)
		return; /* its owner announces it while Active */
	send_frame(director, port, addr);
}

/* Announce number n of a round; false: there are not so many. */
static bool
send_number(struct director *director, size_t n)
{
	const struct lb_conf *conf = director->conf;

	if (n < conf->vips_n) {
		send_one(director, (uint8_t)conf->vips[n].port, &conf->vips[n].address);
		return true;
	}
	n -= conf->vips_n;
	for (uint32_t p = 0; p < director->ports_n; p++) {
		if (n < director->ports[p]->addresses_n) {
			send_one(director, (uint8_t)p, &director->ports[p]->addresses[n].addr);
			return true;
		}
		n -= director->ports[p]->addresses_n;
	}
	return false;
}

uint64_t
announce_run(struct director *director, uint64_t now_ms)
{
	struct announce *announce = &director->announce;

	if (announce->rounds == 0)
		return UINT64_MAX;
	if (now_ms < announce->due_ms)
		return announce->due_ms;
	announce->due_ms = now_ms + PIECE_MS;
	for (int i = 0; i < PIECE; i++) {
		if (send_number(director, announce->next++))
			continue;
		announce->next = 0;
		announce->rounds--;
		announce->due_ms = now_ms + PAUSE_MS;
		break;
	}
	return announce->rounds == 0 ? UINT64_MAX : announce->due_ms;
}
