#pragma once
/**
 * @file
 * Ethernet frames made by hand. Bytes and checksums are this file's own work, so that they can be
 * compared with what the code under test makes. Numbers are in host order, MACs in the low 48 bits.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 2048

/** Offsets in a frame that has an IPv4 header without options. */
#define FRAME_TYPE 12
#define FRAME_IP 14
#define FRAME_IP_LENGTH (FRAME_IP + 2)
#define FRAME_IP_FRAGMENT (FRAME_IP + 6)
#define FRAME_IP_TTL (FRAME_IP + 8)
#define FRAME_IP_PROTOCOL (FRAME_IP + 9)
#define FRAME_IP_CHECKSUM (FRAME_IP + 10)
#define FRAME_IP_SOURCE (FRAME_IP + 12)
#define FRAME_L4 (FRAME_IP + 20)

#define FRAME_IP_DF 0x4000

#define TYPE_IP4 0x0800
#define TYPE_ARP 0x0806
#define TYPE_IP6 0x86dd

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

#define ARP_REQUEST 1
#define ARP_REPLY 2

#define ICMP_ECHO_REPLY 0
#define ICMP_UNREACHABLE 3
#define ICMP_ECHO 8
#define ICMP_TIME_EXCEEDED 11

#define ICMP_FRAG_NEEDED 4 /* A code of ICMP_UNREACHABLE. */

/* Who is who in the network of the tests. */
#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define BROADCAST_MAC UINT64_C(0xffffffffffff)
#define WAN_IP IP(10, 1, 0, 11)
#define WAN_MAC UINT64_C(0x024c42000001)
#define LAN_IP IP(10, 2, 0, 11)
#define LAN_MAC UINT64_C(0x024c42000002)
#define VIP IP(10, 1, 0, 200)
#define ROUTER_IP IP(10, 1, 0, 1)
#define ROUTER_MAC UINT64_C(0x020000010001)
#define SERVERS 3
#define SERVER_IP(i) (IP(10, 2, 0, 21) + (uint32_t)(i))
#define SERVER_MAC(i) (UINT64_C(0x020000020015) + (uint64_t)(i))
/* Clients behind the router, and one on the link of the wan port. */
#define CLIENT_IP(i) (IP(198, 18, 0, 1) + (uint32_t)(i))
#define NEAR_IP IP(10, 1, 0, 50)
#define NEAR_MAC UINT64_C(0x020000010032)

/** A frame. */
struct frame {
	size_t len;
	uint8_t bytes[FRAME_MAX];
};

/** A flow as its first packet has it. */
struct frame_flow {
	uint32_t from, to;
	uint16_t from_port, to_port;
};

/** Flow number i of many, to the VIP. */
struct frame_flow frame_flow(uint32_t i, uint16_t to_port);

/* Packets that come to the wan port from the router, with TTL 64, and payload bytes of a pattern.
 */
struct frame frame_tcp(const struct frame_flow *flow, uint8_t flags, size_t payload);
struct frame frame_udp(const struct frame_flow *flow, size_t payload);
struct frame frame_icmp(uint32_t from, uint32_t to, uint8_t type, size_t payload);

/** An ARP packet: its Ethernet source is the sender. */
struct frame frame_arp(uint16_t op, uint64_t dst, uint64_t sender, uint32_t sender_ip,
	uint64_t target, uint32_t target_ip);

/** A frame from hexadecimal digits; white space is skipped. */
struct frame frame_hex(const char *text);

/** What a router makes of an IPv4 frame: MACs, TTL, checksum; padding is gone. */
struct frame frame_sent(const struct frame *frame, uint64_t src, uint64_t dst);

/** The same, sent to dst by the lan port: what direct routing does. */
struct frame frame_routed(const struct frame *frame, uint64_t dst);

/** The frame as it comes to the lan port from a server. */
struct frame frame_from_server(const struct frame *frame, uint32_t server);

/**
 * An ICMP error with TTL 64 about the IPv4 packet in a frame, of which it quotes `quoted` bytes.
 * rest: the word behind the checksum, which for ICMP_FRAG_NEEDED ends with the MTU.
 */
struct frame frame_error(uint32_t from, uint32_t to, uint8_t type, uint8_t code, uint32_t rest,
	const struct frame *about, size_t quoted);

void frame_put16(struct frame *frame, size_t at, uint16_t value);
void frame_put32(struct frame *frame, size_t at, uint32_t value);
void frame_put_mac(struct frame *frame, size_t at, uint64_t mac);
uint16_t frame_get16(const struct frame *frame, size_t at);
uint32_t frame_get32(const struct frame *frame, size_t at);
uint64_t frame_get_mac(const struct frame *frame, size_t at);

/** Make the IPv4 header's checksum right again. The header has the length that it says. */
void frame_seal(struct frame *frame);

/** Make the checksum of an ICMP message without IP options right again, to the end of the frame. */
void frame_seal_icmp(struct frame *frame);

bool frame_equal(const struct frame *a, const struct frame *b);
