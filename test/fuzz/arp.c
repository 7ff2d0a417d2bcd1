/*
 * An ARP packet of anybody's choice: taken when RFC 826 lets it be one of IPv4 over Ethernet, then
 * written back as it was, and answered.
 */

#include "lb_arp.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lb_announce.h"

#define PACKET 28
#define FRAME 42

/* Whether the packet should be taken, by its bytes. */
static bool
is_sound(const uint8_t *packet, size_t len)
{
	static const uint8_t begin[] = { 0, 1, 8, 0, 6, 4, 0 };
	static const uint8_t none[6];

	return len >= PACKET && memcmp(packet, begin, sizeof(begin)) == 0 &&
	       (packet[7] == 1 || packet[7] == 2) && memcmp(packet + 8, none, 6) != 0 &&
	       (packet[8] & 1) == 0;
}

/* A frame in a block that ends with it. */
static uint8_t *
frame_block(void)
{
	uint8_t *frame = malloc(FRAME);

	FUZZ_HOLDS(frame != NULL);
	return frame;
}

static void
write_back(const struct lb_arp *arp, const uint8_t *packet)
{
	static const uint8_t header[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6 };
	struct rte_ether_addr dst, src;
	uint8_t *frame = frame_block();

	memcpy(&dst, header, sizeof(dst));
	memcpy(&src, header + sizeof(dst), sizeof(src));
	lb_arp_frame(frame, &dst, &src, arp);
	FUZZ_HOLDS(memcmp(frame, header, sizeof(header)) == 0);
	FUZZ_HOLDS(memcmp(frame + sizeof(header), packet, PACKET) == 0);
	free(frame);
}

/* The answer goes to who asked, and says what he asked for. */
static void
answer(const struct lb_arp *arp, const uint8_t *packet)
{
	static const struct rte_ether_addr mac = { { 0, 0, 0x5e, 0, 1, 51 } };
	uint8_t *frame = frame_block();
	struct lb_arp read;

	lb_announce_answer(frame, arp, &mac);
	FUZZ_HOLDS(memcmp(frame, packet + 8, 6) == 0);
	FUZZ_HOLDS(lb_arp_parse(frame + 14, PACKET, &read) == 0);
	FUZZ_HOLDS(read.op == 2 && rte_is_same_ether_addr(&read.sender_mac, &mac));
	FUZZ_HOLDS(memcmp(&read.sender_ip, packet + 24, 4) == 0);
	FUZZ_HOLDS(memcmp(&read.target_mac, packet + 8, 6) == 0);
	FUZZ_HOLDS(memcmp(&read.target_ip, packet + 14, 4) == 0);
	free(frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lb_arp arp;
	bool taken = lb_arp_parse(data, size, &arp) == 0;

	FUZZ_HOLDS(taken == is_sound(data, size));
	if (taken) {
		write_back(&arp, data);
		answer(&arp, data);
	}
	return 0;
}
