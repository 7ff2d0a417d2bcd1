/*
 * Adverts read, and judged by themselves (RFC 9568 section 7.1, RFC 3768 section 7.1). A field is
 * believed only after length and checksum; bits that are reserved today are ignored.
 */

#include "lb_vrrp_packet.h"
#include "vrrp_message.h"

#include <string.h>

/* Multicast that was not sent on this link has lost some (RFC 9568 section 5.1.1.3). */
#define READ_TTL 255

static struct vrrp_message
read_fixed(const struct lb_vrrp_packet *packet)
{
	struct vrrp_message fixed;

	memcpy(&fixed, packet->message, sizeof(fixed));
	return fixed;
}

/* What must hold before a byte behind the fixed part is touched. */
static enum lb_vrrp_refusal
read_frame(const struct lb_vrrp_packet *packet)
{
	uint8_t family = packet->src.family;
	struct vrrp_message fixed;
	uint8_t version;

	if (vrrp_is_group(&packet->dst) && packet->ttl != READ_TTL)
		return LB_VRRP_BAD_TTL;
	if (packet->len < sizeof(fixed))
		return LB_VRRP_BAD_LENGTH;
	fixed = read_fixed(packet);
	version = fixed.version_type >> 4;
	if (version != 3 && (version != 2 || family == AF_INET6))
		return LB_VRRP_BAD_VERSION;
	if ((fixed.version_type & 0x0f) != VRRP_TYPE_ADVERT)
		return LB_VRRP_BAD_TYPE;
	if (packet->len < lb_vrrp_size(version, family, fixed.count))
		return LB_VRRP_BAD_LENGTH;
	return LB_VRRP_TAKEN;
}

static bool
read_sum_is_right(const struct lb_vrrp_packet *packet, uint8_t version, enum lb_vrrp_sum form)
{
	return vrrp_sum(version, form, &packet->src, &packet->dst, packet->message, packet->len) ==
	       UINT16_MAX;
}

/* Find the form whose checksum is right; false: none is. */
static bool
read_sum(const struct lb_vrrp_packet *packet, struct lb_vrrp_advert *advert)
{
	for (int form = LB_VRRP_SUM_RFC5798; form <= LB_VRRP_SUM_RFC9568; form++) {
		advert->sum = (enum lb_vrrp_sum)form;
		if (read_sum_is_right(packet, advert->version, advert->sum))
			return true;
	}
	return false;
}

static uint64_t
read_interval(const struct vrrp_message *fixed)
{
	if (fixed->version_type >> 4 == 2)
		return (uint64_t)fixed->v2.seconds * VRRP_SECOND_US;
	return (uint64_t)(rte_be_to_cpu_16(fixed->v3_interval) & VRRP_INTERVAL_BITS) *
	       VRRP_CENTISECOND_US;
}

static enum lb_vrrp_refusal
read_values(const struct lb_vrrp_advert *advert)
{
	struct lb_addr first;

	if (advert->count == 0)
		return LB_VRRP_BAD_COUNT;
	if (advert->interval_us == 0)
		return LB_VRRP_BAD_INTERVAL;
	first = lb_vrrp_advert_addr(advert, 0);
	if (first.family == AF_INET6 && !lb_addr_is_link_local(&first))
		return LB_VRRP_BAD_LINK_LOCAL;
	return LB_VRRP_TAKEN;
}

enum lb_vrrp_refusal
lb_vrrp_read(const struct lb_vrrp_packet *packet, struct lb_vrrp_advert *advert)
{
	enum lb_vrrp_refusal refusal = read_frame(packet);
	struct vrrp_message fixed;

	if (refusal != LB_VRRP_TAKEN)
		return refusal;
	fixed = read_fixed(packet);
	*advert = (struct lb_vrrp_advert){
		.sender = packet->src,
		.version = fixed.version_type >> 4,
		.vrid = fixed.vrid,
		.priority = fixed.priority,
		.count = fixed.count,
		.addrs = (const uint8_t *)packet->message + sizeof(fixed),
		.interval_us = read_interval(&fixed),
	};
	if (advert->version == 2) {
		advert->auth_type = fixed.v2.auth_type;
		advert->auth = advert->addrs + (size_t)fixed.count * vrrp_addr_len(AF_INET);
	}
	if (!read_sum(packet, advert))
		return LB_VRRP_BAD_CHECKSUM;
	return read_values(advert);
}

struct lb_addr
lb_vrrp_advert_addr(const struct lb_vrrp_advert *advert, uint8_t i)
{
	uint8_t len = vrrp_addr_len(advert->sender.family);
	struct lb_addr addr = { .family = advert->sender.family };

	memcpy(addr.bytes, advert->addrs + (size_t)i * len, len);
	return addr;
}
