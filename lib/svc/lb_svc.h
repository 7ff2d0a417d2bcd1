#pragma once
/**
 * @file
 * Virtual services and their real servers, as published versions.
 *
 * Control builds a root, which never changes but for its service cells: a root points to one cell
 * per service, a cell to an immutable struct lb_svc. lb_svc_put() and its like change a cell,
 * lb_svc_apply() and lb_svc_next_publish() the root. Workers read the root once per walk
 * (lb_svc_root()), look services up and pick servers; they write only their own struct
 * lb_svc_worker.
 *
 * Servers are slots: see lb_slot.h. Addresses and ports are in network order.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

#include "lb_addr.h"
#include "lb_error.h"
#include "lb_fwd.h"
#include "lb_sched.h"
#include "lb_slot.h"

/** Room for the name of a service, with its NUL. */
#define LB_SVC_NAME 64

/** What becomes of a TCP packet that belongs to no known flow and opens none. */
enum lb_svc_unknown {
	LB_SVC_UNKNOWN_RST, /**< The sender gets a reset. */
	LB_SVC_UNKNOWN_DROP,
	LB_SVC_UNKNOWN_SCHEDULE, /**< It goes where the scheduler says; steady ones only. */
};

/** Destinations that a service takes, instead of one address and port. */
struct lb_svc_match {
	rte_be32_t net;
	uint8_t len;          /**< Of the prefix; 0: every address. */
	uint8_t protocol;     /**< IPPROTO_TCP or IPPROTO_UDP; 0: both. */
	uint16_t first, last; /**< Ports, host order. */
};

/** A real server in one version of a service. A flow that begins reads one cache line of it. */
struct lb_svc_server {
	struct lb_endpoint at;
	uint32_t slot;
	uint32_t weight;
	uint32_t hop;     /**< Its neighbour index, or that of the gateway to it. */
	rte_be32_t local; /**< Our address on the way to it. */
	uint8_t method;   /**< Index into the table of forwarding methods. */
	bool one_way;     /**< The method's: only requests are seen. */
} __attribute__((aligned(64)));

/**
 * One version of a virtual service. Immutable once published. What each flow that begins reads
 * fills the first cache line.
 */
struct lb_svc {
	const struct lb_sched_ops *sched;
	void *state; /**< Of the scheduler; made from dests. */
	/**
	 * Chooses in place of sched while flows come that are not entered: it gives each packet of
	 * a flow the same server. NULL: this service needs entries, for NAT or persistence.
	 */
	const struct lb_sched_ops *flood;
	struct lb_svc_server *servers; /**< Same order as dests. */
	void *locals;                  /**< One per worker; of all versions of the service. */
	uint32_t local_stride;         /**< Bytes from one to the next: see lb_svc_local(). */
	uint32_t watcher;              /**< Of the slots, for the scheduler; 0: it need not know. */
	uint32_t n;                    /**< Servers. */
	uint32_t persistence;          /**< Ticks that a client stays at its server; 0: none. */
	enum lb_svc_unknown unknown;
	uint16_t timeout_class;
	uint8_t protocol; /**< IPPROTO_TCP or IPPROTO_UDP; of one with matches: 0. */
	bool one_packet;  /**< UDP: each packet is scheduled, none makes a connection. */

	struct lb_endpoint at;       /**< Of one with matches: family 0. */
	uint32_t matches_n;          /**< 0: it is at its address. */
	uint32_t number;             /**< The same in all versions of this name; never 0. */
	rte_be32_t persistence_mask; /**< Of clients that go together. */
	void *flood_state;           /**< state, if it is the same scheduler. */
	struct lb_sched_dest *dests;
	const struct lb_svc_server *sorry; /**< Has new flows when no server takes them, or NULL. */
	char name[LB_SVC_NAME];
} __attribute__((aligned(64)));

/** What the scheduler keeps for a worker. */
static inline struct lb_sched_local *
lb_svc_local(const struct lb_svc *svc, uint32_t worker)
{
	return RTE_PTR_ADD(svc->locals, (size_t)worker * svc->local_stride);
}

/** A version of everything. Opaque; owned by the struct lb_svc_set that published it. */
struct lb_svc_root;

/** What the control lcore keeps: slots by key, service objects by name. */
struct lb_svc_set;

/** A version that is being made. */
struct lb_svc_next;

/** A server as control wants it. */
struct lb_svc_server_spec {
	struct lb_endpoint at;
	uint32_t weight;
	uint32_t hop;
	rte_be32_t local;
	uint8_t method;
	bool one_way;
	uint32_t upper; /**< Connections at most; 0: any number. */
	uint32_t lower; /**< Opens again below so many; 0: see lb_slots_set_limits(). */
};

/**
 * State of a scheduler that was built before its service is applied, for schedulers that are slow.
 * Its servers have no slots yet.
 */
struct lb_svc_draft {
	const struct lb_sched_ops *sched;
	struct lb_sched_dest *dests;
	void *state; /**< NULL: there is none. */
};

/** Whoever counts who uses a neighbour: it is used as long as a version has a server behind it. */
struct lb_svc_hops {
	void (*get)(void *arg, uint32_t hop);
	void (*put)(void *arg, uint32_t hop);
	void *arg;
};

/** How much a version has. */
struct lb_svc_size {
	size_t services;
	size_t servers; /**< Of all services, sorry servers too. */
	size_t matches;
};

/** A service as control wants it. Everything in it belongs to the caller. */
struct lb_svc_spec {
	const char *name;
	struct lb_endpoint at;
	uint8_t protocol;
	const struct lb_svc_match *matches; /**< Instead of at and protocol. */
	uint32_t matches_n;
	enum lb_svc_unknown unknown;
	bool one_packet;
	uint16_t timeout_class;
	uint32_t persistence;
	rte_be32_t persistence_mask;
	const struct lb_sched_ops *sched;
	struct lb_sched_options options;
	const struct lb_sched_ops *flood; /**< Steady, with the option `size`; NULL: none. */
	const struct lb_svc_server_spec *servers;
	size_t n;
	bool sorry;                 /**< Behind them stands one more, the sorry server. */
	struct lb_svc_draft *draft; /**< NULL, or made of this spec; emptied when it is used. */
};

/* Any thread, on memory of its own. */

/**
 * Build the scheduler's state for a service: name, sched, options and servers are looked at, of
 * servers address and weight. 0 or -errno with err.
 */
int lb_svc_draft_build(
	struct lb_svc_draft *draft, const struct lb_svc_spec *spec, struct lb_error *err);

/** Free what a draft still has. */
void lb_svc_draft_free(struct lb_svc_draft *draft);

/* Control lcore. */

/** Make an empty set for that many workers. NULL and errno. slots is kept, not owned. */
struct lb_svc_set *lb_svc_create(uint32_t workers, struct lb_slots *slots);

/** Free it all at once: workers have ended. NULL is allowed. */
void lb_svc_destroy(struct lb_svc_set *set);

/** Have neighbours counted; before the first version. */
void lb_svc_set_hops(struct lb_svc_set *set, const struct lb_svc_hops *hops);

/**
 * Publish a version with exactly these services. Servers that were there before keep slot, counters
 * and connections; those that are gone are retired after the grace period. Limits of servers are no
 * part of a version: they are in force at once. On an error the running
 * version stays. 0 or -errno with err: names used twice, addresses used twice, no slot left, no
 * memory, options the scheduler refuses.
 */
int lb_svc_apply(
	struct lb_svc_set *set, const struct lb_svc_spec *specs, size_t n, struct lb_error *err);

/**
 * The same in pieces: a version that is being made beside the published one, of which nobody sees
 * anything until it is published. One at a time, and nothing else changes the set meanwhile. NULL:
 * no memory.
 */
struct lb_svc_next *lb_svc_next_create(struct lb_svc_set *set, const struct lb_svc_size *size);

/** Put one service in. On an error the version is good for lb_svc_next_destroy() only. */
int lb_svc_next_add(struct lb_svc_next *next, const struct lb_svc_spec *spec, struct lb_error *err);

/** Let workers see it. */
void lb_svc_next_publish(struct lb_svc_next *next);

/** Then put limits of so many servers in force, of those that differ; whether there are more. */
bool lb_svc_next_settle(struct lb_svc_next *next, uint32_t n);

/** Free it; if it was not published, what was made for it goes in pieces (lb_rcu_after_some()). */
void lb_svc_next_destroy(struct lb_svc_next *next);

/**
 * Change one service of the published version, by its name, what it matches excepted. It is no new
 * version: the revision stays. On an error nothing changes. 0 or -errno with err: ENOENT: there is
 * no such service; EXFULL: see lb_svc_put(); else as lb_svc_apply().
 */
int lb_svc_change(struct lb_svc_set *set, const struct lb_svc_spec *spec, struct lb_error *err);

/**
 * A new version with one service more, or, of a name that there is, changed. It takes the time of
 * that service. -EXFULL: it has not been done so, since tables of the present version are full, or
 * the service has, or had, other matches; apply a whole version.
 */
int lb_svc_put(struct lb_svc_set *set, const struct lb_svc_spec *spec, struct lb_error *err);

/** A new version without one service; the name must be there. -EXFULL: as above. */
int lb_svc_remove(struct lb_svc_set *set, const char *name);

/** Revision of the published version; grows by 1 with each. 0: none yet. */
uint64_t lb_svc_revision(const struct lb_svc_set *set);

/* Workers. */

/** The present version; valid until the worker's next quiescent state. NULL before the first. */
const struct lb_svc_root *lb_svc_root(const struct lb_svc_set *set);

/** The service at an IPv4 address, or NULL. */
const struct lb_svc *lb_svc_find4(
	const struct lb_svc_root *root, rte_be32_t addr, rte_be16_t port, uint8_t protocol);

/** Where an IPv4 packet is sent. */
struct lb_svc_key {
	rte_be32_t addr;
	rte_be16_t port;
	uint8_t protocol;
};

/** Keys that are looked up together. */
#define LB_SVC_BURST 32

/**
 * The same for n packets; svcs[i] is NULL for none. What lb_svc_pick() and a new connection touch
 * of them on this worker is on its way into the cache.
 */
void lb_svc_find4_burst(const struct lb_svc_root *root, const struct lb_svc_key *keys, uint16_t n,
	const struct lb_slot_worker *slots, const struct lb_svc **svcs);

/** Whether any service has matches. root may be NULL. */
bool lb_svc_has_matches(const struct lb_svc_root *root);

/** The service that matches an IPv4 destination, or NULL. root may be NULL. */
const struct lb_svc *lb_svc_match4(
	const struct lb_svc_root *root, rte_be32_t addr, rte_be16_t port, uint8_t protocol);

/** The service of a name, or NULL; in a version that is there. */
const struct lb_svc *lb_svc_find_name(const struct lb_svc_root *root, const char *name);

/** Whether a server of any service has an IPv4 address. root may be NULL. */
bool lb_svc_has_server4(const struct lb_svc_root *root, rte_be32_t addr);

/** The server that a slot has in this version, or NULL: it is not in it. */
const struct lb_svc_server *lb_svc_server_of(const struct lb_svc *svc, uint32_t slot);

/** Choose a server for a new flow; NULL: none takes new flows. slots: the worker's own. */
const struct lb_svc_server *lb_svc_pick(
	const struct lb_svc *svc, struct lb_slot_worker *slots, const struct lb_sched_flow *flow);

/** The same by svc->flood, which is not NULL; it writes nothing. */
const struct lb_svc_server *lb_svc_pick_flood(
	const struct lb_svc *svc, struct lb_slot_worker *slots, const struct lb_sched_flow *flow);
