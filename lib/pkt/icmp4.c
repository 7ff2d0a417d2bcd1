/*
 * ICMPv4 in place. All lengths are the IP header's: what lies behind the total length is padding of
 * the frame, belongs to no checksum and is quoted in no error.
 */

#include "lb_icmp4.h"
#include "lb_ip4.h"

#include <assert.h>
#include <errno.h>

#include <rte_icmp.h>

/* TTL of what we originate (RFC 1700), and its TOS: internetwork control (RFC 1812 4.3.2.5). */
#define ICMP4_TTL 64
#define ICMP4_TOS 0xc0

/* Longest error, its IP header included (RFC 1812 section 4.3.2.3). */
#define ICMP4_ERROR_MAX 576

/* An error in front of what it quotes; the last four bytes depend on type and code. */
struct icmp4_error_head {
	struct rte_ipv4_hdr ip;
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be16_t unused;
	rte_be16_t mtu; /* RFC 1191 section 4 */
} __attribute__((packed));

static bool
icmp4_is_error(uint8_t type)
{
	switch (type) {
	case LB_ICMP4_UNREACHABLE:
	case LB_ICMP4_SOURCE_QUENCH:
	case LB_ICMP4_REDIRECT:
	case LB_ICMP4_TIME_EXCEEDED:
	case LB_ICMP4_PARAMETER:
		return true;
	default:
		return false;
	}
}

/* The ICMP message and its length by the IP header; NULL when it, or the frame, is too short. */
static struct rte_icmp_hdr *
icmp4_message(const struct rte_mbuf *m, uint16_t *len)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	uint16_t header, total;

	if (m->data_len < sizeof(*ip))
		return NULL;
	header = rte_ipv4_hdr_len(ip);
	total = rte_be_to_cpu_16(ip->total_length);
	if (m->data_len < total || total < header + sizeof(struct rte_icmp_hdr))
		return NULL;
	*len = (uint16_t)(total - header);
	return rte_pktmbuf_mtod_offset(m, struct rte_icmp_hdr *, header);
}

enum lb_icmp4_kind
lb_icmp4_kind(const struct rte_mbuf *m)
{
	uint16_t len;
	const struct rte_icmp_hdr *icmp = icmp4_message(m, &len);

	if (icmp == NULL)
		return LB_ICMP4_IS_TRUNCATED;
	if (rte_raw_cksum(icmp, len) != UINT16_MAX)
		return LB_ICMP4_IS_CORRUPT;
	if (icmp4_is_error(icmp->icmp_type))
		return LB_ICMP4_IS_ERROR;
	if (icmp->icmp_type == LB_ICMP4_ECHO && icmp->icmp_code == 0)
		return LB_ICMP4_IS_ECHO;
	return LB_ICMP4_IS_OTHER;
}

void
lb_icmp4_echo_reply(struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	rte_be32_t asker = ip->src_addr;
	uint16_t len;
	struct rte_icmp_hdr *icmp = icmp4_message(m, &len);
	uint32_t sum;

	assert(icmp != NULL);
	ip->src_addr = ip->dst_addr;
	ip->dst_addr = asker;
	ip->time_to_live = ICMP4_TTL;
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);

	/* 0xffff stays: a reply of nothing but zeros needs it, and for any other it is right too.
	 */
	sum = icmp->icmp_cksum + rte_cpu_to_be_16(LB_ICMP4_ECHO << 8);
	icmp->icmp_cksum = (uint16_t)(sum + (sum >> 16));
	icmp->icmp_type = LB_ICMP4_ECHO_REPLY;
}

bool
lb_icmp4_may_answer(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	uint32_t to = rte_be_to_cpu_32(ip->dst_addr);
	const struct rte_icmp_hdr *icmp;
	uint16_t len;

	if ((ip->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_OFFSET_MASK)) != 0)
		return false;
	if (to >> 28 == 0xe || to == UINT32_MAX || !lb_ip4_is_host(ip->src_addr))
		return false;
	if (ip->next_proto_id != IPPROTO_ICMP)
		return true;
	icmp = icmp4_message(m, &len);
	return icmp != NULL && !icmp4_is_error(icmp->icmp_type);
}

int
lb_icmp4_make_error(struct rte_mbuf *m, const struct lb_icmp4_error *error)
{
	const struct rte_ipv4_hdr *about = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	uint16_t quoted = RTE_MIN(rte_be_to_cpu_16(about->total_length), m->data_len);
	rte_be32_t to = about->src_addr;
	struct icmp4_error_head *head;

	if (rte_pktmbuf_headroom(m) < sizeof(*head))
		return -ENOSPC;
	quoted = RTE_MIN(quoted, (uint16_t)(ICMP4_ERROR_MAX - sizeof(*head)));
	m->data_len = quoted;
	m->pkt_len = quoted;
	head = (struct icmp4_error_head *)rte_pktmbuf_prepend(m, sizeof(*head));
	*head = (struct icmp4_error_head) {
		.ip = {
			.version_ihl = RTE_IPV4_VHL_DEF,
			.type_of_service = ICMP4_TOS,
			.total_length = rte_cpu_to_be_16((uint16_t)(sizeof(*head) + quoted)),
			.time_to_live = ICMP4_TTL,
			.next_proto_id = IPPROTO_ICMP,
			.src_addr = error->source,
			.dst_addr = to,
		},
		.type = error->type,
		.code = error->code,
		.mtu = rte_cpu_to_be_16(error->mtu),
	};
	head->ip.hdr_checksum = rte_ipv4_cksum(&head->ip);
	head->checksum =
		(uint16_t)~rte_raw_cksum(&head->type, sizeof(*head) - sizeof(head->ip) + quoted);
	return 0;
}
