#pragma once
/**
 * @file
 * IPv4 packets of a target: in an mbuf made by hand over a block that ends where the packet ends,
 * so that the address sanitizer sees whoever reads beyond it; and their checksums, computed byte by
 * byte and by no function of the product or of DPDK.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>

/** Fill m with a copy of the bytes behind so much headroom; returns the block to free(). */
void *fuzz_mbuf_init(struct rte_mbuf *m, const void *bytes, size_t len, uint16_t headroom);

/** Whether lengths and checksum of the IPv4 header fit the len bytes that are there. */
bool fuzz_ip_is_sound(const uint8_t *packet, size_t len);

/** Whether the checksum of the IPv4 header alone is right; its header is there. */
bool fuzz_ip_sum_is_right(const uint8_t *packet);

/** The same of the TCP, UDP or ICMP behind it, as long as the total length says. */
bool fuzz_l4_sum_is_right(const uint8_t *packet);

/** Whether an IPv4 packet is whole, no fragment, and has TCP or UDP with a checksum. */
bool fuzz_has_l4_sum(const uint8_t *packet, size_t len);

/** Make all checksums right, as far as the lengths let there be any. */
void fuzz_seal(uint8_t *packet, size_t len);
