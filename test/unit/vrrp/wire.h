#pragma once
/**
 * @file
 * Adverts as bytes. The golden ones were captured from keepalived 2.2.7 (VRID 51, priority 150);
 * others are made from them, with a checksum that is computed here in another way than by the code
 * under test. They are read from heap blocks that end where the message ends.
 */

#include <stdlib.h>
#include <string.h>

#include "lb_vrrp_packet.h"
#include "unit.h"

struct wire {
	uint8_t bytes[64];
	uint16_t len;
	const char *src;
	const char *dst;
	uint8_t ttl;
	bool plain; /* version 3 over IPv4: the checksum has no pseudo-header */
};

/* Version 2, 1 s, 10.9.0.100 and .101. */
static const struct wire wire_v2 = {
	.bytes = { 0x21, 0x33, 0x96, 0x02, 0x00, 0x01, 0x33, 0xee, 0x0a, 0x09, 0x00, 0x64, 0x0a,
		0x09, 0x00, 0x65, 0, 0, 0, 0, 0, 0, 0, 0 },
	.len = 24,
	.src = "10.9.0.1",
	.dst = "224.0.0.18",
	.ttl = 255,
};

/* The same with the password s3cret12. */
static const struct wire wire_v2_password = {
	.bytes = { 0x21, 0x33, 0x96, 0x02, 0x01, 0x01, 0xc5, 0xa1, 0x0a, 0x09, 0x00, 0x64, 0x0a,
		0x09, 0x00, 0x65, 's', '3', 'c', 'r', 'e', 't', '1', '2' },
	.len = 24,
	.src = "10.9.0.1",
	.dst = "224.0.0.18",
	.ttl = 255,
};

/* Version 3, 10 cs, the same addresses, checksum with pseudo-header. */
static const struct wire wire_v3 = {
	.bytes = { 0x31, 0x33, 0x96, 0x02, 0x00, 0x0a, 0x39, 0x48, 0x0a, 0x09, 0x00, 0x64, 0x0a,
		0x09, 0x00, 0x65 },
	.len = 16,
	.src = "10.9.0.1",
	.dst = "224.0.0.18",
	.ttl = 255,
};

/* The same without. */
static const struct wire wire_v3_plain = {
	.bytes = { 0x31, 0x33, 0x96, 0x02, 0x00, 0x0a, 0x23, 0xe5, 0x0a, 0x09, 0x00, 0x64, 0x0a,
		0x09, 0x00, 0x65 },
	.len = 16,
	.src = "10.9.0.1",
	.dst = "224.0.0.18",
	.ttl = 255,
	.plain = true,
};

/* Version 3, 10 cs, fe80::5e:100 and fd09::100. */
static const struct wire wire_v3_ip6 = {
	.bytes = { 0x31, 0x33, 0x96, 0x02, 0x00, 0x0a, 0x24, 0x43, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0x5e, 0x01, 0x00, 0xfd, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
		0x00 },
	.len = 40,
	.src = "fe80::7c7d:efff:fecb:ad1c",
	.dst = "ff02::12",
	.ttl = 255,
};

static inline struct lb_addr
wire_addr(const char *text)
{
	struct lb_addr addr;

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(text, &addr), 0);
	return addr;
}

/* RFC 1071 over big-endian words, one at a time. */
static inline uint32_t
wire_add(uint32_t sum, const uint8_t *bytes, uint16_t len)
{
	for (uint16_t i = 0; i < len; i++) {
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

/* Make the checksum right again after a change. */
static inline void
wire_fix(struct wire *wire)
{
	struct lb_addr src = wire_addr(wire->src), dst = wire_addr(wire->dst);
	uint16_t addr_len = src.family == AF_INET6 ? 16 : 4;
	uint32_t sum = 0;

	wire->bytes[6] = wire->bytes[7] = 0;
	if (wire->bytes[0] >> 4 != 2 && !wire->plain) {
		sum = wire_add(sum, src.bytes, addr_len);
		sum = wire_add(sum, dst.bytes, addr_len);
		sum = wire_add(sum, (const uint8_t[]){ 0, 112 }, 2);
		sum = wire_add(sum, (const uint8_t[]){ wire->len >> 8, wire->len & 0xff }, 2);
	}
	sum = ~wire_add(sum, wire->bytes, wire->len);
	wire->bytes[6] = (sum >> 8) & 0xff;
	wire->bytes[7] = sum & 0xff;
}

/* A packet read; the advert points into it. */
struct wire_copy {
	struct lb_vrrp_packet packet;
	struct lb_vrrp_advert advert;
	void *block;
};

/* Read the first len bytes; wire_free() afterwards. */
static inline enum lb_vrrp_refusal
wire_read_part(const struct wire *wire, uint16_t len, struct wire_copy *copy)
{
	copy->block = malloc(len);
	if (len != 0)
		memcpy(copy->block, wire->bytes, len);
	memset(&copy->advert, 0xa5, sizeof(copy->advert));
	copy->packet = (struct lb_vrrp_packet){
		.src = wire_addr(wire->src),
		.dst = wire_addr(wire->dst),
		.src_mac = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } },
		.ttl = wire->ttl,
		.message = copy->block,
		.len = len,
	};
	return lb_vrrp_read(&copy->packet, &copy->advert);
}

static inline enum lb_vrrp_refusal
wire_read(const struct wire *wire, struct wire_copy *copy)
{
	return wire_read_part(wire, wire->len, copy);
}

static inline void
wire_free(struct wire_copy *copy)
{
	free(copy->block);
}

/* Why it is refused, for tests that want no more. */
static inline enum lb_vrrp_refusal
wire_refusal(const struct wire *wire)
{
	struct wire_copy copy;
	enum lb_vrrp_refusal refusal = wire_read(wire, &copy);

	wire_free(&copy);
	return refusal;
}

/* The golden one with some byte set to value, checksum right. */
static inline struct wire
wire_with(const struct wire *wire, uint16_t at, uint8_t value)
{
	struct wire changed = *wire;

	changed.bytes[at] = value;
	wire_fix(&changed);
	return changed;
}
