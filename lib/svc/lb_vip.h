#pragma once
/**
 * @file
 * Which addresses are ours: VIPs with the instance that serves them, and addresses of ports.
 *
 * The table is immutable and published; whether a VIP is served *now* is not in it but in one
 * atomic byte and one lease per instance, written by control only. A lease is a TSC time; a worker
 * treats an instance whose lease has passed as not Active. The lease of LB_VIP_STATIC never ends.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_addr.h"

/** Instances that can exist; number 0 is that of the configuration's `vips`: always Active. */
#define LB_VIP_INSTANCES 256
#define LB_VIP_STATIC 0

enum lb_vip_kind {
	LB_VIP_NONE,  /**< Not ours. */
	LB_VIP_VIP,   /**< A virtual address. */
	LB_VIP_LOCAL, /**< The address of a port. */
};

/** What an address is. */
struct lb_vip {
	struct lb_addr addr;
	uint8_t kind;     /**< enum lb_vip_kind. */
	uint8_t port;     /**< The port that answers for it. */
	uint8_t instance; /**< Of a VIP. */
	bool silent;      /**< Echo requests to it are not answered. */
};

/** Written by control, read by workers. */
struct lb_vip_instance {
	_Atomic uint64_t lease; /**< TSC until which it is served. */
	atomic_uchar active;
};

extern struct lb_vip_instance lb_vip_instances[LB_VIP_INSTANCES];

/** An immutable table. */
struct lb_vip_table;

/* Control lcore. */

/** NULL and errno. No address twice: the caller has checked. The list is copied. */
struct lb_vip_table *lb_vip_build(const struct lb_vip *list, size_t n);
void lb_vip_destroy(struct lb_vip_table *table);

/** Publish it; the one before is destroyed after a grace period. NULL: none. */
void lb_vip_publish(struct lb_vip_table *table);

/** Serve an instance until `lease`, or not. Also sets LB_VIP_STATIC's up at start. */
void lb_vip_set_active(uint8_t instance, bool active, uint64_t lease);

/* Workers. */

/** The present table; valid until the worker's next quiescent state. May be NULL. */
const struct lb_vip_table *lb_vip_current(void);

/** What an address is; NULL: not ours. table may be NULL. bytes: the 16 of an IPv6 header. */
const struct lb_vip *lb_vip_find4(const struct lb_vip_table *table, rte_be32_t addr);
const struct lb_vip *lb_vip_find6(const struct lb_vip_table *table, const void *bytes);
const struct lb_vip *lb_vip_find(const struct lb_vip_table *table, const struct lb_addr *addr);

/** Whether an instance is served at TSC time now. */
static inline bool
lb_vip_is_active(uint8_t instance, uint64_t now)
{
	const struct lb_vip_instance *i = &lb_vip_instances[instance];

	return atomic_load_explicit(&i->active, memory_order_relaxed) != 0 &&
	       atomic_load_explicit(&i->lease, memory_order_relaxed) > now;
}
