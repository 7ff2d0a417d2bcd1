/* Frames made by hand: see frame.h. */

#include "frame.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

void
frame_put16(struct frame *frame, size_t at, uint16_t value)
{
	frame->bytes[at] = (uint8_t)(value >> 8);
	frame->bytes[at + 1] = (uint8_t)value;
}

void
frame_put32(struct frame *frame, size_t at, uint32_t value)
{
	frame_put16(frame, at, (uint16_t)(value >> 16));
	frame_put16(frame, at + 2, (uint16_t)value);
}

void
frame_put_mac(struct frame *frame, size_t at, uint64_t mac)
{
	frame_put16(frame, at, (uint16_t)(mac >> 32));
	frame_put32(frame, at + 2, (uint32_t)mac);
}

uint16_t
frame_get16(const struct frame *frame, size_t at)
{
	return (uint16_t)(frame->bytes[at] << 8 | frame->bytes[at + 1]);
}

uint32_t
frame_get32(const struct frame *frame, size_t at)
{
	return (uint32_t)frame_get16(frame, at) << 16 | frame_get16(frame, at + 2);
}

uint64_t
frame_get_mac(const struct frame *frame, size_t at)
{
	return (uint64_t)frame_get16(frame, at) << 32 | frame_get32(frame, at + 2);
}

/* The Internet checksum (RFC 1071) of bytes from `at` on, and of a pseudo header's sum. */
static uint16_t
checksum(const struct frame *frame, size_t at, size_t len, uint32_t sum)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += frame_get16(frame, at + i);
	if (len % 2 != 0)
		sum += (uint32_t)frame->bytes[at + len - 1] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void
frame_seal(struct frame *frame)
{
	size_t header = (size_t)(frame->bytes[FRAME_IP] & 0x0f) * 4;

	frame_put16(frame, FRAME_IP_CHECKSUM, 0);
	frame_put16(frame, FRAME_IP_CHECKSUM, checksum(frame, FRAME_IP, header, 0));
}

/* Ethernet and IPv4 headers, and a pattern behind the layer 4 header of so many bytes. */
static struct frame
frame_ip4(uint8_t protocol, uint32_t from, uint32_t to, size_t header, size_t payload)
{
	struct frame frame = { .len = FRAME_L4 + header + payload };

	frame_put_mac(&frame, 0, WAN_MAC);
	frame_put_mac(&frame, 6, ROUTER_MAC);
	frame_put16(&frame, FRAME_TYPE, TYPE_IP4);
	frame.bytes[FRAME_IP] = 0x45;
	frame_put16(&frame, FRAME_IP_LENGTH, (uint16_t)(frame.len - FRAME_IP));
	frame_put16(&frame, FRAME_IP + 4, 0x1234);
	frame.bytes[FRAME_IP_TTL] = 64;
	frame.bytes[FRAME_IP_PROTOCOL] = protocol;
	frame_put32(&frame, FRAME_IP_SOURCE, from);
	frame_put32(&frame, FRAME_IP_SOURCE + 4, to);
	frame_seal(&frame);
	for (size_t i = 0; i < payload; i++)
		frame.bytes[FRAME_L4 + header + i] = (uint8_t)(i * 7 + 1);
	return frame;
}

/* The sum of the pseudo header of TCP and UDP. */
static uint32_t
pseudo(const struct frame *frame)
{
	uint32_t sum = frame->bytes[FRAME_IP_PROTOCOL] + (uint32_t)(frame->len - FRAME_L4);

	for (size_t i = 0; i < 8; i += 2)
		sum += frame_get16(frame, FRAME_IP_SOURCE + i);
	return sum;
}

static void
seal_l4(struct frame *frame, size_t at, uint32_t sum)
{
	frame_put16(frame, at, checksum(frame, FRAME_L4, frame->len - FRAME_L4, sum));
}

struct frame
frame_tcp(const struct frame_flow *flow, uint8_t flags, size_t payload)
{
	struct frame frame = frame_ip4(PROTOCOL_TCP, flow->from, flow->to, 20, payload);

	frame_put16(&frame, FRAME_L4, flow->from_port);
	frame_put16(&frame, FRAME_L4 + 2, flow->to_port);
	frame_put32(&frame, FRAME_L4 + 4, 0x01020304);
	frame.bytes[FRAME_L4 + 12] = 5 << 4;
	frame.bytes[FRAME_L4 + 13] = flags;
	frame_put16(&frame, FRAME_L4 + 14, 65535);
	seal_l4(&frame, FRAME_L4 + 16, pseudo(&frame));
	return frame;
}

struct frame
frame_udp(const struct frame_flow *flow, size_t payload)
{
	struct frame frame = frame_ip4(PROTOCOL_UDP, flow->from, flow->to, 8, payload);

	frame_put16(&frame, FRAME_L4, flow->from_port);
	frame_put16(&frame, FRAME_L4 + 2, flow->to_port);
	frame_put16(&frame, FRAME_L4 + 4, (uint16_t)(8 + payload));
	seal_l4(&frame, FRAME_L4 + 6, pseudo(&frame));
	return frame;
}

struct frame
frame_icmp(uint32_t from, uint32_t to, uint8_t type, size_t payload)
{
	struct frame frame = frame_ip4(PROTOCOL_ICMP, from, to, 8, payload);

	frame.bytes[FRAME_L4] = type;
	frame_put16(&frame, FRAME_L4 + 4, 0x4c42);
	frame_put16(&frame, FRAME_L4 + 6, 1);
	seal_l4(&frame, FRAME_L4 + 2, 0);
	return frame;
}

void
frame_seal_icmp(struct frame *frame)
{
	frame_put16(frame, FRAME_L4 + 2, 0);
	seal_l4(frame, FRAME_L4 + 2, 0);
}

struct frame
frame_error(uint32_t from, uint32_t to, uint8_t type, uint8_t code, uint32_t rest,
	const struct frame *about, size_t quoted)
{
	struct frame frame = frame_ip4(PROTOCOL_ICMP, from, to, 8, quoted);

	frame.bytes[FRAME_L4] = type;
	frame.bytes[FRAME_L4 + 1] = code;
	frame_put32(&frame, FRAME_L4 + 4, rest);
	memcpy(&frame.bytes[FRAME_L4 + 8], &about->bytes[FRAME_IP], quoted);
	frame_seal_icmp(&frame);
	return frame;
}

struct frame
frame_arp(uint16_t op, uint64_t dst, uint64_t sender, uint32_t sender_ip, uint64_t target,
	uint32_t target_ip)
{
	struct frame frame = { .len = 42 };

	frame_put_mac(&frame, 0, dst);
	frame_put_mac(&frame, 6, sender);
	frame_put16(&frame, FRAME_TYPE, TYPE_ARP);
	frame_put16(&frame, 14, 1);
	frame_put16(&frame, 16, TYPE_IP4);
	frame_put16(&frame, 18, 6 << 8 | 4);
	frame_put16(&frame, 20, op);
	frame_put_mac(&frame, 22, sender);
	frame_put32(&frame, 28, sender_ip);
	frame_put_mac(&frame, 32, target);
	frame_put32(&frame, 38, target_ip);
	return frame;
}

struct frame
frame_hex(const char *text)
{
	struct frame frame = { 0 };
	unsigned int byte;

	while (frame.len < FRAME_MAX) {
		while (isspace((unsigned char)*text))
			text++;
		if (sscanf(text, "%2x", &byte) != 1)
			break;
		frame.bytes[frame.len++] = (uint8_t)byte;
		text += 2;
	}
	return frame;
}

struct frame
frame_sent(const struct frame *frame, uint64_t src, uint64_t dst)
{
	struct frame out = *frame;

	frame_put_mac(&out, 0, dst);
	frame_put_mac(&out, 6, src);
	out.bytes[FRAME_IP_TTL]--;
	frame_seal(&out);
	out.len = FRAME_IP + (size_t)frame_get16(&out, FRAME_IP_LENGTH);
	return out;
}

struct frame
frame_routed(const struct frame *frame, uint64_t dst)
{
	return frame_sent(frame, LAN_MAC, dst);
}

struct frame
frame_from_server(const struct frame *frame, uint32_t server)
{
	struct frame out = *frame;

	frame_put_mac(&out, 0, LAN_MAC);
	frame_put_mac(&out, 6, SERVER_MAC(server));
	return out;
}

struct frame_flow
frame_flow(uint32_t i, uint16_t to_port)
{
	return (struct frame_flow){
		.from = CLIENT_IP(i / 4),
		.from_port = (uint16_t)(40000 + i % 4),
		.to = VIP,
		.to_port = to_port,
	};
}

bool
frame_equal(const struct frame *a, const struct frame *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}
