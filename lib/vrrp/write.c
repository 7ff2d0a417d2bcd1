/*
 * Adverts written. An instance says the same in all of them but for the priority, so all else comes
 * from its configuration.
 */

#include "lb_vrrp_packet.h"
#include "vrrp_message.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct vrrp_message) == 8, "the fixed part of an advert has no gaps");

#define WRITE_TTL 255
#define WRITE_TOS 0xc0

struct lb_vrrp_dest
lb_vrrp_group(uint8_t family)
{
	static const struct lb_vrrp_dest ip4 = {
		.addr = { .bytes = { 224, 0, 0, 18 }, .family = AF_INET },
		.mac = { { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x12 } },
	};
	static const struct lb_vrrp_dest ip6 = {
		.addr = { .bytes = { 0xff, 0x02, [15] = 0x12 }, .family = AF_INET6 },
		.mac = { { 0x33, 0x33, 0x00, 0x00, 0x00, 0x12 } },
	};

	return family == AF_INET6 ? ip6 : ip4;
}

struct rte_ether_addr
lb_vrrp_mac(uint8_t family, uint8_t vrid)
{
	const uint8_t net = family == AF_INET6 ? 2 : 1;

	return (struct rte_ether_addr){ { 0x00, 0x00, 0x5e, 0x00, net, vrid } };
}

uint16_t
lb_vrrp_size(uint8_t version, uint8_t family, uint16_t n)
{
	uint16_t tail = version == 2 ? LB_VRRP_PASSWORD : 0;

	return (uint16_t)(sizeof(struct vrrp_message) + n * vrrp_addr_len(family) + tail);
}

static struct vrrp_message
write_fixed(const struct lb_vrrp_conf *conf, uint8_t priority)
{
	struct vrrp_message fixed = {
		.version_type = (uint8_t)(conf->version << 4 | VRRP_TYPE_ADVERT),
		.vrid = conf->vrid,
		.priority = priority,
		.count = (uint8_t)conf->n_addrs,
	};

	if (conf->version == 2)
		fixed.v2 =
			(typeof(fixed.v2)){ vrrp_auth_type(conf), vrrp_seconds(conf->interval_us) };
	else
		fixed.v3_interval =
			rte_cpu_to_be_16((uint16_t)(conf->interval_us / VRRP_CENTISECOND_US));
	return fixed;
}

uint16_t
lb_vrrp_write(
	void *out, const struct lb_vrrp_conf *conf, const struct lb_addr *to, uint8_t priority)
{
	uint16_t len = lb_vrrp_size(conf->version, conf->source.family, conf->n_addrs);
	uint8_t addr_len = vrrp_addr_len(conf->source.family);
	struct vrrp_message fixed = write_fixed(conf, priority);
	uint8_t *at = (uint8_t *)out + sizeof(fixed);
	uint16_t sum;

	assert(conf->n_addrs <= LB_VRRP_ADDRS);
	memset(out, 0, len);
	memcpy(out, &fixed, sizeof(fixed));
	for (uint16_t i = 0; i < conf->n_addrs; i++, at += addr_len)
		memcpy(at, conf->addrs[i].bytes, addr_len);
	if (conf->version == 2)
		memcpy(at, conf->password, LB_VRRP_PASSWORD);
	sum = vrrp_sum(conf->version, conf->sum, &conf->source, to, out, len);
	fixed.checksum = (rte_be16_t)~sum;
	memcpy(out, &fixed, sizeof(fixed));
	return len;
}

uint16_t
lb_vrrp_frame4(
	void *out, const struct lb_vrrp_conf *conf, const struct lb_vrrp_dest *to, uint8_t priority)
{
	const struct rte_ether_hdr eth = {
		.dst_addr = to->mac,
		.src_addr = conf->mac,
		.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4),
	};
	struct rte_ipv4_hdr ip = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.type_of_service = WRITE_TOS,
		.fragment_offset = rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG),
		.time_to_live = WRITE_TTL,
		.next_proto_id = LB_VRRP_PROTOCOL,
		.src_addr = conf->source.ip4,
		.dst_addr = to->addr.ip4,
	};
	uint8_t *at = out;
	uint16_t len = lb_vrrp_write(at + sizeof(eth) + sizeof(ip), conf, &to->addr, priority);

	ip.total_length = rte_cpu_to_be_16((uint16_t)(sizeof(ip) + len));
	ip.hdr_checksum = rte_ipv4_cksum(&ip);
	memcpy(at, &eth, sizeof(eth));
	memcpy(at + sizeof(eth), &ip, sizeof(ip));
	return (uint16_t)(sizeof(eth) + sizeof(ip) + len);
}

static uint16_t
write_frame6(
	void *out, const struct lb_vrrp_conf *conf, const struct lb_vrrp_dest *to, uint8_t priority)
{
	const struct rte_ether_hdr eth = {
		.dst_addr = to->mac,
		.src_addr = conf->mac,
		.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6),
	};
	struct rte_ipv6_hdr ip = {
		.vtc_flow = rte_cpu_to_be_32(UINT32_C(6) << 28 | WRITE_TOS << 20),
		.proto = LB_VRRP_PROTOCOL,
		.hop_limits = WRITE_TTL,
	};
	uint8_t *at = out;
	uint16_t len = lb_vrrp_write(at + sizeof(eth) + sizeof(ip), conf, &to->addr, priority);

	memcpy(ip.src_addr, conf->source.bytes, sizeof(ip.src_addr));
	memcpy(ip.dst_addr, to->addr.bytes, sizeof(ip.dst_addr));
	ip.payload_len = rte_cpu_to_be_16(len);
	memcpy(at, &eth, sizeof(eth));
	memcpy(at + sizeof(eth), &ip, sizeof(ip));
	return (uint16_t)(sizeof(eth) + sizeof(ip) + len);
}

uint16_t
lb_vrrp_frame(
	void *out, const struct lb_vrrp_conf *conf, const struct lb_vrrp_dest *to, uint8_t priority)
{
	return conf->source.family == AF_INET6 ? write_frame6(out, conf, to, priority)
					       : lb_vrrp_frame4(out, conf, to, priority);
}
