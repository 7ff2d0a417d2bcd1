/*
 * Adverts of others: read, judged by the packet and by the instance, counted, and fed to the state
 * machine with the time at which the worker received them.
 */

#include <rte_cycles.h>
#include <rte_ip.h>

#include "director.h"
#include "lb_log.h"
#include "lb_node_punt.h"
#include "vrrp_clock.h"

/* Who advertises so often in a row beside us does not hear us; less is a split that heals. */
#define RIVALRY 3

/* Each reason to refuse adverts is logged at most this often. */
#define TELL_PAUSE_US (10 * 1000 * 1000)

static struct vrrp_instance *
find(struct vrrp_run *run, uint8_t port, uint8_t family, uint8_t vrid)
{
	for (uint32_t i = 0; i < run->n; i++) {
		struct vrrp_instance *instance = &run->list[run->numbers[i]];

		if (instance->port == port && instance->conf.vrid == vrid &&
			instance->conf.source.family == family)
			return instance;
	}
	return NULL;
}

static struct lb_vrrp_packet
packet6_of(const struct rte_mbuf *m)
{
	const struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv6_hdr *);
	const struct rte_ether_hdr *eth = RTE_PTR_SUB(ip, m->l2_len);

	return (struct lb_vrrp_packet){
		.src = lb_addr_ip6(ip->src_addr),
		.dst = lb_addr_ip6(ip->dst_addr),
		.src_mac = eth->src_addr,
		.ttl = ip->hop_limits,
		.message = ip + 1,
		.len = rte_be_to_cpu_16(ip->payload_len),
	};
}

static struct lb_vrrp_packet
packet4_of(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct rte_ether_hdr *eth = RTE_PTR_SUB(ip, m->l2_len);
	uint8_t header = rte_ipv4_hdr_len(ip);

	return (struct lb_vrrp_packet){
		.src = lb_addr_ip4(ip->src_addr),
		.dst = lb_addr_ip4(ip->dst_addr),
		.src_mac = eth->src_addr,
		.ttl = ip->time_to_live,
		.message = RTE_PTR_ADD(ip, header),
		.len = (uint16_t)(rte_be_to_cpu_16(ip->total_length) - header),
	};
}

/* What is refused as a rule, other virtual routers and our own echo, is counted without a word. */
static void
tell(struct vrrp_run *run, enum lb_vrrp_refusal refusal, const struct lb_vrrp_packet *packet,
	const struct vrrp_instance *instance)
{
	uint64_t now_us = vrrp_clock_us();
	char text[LB_VRRP_TEXT];

	if (refusal == LB_VRRP_OTHER_VRID || refusal == LB_VRRP_OWN || refusal == LB_VRRP_REPEATED)
		return;
	if (run->told_us[refusal] != 0 && now_us - run->told_us[refusal] < TELL_PAUSE_US)
		return;
	run->told_us[refusal] = now_us;
	lb_log(LB_LOG_WARN, "vrrp \"%s\": %s", instance == NULL ? "" : instance->name,
		lb_vrrp_explain(refusal, packet, instance == NULL ? NULL : &instance->conf, text));
}

/* Also of an advert that is worth nothing else: its sender meant this instance. NULL: none of ours.
 */
static struct vrrp_instance *
addressed(struct vrrp_run *run, uint8_t port, const struct lb_vrrp_packet *packet)
{
	const uint8_t *message = packet->message;

	return packet->len < 2 ? NULL : find(run, port, packet->src.family, message[1]);
}

static enum lb_vrrp_refusal
judge(const struct lb_vrrp_packet *packet, struct vrrp_instance *instance, uint64_t at_us,
	struct lb_vrrp_advert *advert)
{
	enum lb_vrrp_refusal refusal = lb_vrrp_read(packet, advert);

	if (refusal != LB_VRRP_TAKEN)
		return refusal;
	if (instance == NULL)
		return LB_VRRP_OTHER_VRID;
	refusal = lb_vrrp_admit(&instance->conf, packet, advert);
	return refusal == LB_VRRP_TAKEN ? lb_vrrp_routers_take(&instance->routers, advert, at_us)
					: refusal;
}

/* The TSC that the worker saw, in us of CLOCK_MONOTONIC. */
static uint64_t
arrival_us(const struct rte_mbuf *m)
{
	uint64_t age = rte_rdtsc() - lb_node_punt_arrival(m);

	return vrrp_clock_us() - age / (rte_get_tsc_hz() / 1000000);
}

static void
take(struct director *director, struct vrrp_instance *instance, const struct lb_vrrp_advert *advert,
	uint64_t at_us)
{
	const struct lb_vrrp_event event = {
		.kind = LB_VRRP_ADVERT,
		.now = at_us,
		.advert = advert,
	};
	enum lb_vrrp_state before = instance->machine.state;
	uint32_t rivalry;

	instance->received++;
	instance->heard = (struct vrrp_heard){
		.sender = advert->sender,
		.priority = advert->priority,
		.at_us = at_us,
	};
	vrrp_log_difference(instance, advert);
	vrrp_run_step(director, instance, &event);
	rivalry = lb_vrrp_routers_rival(&instance->routers, advert,
		before == LB_VRRP_ACTIVE && instance->machine.state == LB_VRRP_ACTIVE);
	if (rivalry == RIVALRY)
		vrrp_log_rival(instance, advert);
}

/* A virtual router of the kernel's own may use unicast. */
static bool
is_for_kernel(enum lb_vrrp_refusal refusal, const struct lb_vrrp_packet *packet)
{
	struct lb_vrrp_dest group = lb_vrrp_group(packet->dst.family);

	return refusal == LB_VRRP_OTHER_VRID && !lb_addr_equal(&packet->dst, &group.addr);
}

void
vrrp_run_input(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	struct director *director = arg;
	struct vrrp_run *run = &director->vrrp;
	uint8_t port = director->workers[worker]->env.port_of[m->port];
	struct lb_vrrp_packet packet = lb_node_is_ip6(m) ? packet6_of(m) : packet4_of(m);
	struct lb_vrrp_advert advert;
	struct vrrp_instance *instance = addressed(run, port, &packet);
	uint64_t at_us = arrival_us(m);
	enum lb_vrrp_refusal refusal = judge(&packet, instance, at_us, &advert);

	if (is_for_kernel(refusal, &packet)) {
		host_give(director, port, m);
	} else if (refusal == LB_VRRP_TAKEN) {
		take(director, instance, &advert, at_us);
	} else {
		(instance == NULL ? run->refused : instance->refused)[refusal]++;
		tell(run, refusal, &packet, instance);
	}
	rte_pktmbuf_free(m);
}
