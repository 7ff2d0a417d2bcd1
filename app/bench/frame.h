#pragma once
/**
 * @file
 * Frames of 60 bytes (64 with their checksum), the least that Ethernet has: TCP without payload.
 * Made once as a template, then written per packet with both checksums right.
 */

#include <stdint.h>

#include <rte_byteorder.h>
#include <rte_mbuf.h>

/** What hosts are called in the network of the bed. */
#define FRAME_VIP RTE_IPV4(10, 1, 0, 200)
#define FRAME_ROUTER RTE_IPV4(10, 1, 0, 1)
#define FRAME_SERVER(i) (RTE_IPV4(10, 2, 0, 21) + (uint32_t)(i))
#define FRAME_VIP_PORT(service) ((uint16_t)(80 + (service)))
#define FRAME_SERVER_PORT 8080 /**< Of servers behind NAT. */

/** MACs, in the low 48 bits. */
#define FRAME_WAN_MAC UINT64_C(0x024c42000001)
#define FRAME_LAN_MAC UINT64_C(0x024c42000002)
#define FRAME_ROUTER_MAC UINT64_C(0x020000010001)
#define FRAME_SERVER_MAC(i) (UINT64_C(0x020000020015) + (uint64_t)(i))

#define FRAME_LENGTH 60

/** A client's connection to a service of the VIP. */
struct flow {
	rte_be32_t client;
	rte_be16_t port;
	rte_be16_t vip_port;
	rte_be32_t server; /**< That has it; for replies. */
};

/** A template: all but what differs from flow to flow. */
struct frame {
	uint8_t bytes[FRAME_LENGTH];
};

/** Segments with these flags from a client to a service; and from a server, behind NAT, back. */
struct frame frame_request(uint8_t flags);
struct frame frame_reply(uint8_t flags);

/** Write a flow's packet into an mbuf that is empty. */
void frame_write_request(const struct frame *frame, const struct flow *flow, struct rte_mbuf *m);
void frame_write_reply(const struct frame *frame, const struct flow *flow, struct rte_mbuf *m);

/** Write an ARP request by which a host tells all where it is. */
void frame_write_arp(uint64_t mac, uint32_t ip, struct rte_mbuf *m);

struct rte_ether_addr frame_mac(uint64_t mac);
