#pragma once
/*
 * The message of an advert on the wire, and its checksum. Both versions begin alike; the addresses
 * follow, and in version 2 eight bytes of authentication, which are 0 where there is no password.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_addr.h"
#include "lb_vrrp_packet.h"

#define VRRP_TYPE_ADVERT 1

/* Authentication types of version 2; both from RFC 2338, and reserved since RFC 3768. */
#define VRRP_AUTH_NONE 0
#define VRRP_AUTH_PASSWORD 1

/* Units of the interval: seconds in version 2, centiseconds in 12 bits in version 3. */
#define VRRP_SECOND_US 1000000
#define VRRP_CENTISECOND_US 10000
#define VRRP_INTERVAL_BITS 0x0fff

struct vrrp_message {
	uint8_t version_type; /* high nibble, low nibble */
	uint8_t vrid;
	uint8_t priority;
	uint8_t count;
	union {
		struct {
			uint8_t auth_type;
			uint8_t seconds;
		} v2;
		rte_be16_t v3_interval; /* the upper four bits are reserved */
	};
	rte_be16_t checksum;
};

/* Bytes of an address of the family. */
static inline uint8_t
vrrp_addr_len(uint8_t family)
{
	return family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
}

/* How an instance authenticates itself in version 2. */
static inline uint8_t
vrrp_auth_type(const struct lb_vrrp_conf *conf)
{
	return conf->password[0] != 0 ? VRRP_AUTH_PASSWORD : VRRP_AUTH_NONE;
}

/* Seconds that version 2 says for an interval: version 3 beside it may have a shorter one. */
static inline uint8_t
vrrp_seconds(uint64_t interval_us)
{
	return (uint8_t)((interval_us + VRRP_SECOND_US - 1) / VRRP_SECOND_US);
}

/* Whether it is the group that all routers of its family hear. */
static inline bool
vrrp_is_group(const struct lb_addr *addr)
{
	struct lb_vrrp_dest group = lb_vrrp_group(addr->family);

	return lb_addr_equal(addr, &group.addr);
}

/*
 * Sum of the message (RFC 1071), not complemented, pseudo-header included where the form has one:
 * UINT16_MAX when the message carries the right checksum.
 */
uint16_t vrrp_sum(uint8_t version, enum lb_vrrp_sum form, const struct lb_addr *src,
	const struct lb_addr *dst, const void *message, uint16_t len);
