/*
 * Whether an instance takes an advert. Where RFCs leave a choice, the harmless one is made: another
 * list of addresses is no reason to go Active beside a living Active, so it is noted, not refused.
 */

#include "lb_vrrp_packet.h"
#include "vrrp_message.h"

#include <assert.h>
#include <string.h>

/*
 * Whether the advert lists our addresses in any order. Each of ours counts once. The search begins
 * at the same position, so that an equal order, the usual case, costs one comparison an address.
 */
static bool
admit_same_addrs(const struct lb_vrrp_conf *conf, const struct lb_vrrp_advert *advert)
{
	bool seen[LB_VRRP_ADDRS] = { false };
	uint16_t n = conf->n_addrs;

	assert(n <= LB_VRRP_ADDRS);
	if (advert->count != n)
		return false;
	for (uint16_t i = 0; i < n; i++) {
		struct lb_addr addr = lb_vrrp_advert_addr(advert, (uint8_t)i);
		uint16_t at = i, tried = 0;

		while (tried < n && (seen[at] || !lb_addr_equal(&conf->addrs[at], &addr))) {
			at = at + 1 == n ? 0 : at + 1;
			tried++;
		}
		if (tried == n)
			return false;
		seen[at] = true;
	}
	return true;
}

static bool
admit_is_peer(const struct lb_vrrp_conf *conf, const struct lb_addr *sender)
{
	for (uint16_t i = 0; i < conf->n_peers; i++)
		if (lb_addr_equal(&conf->peers[i], sender))
			return true;
	return false;
}

/* Who sent it to whom. */
static enum lb_vrrp_refusal
admit_way(const struct lb_vrrp_conf *conf, const struct lb_vrrp_packet *packet)
{
	if (lb_addr_equal(&packet->src, &conf->source) &&
		rte_is_same_ether_addr(&packet->src_mac, &conf->mac))
		return LB_VRRP_OWN;
	if (conf->n_peers == 0)
		return vrrp_is_group(&packet->dst) ? LB_VRRP_TAKEN : LB_VRRP_OTHER_DEST;
	if (!lb_addr_equal(&packet->dst, &conf->source))
		return LB_VRRP_OTHER_DEST;
	if (packet->ttl < conf->ttl_min || packet->ttl > conf->ttl_max)
		return LB_VRRP_BAD_TTL;
	return admit_is_peer(conf, &packet->src) ? LB_VRRP_TAKEN : LB_VRRP_OTHER_SENDER;
}

/* Without a password of ours the bytes are ignored, as RFC 3768 section 5.3.10 wants. */
static bool
admit_auth(const struct lb_vrrp_conf *conf, const struct lb_vrrp_advert *advert)
{
	uint8_t type = vrrp_auth_type(conf);

	return advert->auth_type == type &&
	       (type == VRRP_AUTH_NONE ||
		       memcmp(advert->auth, conf->password, LB_VRRP_PASSWORD) == 0);
}

/* With both versions the interval of the other is learned, in whichever he says it. */
static enum lb_vrrp_refusal
admit_version(const struct lb_vrrp_conf *conf, struct lb_vrrp_advert *advert)
{
	uint64_t ours = conf->interval_us;

	if (advert->version != conf->version && !(conf->both_versions && advert->version == 2))
		return LB_VRRP_OTHER_VERSION;
	if (advert->version == 2 && !admit_auth(conf, advert))
		return LB_VRRP_OTHER_AUTH;
	if (advert->version == 2)
		ours = (uint64_t)vrrp_seconds(ours) * VRRP_SECOND_US;
	advert->other_interval = advert->interval_us != ours;
	return conf->version == 2 && advert->other_interval ? LB_VRRP_OTHER_INTERVAL
							    : LB_VRRP_TAKEN;
}

enum lb_vrrp_refusal
lb_vrrp_admit(const struct lb_vrrp_conf *conf, const struct lb_vrrp_packet *packet,
	struct lb_vrrp_advert *advert)
{
	enum lb_vrrp_refusal refusal;

	if (advert->vrid != conf->vrid || packet->src.family != conf->source.family)
		return LB_VRRP_OTHER_VRID;
	refusal = admit_way(conf, packet);
	if (refusal != LB_VRRP_TAKEN)
		return refusal;
	refusal = admit_version(conf, advert);
	if (refusal != LB_VRRP_TAKEN)
		return refusal;
	advert->other_addrs = !admit_same_addrs(conf, advert);
	if (conf->strict_addrs && advert->other_addrs)
		return LB_VRRP_OTHER_ADDRS;
	return LB_VRRP_TAKEN;
}
