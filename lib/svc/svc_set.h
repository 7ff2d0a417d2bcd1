#pragma once
/**
 * @file
 * What struct lb_svc_set consists of. Control lcore, but for root, which workers read.
 *
 * Everything below a set is counted: a root counts for its service objects, an object for its slots
 * and its locals. So what is in several versions lives until the last of them has been freed, which
 * is a grace period after the next one was published.
 */

#include <stdatomic.h>
#include <stdint.h>

#include "lb_svc.h"

struct lb_svc_set {
	_Atomic(struct lb_svc_root *) root;
	uint64_t revision;
	uint32_t number; /**< Of the service that was new last. */
	uint32_t workers;
	uint32_t users;         /**< What is not freed yet and needs the set. */
	struct lb_slots *slots; /**< NULL: the set is destroyed, and the slots may be gone. */
	uint32_t *refs;         /**< By slot: objects that it is in. */
	struct lb_svc_hops hops;
};
