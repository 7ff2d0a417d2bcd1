/*
 * tun: IP in IP (RFC 2003). The packet goes to the server inside another IPv4 header, so that any
 * number of routers may lie between; the server unpacks it, has the VIP on a tunnel device and
 * answers the client by itself. The director sees requests only and changes nothing inside, so the
 * port stays the service's.
 */

#include <assert.h>
#include <errno.h>

#include <rte_ip.h>
#include <rte_lcore.h>

#include "lb_checksum.h"
#include "lb_fwd.h"

#define ECN_ECT0 0x02 /* RFC 3168 section 5 */

/*
 * Identifications of outer headers, one thread's: workers count in steps of a power of two from
 * starts that differ, so no two ever use the same one, not even after they wrap.
 */
struct tun_ids {
	uint16_t next;
	uint16_t step; /* 0: not begun */
};

static _Thread_local struct tun_ids tun_ids;

/* Lcore 0 of the daemon is control, which forwards nothing: the others share the numbers. */
static void
tun_ids_begin(struct tun_ids *ids)
{
	uint32_t workers = RTE_MAX(rte_lcore_count(), 2u) - 1;
	int index = rte_lcore_index(-1);

	ids->next = (uint16_t)((uint32_t)RTE_MAX(index, 0) % workers);
	ids->step = (uint16_t)rte_align32pow2(workers);
}

/* A packet that may not be fragmented needs no number (RFC 6864 section 4.1), and takes none. */
static inline rte_be16_t
tun_id(struct tun_ids *ids, rte_be16_t df)
{
	uint16_t id = ids->next;

	if (df != 0)
		return 0;
	ids->next = (uint16_t)(id + ids->step);
	return rte_cpu_to_be_16(id);
}

/*
 * DSCP and ECN of the inner header. The server's end must understand ECN; congestion that was met
 * before is told inside only, so that what is met in the tunnel can be told from it (full
 * functionality, RFC 3168 section 9.1.1).
 */
static inline uint8_t
tun_tos(uint8_t inner)
{
	if ((inner & RTE_IPV4_HDR_ECN_MASK) == RTE_IPV4_HDR_ECN_CE)
		return (inner & RTE_IPV4_HDR_DSCP_MASK) | ECN_ECT0;
	return inner;
}

/* From the values, not from memory, where they are still being written. */
static inline rte_be16_t
tun_checksum(const struct rte_ipv4_hdr *ip)
{
	uint32_t sum = rte_cpu_to_be_16((uint16_t)(RTE_IPV4_VHL_DEF << 8 | ip->type_of_service)) +
		       ip->total_length + ip->packet_id + ip->fragment_offset +
		       rte_cpu_to_be_16((uint16_t)(ip->time_to_live << 8 | IPPROTO_IPIP)) +
		       (uint16_t)ip->src_addr + (ip->src_addr >> 16) + (uint16_t)ip->dst_addr +
		       (ip->dst_addr >> 16);

	return (uint16_t)~lb_checksum_fold(sum);
}

static inline void
tun_wrap(struct rte_mbuf *m, const struct lb_fwd_target *target, struct tun_ids *ids)
{
	const struct rte_ipv4_hdr *inner = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	rte_be16_t df = inner->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG);
	uint16_t total = rte_be_to_cpu_16(inner->total_length);
	struct rte_ipv4_hdr outer = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.type_of_service = tun_tos(inner->type_of_service),
		.total_length = rte_cpu_to_be_16((uint16_t)(total + sizeof(outer))),
		.packet_id = tun_id(ids, df),
		.fragment_offset = df,
		.time_to_live = inner->time_to_live,
		.next_proto_id = IPPROTO_IPIP,
		.src_addr = target->local,
		.dst_addr = target->server,
	};
	struct rte_ipv4_hdr *room = (void *)rte_pktmbuf_prepend(m, sizeof(outer));

	assert(room != NULL);
	outer.hdr_checksum = tun_checksum(&outer);
	*room = outer;
}

static void
tun_rewrite(struct rte_mbuf **mbufs, const struct lb_fwd_target *const *targets, uint16_t n)
{
	struct tun_ids ids = tun_ids; /* in registers, for the burst */

	if (unlikely(ids.step == 0))
		tun_ids_begin(&ids);
	for (uint16_t i = 0; i < n; i++)
		tun_wrap(mbufs[i], targets[i], &ids);
	tun_ids = ids;
}

static int
tun_check(const struct lb_fwd_server *server, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	lb_endpoint_text(&server->server, text);
	if (server->server.addr.family != server->at.addr.family)
		return lb_error_set(err, EINVAL,
			"service \"%s\": server %s: TUN cannot change the address family; "
			"give the server an %s address",
			server->service, text,
			server->at.addr.family == AF_INET6 ? "IPv6" : "IPv4");
	if (server->server.port != server->at.port)
		return lb_error_set(err, EINVAL,
			"service \"%s\": server %s: TUN cannot change the port; set it to %u, or "
			"use forward = \"nat\"",
			server->service, text, rte_be_to_cpu_16(server->at.port));
	return 0;
}

const struct lb_fwd_ops lb_fwd_tun = {
	.name = "tun",
	.overhead = sizeof(struct rte_ipv4_hdr),
	.one_way = true,
	.check = tun_check,
	.rewrite = tun_rewrite,
};
