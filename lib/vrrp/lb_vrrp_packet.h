#pragma once
/**
 * @file
 * VRRP adverts, read and written: versions 2 (RFC 3768 section 5) and 3 (RFC 9568 section 5), over
 * IPv4 and IPv6. What arrives is hostile: nothing is read beyond the length that the IP header
 * says, and each reason to refuse an advert has a name, for counters, and a sentence, for people.
 *
 * An advert is taken in two steps. lb_vrrp_read() judges the packet alone; with the VRID it found,
 * the caller looks its instance up, and lb_vrrp_admit() judges the advert by that.
 *
 * Pure functions; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_ip.h>

#include "lb_addr.h"
#include "lb_vrrp_conf.h"

/** Protocol number, or next header, of VRRP. */
#define LB_VRRP_PROTOCOL 112

/** Longest message that is written: 255 IPv6 addresses. */
#define LB_VRRP_MESSAGE_MAX (8 + 16 * LB_VRRP_ADDRS)

/** Longest frame that lb_vrrp_frame4() writes: 255 addresses in version 2. */
#define LB_VRRP_FRAME4_MAX                                                                         \
	(sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv4_hdr) + 16 + 4 * LB_VRRP_ADDRS)

/** Where an advert goes. */
struct lb_vrrp_dest {
	struct lb_addr addr;
	struct rte_ether_addr mac;
};

/** The multicast group of VRRP: 224.0.0.18, or ff02::12. */
struct lb_vrrp_dest lb_vrrp_group(uint8_t family);

/** The virtual MAC: 00-00-5E-00-01-VRID for IPv4, 00-00-5E-00-02-VRID for IPv6. */
struct rte_ether_addr lb_vrrp_mac(uint8_t family, uint8_t vrid);

/** Bytes of the message of an advert with n addresses. */
uint16_t lb_vrrp_size(uint8_t version, uint8_t family, uint16_t n);

/**
 * Write the message of an advert to `to` (it is in the pseudo-header) and return its length, at
 * most LB_VRRP_MESSAGE_MAX. Priority 0 says that we leave. conf has passed lb_vrrp_conf_check().
 */
uint16_t lb_vrrp_write(
	void *out, const struct lb_vrrp_conf *conf, const struct lb_addr *to, uint8_t priority);

/**
 * The same with the IPv4 and Ethernet headers before it: TTL 255, TOS 0xc0 (internetwork control),
 * not to be fragmented. Returns its length, at most LB_VRRP_FRAME4_MAX.
 */
uint16_t lb_vrrp_frame4(void *out, const struct lb_vrrp_conf *conf, const struct lb_vrrp_dest *to,
	uint8_t priority);

/** Longest frame that lb_vrrp_frame() writes: 255 IPv6 addresses. */
#define LB_VRRP_FRAME_MAX                                                                          \
	(sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv6_hdr) + LB_VRRP_MESSAGE_MAX)

/** The same of the family of conf: over IPv6 the hop limit is 255. At most LB_VRRP_FRAME_MAX. */
uint16_t lb_vrrp_frame(void *out, const struct lb_vrrp_conf *conf, const struct lb_vrrp_dest *to,
	uint8_t priority);

/** A packet of protocol 112 whose IP header has been checked. */
struct lb_vrrp_packet {
	struct lb_addr src;
	struct lb_addr dst;
	struct rte_ether_addr src_mac;
	uint8_t ttl;         /**< Or hop limit. */
	const void *message; /**< Behind the IP header, at any alignment. */
	uint16_t len; /**< Of the message by the IP header: padding of the frame is not in it. */
};

/** What an advert says. */
struct lb_vrrp_advert {
	struct lb_addr sender;
	uint8_t version;
	uint8_t vrid;
	uint8_t priority;     /**< 0: leaves. */
	uint8_t count;        /**< Addresses listed; at least 1. */
	const uint8_t *addrs; /**< They, in network order, inside the packet. */
	uint64_t interval_us; /**< Never 0. */
	uint8_t auth_type;    /**< Version 2: 0, or 1 with a password. */
	const uint8_t *auth;  /**< Version 2: LB_VRRP_PASSWORD bytes, inside the packet. */
	enum lb_vrrp_sum sum; /**< Version 3 over IPv4: form of checksum that was right. */

	/* Set by lb_vrrp_admit(). Both are faults of configuration that do no harm by themselves.
	 */
	bool other_interval; /**< Version 3: not ours. */
	bool other_addrs;    /**< Other addresses than ours, order aside. */
};

/** Why an advert is ignored. */
enum lb_vrrp_refusal {
	LB_VRRP_TAKEN,

	/* By the packet alone. */
	LB_VRRP_BAD_TTL, /**< Not 255: it came through a router. */
	LB_VRRP_BAD_LENGTH,
	LB_VRRP_BAD_VERSION, /**< Neither 2 nor 3, or 2 over IPv6. */
	LB_VRRP_BAD_TYPE,
	LB_VRRP_BAD_CHECKSUM,
	LB_VRRP_BAD_COUNT,      /**< Lists no address (RFC 9568 erratum 8299). */
	LB_VRRP_BAD_INTERVAL,   /**< 0 (erratum 8301). */
	LB_VRRP_BAD_LINK_LOCAL, /**< IPv6: the first address is none (erratum 8300). */

	/* By the instance. */
	LB_VRRP_OTHER_VRID,     /**< None of ours on that link and of that family. */
	LB_VRRP_OTHER_DEST,     /**< Multicast where we are unicast, or the reverse. */
	LB_VRRP_OTHER_SENDER,   /**< Unicast from who is no peer. */
	LB_VRRP_OTHER_VERSION,  /**< The instance speaks another version. */
	LB_VRRP_OTHER_AUTH,     /**< Version 2: another authentication, or password. */
	LB_VRRP_OTHER_INTERVAL, /**< Version 2: not ours. */
	LB_VRRP_OTHER_ADDRS,    /**< With strict_addrs: not ours. */
	LB_VRRP_OWN,            /**< Sent by us and looped back. */
	LB_VRRP_REPEATED, /**< Version 2 from who is heard in version 3: lb_vrrp_routers_take(). */
	LB_VRRP_REFUSALS,
};

/** Read the packet: LB_VRRP_TAKEN, and advert is filled, or why not. advert points into it. */
enum lb_vrrp_refusal lb_vrrp_read(
	const struct lb_vrrp_packet *packet, struct lb_vrrp_advert *advert);

/** Whether the instance takes the advert that was read from packet; adds what differs. */
enum lb_vrrp_refusal lb_vrrp_admit(const struct lb_vrrp_conf *conf,
	const struct lb_vrrp_packet *packet, struct lb_vrrp_advert *advert);

/** Address i of the advert. */
struct lb_addr lb_vrrp_advert_addr(const struct lb_vrrp_advert *advert, uint8_t i);

/** A word for counters: "checksum", "other_vrid"; of LB_VRRP_TAKEN "taken". */
const char *lb_vrrp_refusal_name(enum lb_vrrp_refusal refusal);

/** Room for any sentence of lb_vrrp_explain(), with its NUL. */
#define LB_VRRP_TEXT 256

/**
 * Say in one sentence who sent the packet and why it was refused; out has LB_VRRP_TEXT bytes and is
 * returned. conf is the instance that has the packet's VRID, NULL if none has.
 */
const char *lb_vrrp_explain(enum lb_vrrp_refusal refusal, const struct lb_vrrp_packet *packet,
	const struct lb_vrrp_conf *conf, char *out);
