#pragma once
/**
 * @file
 * Ways to the kernel: what a port's addresses receive goes there, so that the director is also a
 * host, and what the kernel sends comes back.
 *
 * Control lcore only, but for check(), which a work thread may call too. Nothing waits: a frame
 * that the kernel does not take at once is lost, as on any link.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>

#include "lb_addr.h"
#include "lb_error.h"

/** What a way is made from. */
struct lb_host_conf {
	const char *port;      /**< Its name, for sentences. */
	const char *interface; /**< What the kernel is to call its end. */
	struct rte_ether_addr mac;
	uint16_t mtu;
};

/** A way to the kernel. Every member is set. */
struct lb_host_ops {
	const char *name; /**< As in the configuration: "tap". */
	bool leads;       /**< The kernel takes part in the port. */

	/** Whether the kernel's end can be called so. 0 or -errno with the sentence. */
	int (*check)(const struct lb_host_conf *conf, struct lb_error *err);

	/** Make it, up and without addresses. NULL: err has the sentence. */
	void *(*create)(const struct lb_host_conf *conf, struct lb_error *err);

	/** What is readable when the kernel has sent; -1: it never does. */
	int (*fd)(const void *state);

	/** Let the kernel have an address of the port, or no longer. 0 or -errno. */
	int (*set_address)(void *state, const struct lb_prefix *address, bool on);

	/** The port's link is up, or not. */
	void (*set_link)(void *state, bool up);

	/** Hand an Ethernet frame over; false: the kernel does not take it. */
	bool (*put)(void *state, const void *frame, size_t len);

	/** Take a frame that the kernel has sent, cut to size; its length, 0: there is none. */
	size_t (*get)(void *state, void *frame, size_t size);

	/** Remove the kernel's end. */
	void (*destroy)(void *state);
};

/** The ways of this build, NULL behind the last; written by meson. */
extern const struct lb_host_ops *const lb_host_table[];

/** The way called name in a table, or NULL. */
const struct lb_host_ops *lb_host_find(const struct lb_host_ops *const *table, const char *name);

/** Names of a table, as "tap, none", into out; returns out. */
const char *lb_host_names(const struct lb_host_ops *const *table, char *out, size_t size);
