#pragma once
/**
 * @file
 * The other routers that an instance has heard: what each says of itself and how. With both
 * versions it is known from here whose version 2 only repeats his version 3 (RFC 9568 section
 * 8.4.2). Times are microseconds of CLOCK_MONOTONIC, above 0.
 *
 * Whoever has the instance owns them. Control lcore.
 */

#include <stdint.h>

#include "lb_vrrp_packet.h"

/** Routers that are remembered; of more, the ones heard last. */
#define LB_VRRP_ROUTERS 8

/** The ways to say an advert. */
enum lb_vrrp_form {
	LB_VRRP_FORM_V2,
	LB_VRRP_FORM_RFC5798, /**< Version 3, checksum with pseudo-header. */
	LB_VRRP_FORM_RFC9568, /**< Version 3, without; over IPv6 all are of the form before. */
	LB_VRRP_FORMS,
};

/** A router. */
struct lb_vrrp_router {
	struct lb_addr addr; /**< Family 0: none. */
	uint8_t priority;    /**< Of its last advert; 0: it has left. */
	uint64_t interval_us;
	uint64_t heard_us;
	uint64_t heard_v3_us; /**< 0: not in version 3. */
	uint64_t adverts[LB_VRRP_FORMS];
	uint32_t rivalry; /**< Adverts in a row beside us, who are Active. */
	uint32_t told;    /**< What was told of it, for who tells. */
};

struct lb_vrrp_routers {
	struct lb_vrrp_router list[LB_VRRP_ROUTERS];
};

/**
 * Note an advert that lb_vrrp_admit() took. LB_VRRP_REPEATED: the sender says the same in version
 * 3, so the advert is not for the state machine.
 */
enum lb_vrrp_refusal lb_vrrp_routers_take(
	struct lb_vrrp_routers *routers, const struct lb_vrrp_advert *advert, uint64_t now_us);

/**
 * Note that the advert's sender is Active as we are, since it neither leaves nor made us yield:
 * returns how often so in a row. active: whether we are; if not, no router is a rival.
 */
uint32_t lb_vrrp_routers_rival(
	struct lb_vrrp_routers *routers, const struct lb_vrrp_advert *advert, bool active);

/** Who is Active beside us at a time: a rival that is not silent yet; or NULL. */
const struct lb_vrrp_router *lb_vrrp_routers_other(
	const struct lb_vrrp_routers *routers, uint64_t now_us);

/** A router by its address, or NULL. */
struct lb_vrrp_router *lb_vrrp_routers_find(
	struct lb_vrrp_routers *routers, const struct lb_addr *addr);

/** A word for a form: "v2", "rfc5798", "rfc9568". */
const char *lb_vrrp_form_name(enum lb_vrrp_form form);
