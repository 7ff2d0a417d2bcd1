/* Frames: see frame.h. Ends of a flow are 0 in a template, and checksums count them so. */

#include "frame.h"

#include <assert.h>
#include <netinet/in.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_tcp.h>

#include "lb_arp.h"
#include "lb_checksum.h"

/* The headers of a frame where they lie. */
struct headers {
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	struct rte_tcp_hdr tcp;
};

static_assert(sizeof(struct headers) == 54, "headers follow each other without a gap");

struct rte_ether_addr
frame_mac(uint64_t mac)
{
	struct rte_ether_addr addr;

	for (int i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		addr.addr_bytes[i] = (uint8_t)(mac >> (8 * (RTE_ETHER_ADDR_LEN - 1 - i)));
	return addr;
}

static struct headers
base(uint64_t from, uint64_t to, uint8_t flags)
{
	return (struct headers){
		.eth = {
			.dst_addr = frame_mac(to),
			.src_addr = frame_mac(from),
			.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		},
		.ip = {
			.version_ihl = RTE_IPV4_VHL_DEF,
			.total_length = RTE_BE16(sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_tcp_hdr)),
			.time_to_live = 64,
			.next_proto_id = IPPROTO_TCP,
		},
		.tcp = {
			.data_off = sizeof(struct rte_tcp_hdr) / 4 << 4,
			.tcp_flags = flags,
			.rx_win = RTE_BE16(UINT16_MAX),
		},
	};
}

static struct frame
seal(struct headers *headers)
{
	struct frame frame = { 0 };

	memcpy(frame.bytes, headers, sizeof(*headers));
	headers = (struct headers *)frame.bytes;
	headers->ip.hdr_checksum = rte_ipv4_cksum(&headers->ip);
	headers->tcp.cksum = rte_ipv4_udptcp_cksum(&headers->ip, &headers->tcp);
	return frame;
}

struct frame
frame_request(uint8_t flags)
{
	struct headers headers = base(FRAME_ROUTER_MAC, FRAME_WAN_MAC, flags);

	headers.ip.dst_addr = rte_cpu_to_be_32(FRAME_VIP);
	return seal(&headers);
}

struct frame
frame_reply(uint8_t flags)
{
	struct headers headers = base(FRAME_SERVER_MAC(0), FRAME_LAN_MAC, flags);

	headers.tcp.src_port = RTE_BE16(FRAME_SERVER_PORT);
	return seal(&headers);
}

static inline struct headers *
copy(const struct frame *frame, struct rte_mbuf *m)
{
	struct headers *headers = rte_pktmbuf_mtod(m, struct headers *);

	m->data_len = FRAME_LENGTH;
	m->pkt_len = FRAME_LENGTH;
	memcpy(headers, frame->bytes, FRAME_LENGTH);
	return headers;
}

/* One end, which was 0, is this. */
static inline void
mend(struct headers *headers, rte_be32_t address, rte_be16_t port)
{
	const struct lb_checksum_end end = { .to = address, .to_port = port };

	headers->ip.hdr_checksum = lb_checksum_replace32(headers->ip.hdr_checksum, 0, address);
	headers->tcp.cksum = lb_checksum_replace_tcp(headers->tcp.cksum, &end);
}

void
frame_write_request(const struct frame *frame, const struct flow *flow, struct rte_mbuf *m)
{
	struct headers *headers = copy(frame, m);

	headers->ip.src_addr = flow->client;
	headers->tcp.src_port = flow->port;
	headers->tcp.dst_port = flow->vip_port;
	mend(headers, flow->client, flow->port);
	mend(headers, 0, flow->vip_port);
}

void
frame_write_reply(const struct frame *frame, const struct flow *flow, struct rte_mbuf *m)
{
	struct headers *headers = copy(frame, m);

	headers->ip.src_addr = flow->server;
	headers->ip.dst_addr = flow->client;
	headers->tcp.dst_port = flow->port;
	mend(headers, flow->client, flow->port);
	mend(headers, flow->server, 0);
}

void
frame_write_arp(uint64_t mac, uint32_t ip, struct rte_mbuf *m)
{
	static const struct rte_ether_addr all = { .addr_bytes = { 255, 255, 255, 255, 255, 255 } };
	const struct lb_arp arp = {
		.op = RTE_ARP_OP_REQUEST,
		.sender_mac = frame_mac(mac),
		.sender_ip = rte_cpu_to_be_32(ip),
		.target_ip = rte_cpu_to_be_32(ip),
	};

	m->data_len = LB_ARP_FRAME;
	m->pkt_len = LB_ARP_FRAME;
	lb_arp_frame(rte_pktmbuf_mtod(m, void *), &all, &arp.sender_mac, &arp);
}
