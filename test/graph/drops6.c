/* Packets that make IPv6 nodes drop them: see drops6.h. */

#include "drops6.h"

#include "harness.h"
#include "six_frames.h"

/* Offsets in an IPv6 frame; the destination, and the first byte behind the header. */
#define FRAME_IP6_TO (FRAME_IP + 24)
#define FRAME_IP6_L4 (FRAME_IP + 40)

/* A frame to the port with one byte changed, and no checksum mended. */
static void
send_changed6(const char *hex, size_t at, uint8_t value)
{
	struct frame frame = frame_hex(hex);

	frame.bytes[at] = value;
	graph_send(WAN, &frame);
}

void
drops6_ip6_truncated(void)
{
	send_changed6(ECHO_PORT, FRAME_IP + 5, 200);
}

void
drops6_ip6_version(void)
{
	send_changed6(ECHO_PORT, FRAME_IP, 0x45);
}

void
drops6_ip6_source(void)
{
	send_changed6(ECHO_PORT, FRAME_IP + 8, 0xff);
}

/* As if hop-by-hop options came, one of which nobody knows and nobody may skip. */
void
drops6_ip6_options(void)
{
	struct frame frame = frame_hex(ECHO_PORT);

	frame.bytes[FRAME_IP + 6] = 0;
	frame.bytes[FRAME_IP6_L4 + 1] = 0;
	frame.bytes[FRAME_IP6_L4 + 2] = 0xc2;
	frame.bytes[FRAME_IP6_L4 + 3] = 4;
	graph_send(WAN, &frame);
}

/* UDP to a VIP, which has no service. */
void
drops6_ip6_protocol(void)
{
	struct frame frame = frame_hex(ECHO_VIP);

	frame_put_mac(&frame, 0, WAN_MAC);
	frame.bytes[FRAME_IP + 6] = 17;
	graph_send(WAN, &frame);
}

/* UDP to all nodes. */
void
drops6_ip6_group(void)
{
	send_changed6(MOVED, FRAME_IP + 6, 17);
}

void
drops6_ip6_not_ours(void)
{
	send_changed6(ECHO_PORT, FRAME_IP6_TO + 15, 0x77);
}

void
drops6_icmp6_truncated(void)
{
	send_changed6(ECHO_PORT, FRAME_IP + 5, 7);
}

void
drops6_icmp6_checksum(void)
{
	send_changed6(ECHO_PORT, FRAME_IP6_L4 + 9, 0);
}

/* An answer to an echo request that nobody sent. */
void
drops6_icmp6_type(void)
{
	struct frame frame = frame_hex(REPLY_PORT);

	frame_put_mac(&frame, 0, WAN_MAC);
	frame.bytes[FRAME_IP + 8 + 15] = 0x50;
	frame.bytes[FRAME_IP6_TO + 15] = 0x11;
	graph_send(WAN, &frame);
}

void
drops6_nd_malformed(void)
{
	send_changed6(ASK_PORT, FRAME_IP + 7, 254);
}

/* A host that this port has heard of asks for the address of another, whose group is the same. */
void
drops6_nd_not_ours(void)
{
	struct frame frame = frame_hex(ASK_PORT);

	frame.bytes[FRAME_IP6_L4 + 8] ^= 0x01;
	frame.bytes[FRAME_IP6_L4 + 2] += 1; /* the checksum gains what the target lost */
	graph_send(WAN, &frame);
}
