#pragma once
/**
 * @file
 * Forwarding methods bring a packet to its real server: DR, NAT, TUN.
 *
 * A node has looked up next hop, TTL and MTU (in this order) before it calls rewrite(); the node
 * also lowers the TTL, which all methods share. check() is called by control (or a work thread),
 * the rest by all workers at the same time: no allocation, lock, log or system call.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_byteorder.h>
#include <rte_mbuf.h>

#include "lb_addr.h"
#include "lb_error.h"

/** Direction of a packet within a connection. */
enum lb_fwd_direction {
	LB_FWD_REQUEST, /**< From the client to the server. */
	LB_FWD_REPLY,   /**< From the server to the client. */
	LB_FWD_DIRECTIONS,
};

/**
 * Where an IPv4 flow goes; first in its connection's line, so that forwarding touches no second
 * one. For packets without a connection it lies in a scratch array of the node. Written by the
 * worker that owns the flow. Addresses and ports are in network order.
 */
struct lb_fwd_target {
	rte_be32_t client;
	rte_be32_t vip;
	rte_be32_t server;
	rte_be32_t local; /**< Address of the director that the server sees (TUN: outer source). */
	rte_be16_t client_port;
	rte_be16_t vip_port;
	rte_be16_t server_port;
	rte_be16_t local_port;
	uint32_t hop[LB_FWD_DIRECTIONS]; /**< Neighbour index per direction; 0: not resolved. */
};

/** What check() may know about a server of the configuration. */
struct lb_fwd_server {
	const char *service;       /**< Name of the service, for messages. */
	struct lb_endpoint at;     /**< The service's address and port; port 0: it has many. */
	struct lb_endpoint server; /**< The server's; port 0: that of the packet. */
	bool on_link;              /**< In a connected subnet of a port. */
};

/** A forwarding method. Members marked optional may be NULL. */
struct lb_fwd_ops {
	const char *name;  /**< As in the configuration: "dr". */
	uint16_t overhead; /**< Bytes that rewrite() puts in front of an IPv4 packet. */
	bool one_way;      /**< Replies do not pass the director. */

	/** 0, or -EINVAL with the sentence when this method cannot reach the server. */
	int (*check)(const struct lb_fwd_server *server, struct lb_error *err);

	/**
	 * Optional (absent: packets go as they are): change n packets, whose data starts at the IP
	 * header, each for its own target. There is headroom for overhead.
	 */
	void (*rewrite)(
		struct rte_mbuf **mbufs, const struct lb_fwd_target *const *targets, uint16_t n);

	/** Optional (absent when one_way): the same for packets on their way back to the client. */
	void (*restore)(
		struct rte_mbuf **mbufs, const struct lb_fwd_target *const *targets, uint16_t n);
};

/** The table that meson writes from the list of plug-ins; ends with NULL. */
extern const struct lb_fwd_ops *const lb_fwd_table[];

/** Index of the method called name in table, or -1. */
int lb_fwd_find(const struct lb_fwd_ops *const *table, const char *name);

/** How many there are in table. */
size_t lb_fwd_count(const struct lb_fwd_ops *const *table);

/** Write the names in table as "dr, nat" into out, for messages; returns out. */
const char *lb_fwd_names(const struct lb_fwd_ops *const *table, char *out, size_t size);
