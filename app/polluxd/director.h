#pragma once
/**
 * @file
 * The director: everything that the daemon is made of, wired together.
 *
 * Made after EAL has started, on the control lcore, which calls all of this. Workers are made here
 * but run only after director_launch(), so that tests walk them by hand.
 */

#include <stdatomic.h>
#include <sys/queue.h>

#include "announce.h"
#include "defence.h"
#include "events.h"
#include "helper.h"
#include "host.h"
#include "layout.h"
#include "lb_conf.h"
#include "lb_control.h"
#include "lb_control_tx.h"
#include "lb_neigh.h"
#include "lb_netif.h"
#include "lb_slot.h"
#include "lb_svc.h"
#include "lb_worker.h"
#include "mcast.h"
#include "rates.h"
#include "servers.h"
#include "sweep.h"
#include "timeouts.h"
#include "vrrp_notify.h"
#include "vrrp_run.h"
#include "vrrp_scripts.h"

/** Servers, gateways and learnt clients that a director can know. */
#define DIRECTOR_PINNED_MAX 131072
#define DIRECTOR_LEARNT_MAX 65536

struct rpc;

/** A running director. Control lcore. */
struct director {
	const struct lb_conf *conf;    /**< The running one. */
	struct lb_conf *changed;       /**< It, if RPC changed it: owned. */
	const char *path;              /**< Of its file; NULL: it cannot be reloaded. */
	const struct lb_conf *file;    /**< What the file said when it was read last. */
	struct lb_conf *reloaded;      /**< It, if it came by a reload: owned. */
	const struct lb_conf *applied; /**< The one that workers have; NULL: none yet. */
	STAILQ_HEAD(, change) changes; /**< The first is under way. */
	bool ending;
	_Atomic uint32_t transit; /**< enum lb_node_transit; read by workers. */
	struct lb_netif_port *ports[LB_NETIF_PORTS];
	uint32_t ports_n;
	struct rte_mempool *pool;
	struct lb_slots *slots;
	struct lb_svc_set *services;
	struct timeouts timeouts;
	struct lb_neigh_table *neigh;
	struct layout_pins pins; /**< Of gateways and peers; versions of services pin the rest. */
	_Atomic uint16_t generation; /**< Of next hops; read by workers. Never 0. */
	struct lb_ctlq_wake wake;
	struct lb_worker *workers[LB_NODE_WORKERS];
	uint32_t workers_n;
	struct lb_control *control;
	struct lb_control_tx tx;
	struct sweep sweep;
	struct servers servers;
	struct rates rates;
	uint64_t neigh_due_ms;
	uint64_t conflict_due_ms; /**< Not before this a conflict of addresses is logged again. */
	struct announce announce;
	struct mcast mcast;
	struct defence defence;
	struct vrrp_run vrrp;
	struct events events;
	struct lb_scripts *helper; /**< NULL: nothing is run. */
	struct vrrp_scripts scripts;
	struct vrrp_notify notify;
	struct host host;
	struct rpc *rpc; /**< NULL: nobody is served. */
	bool launched;
};

/** Make ports, tables and workers, and publish the configuration. NULL: err has the sentence. */
struct director *director_create(const struct lb_conf *conf, struct lb_error *err);

/** Start ports and announce addresses; then let every worker run on its lcore. */
int director_start(struct director *director, struct lb_error *err);
void director_launch(struct director *director);

/** Stop workers, close ports, free everything. NULL is allowed. */
void director_destroy(struct director *director);

/* Parts of it, each in the file of its name. */

/**
 * What depends on plug-ins: schedulers, their options, forwarding methods. drafts: one per service,
 * zeroed, gets what slow schedulers have built, to be freed by director_free_drafts() also after an
 * error; or NULL. closed: servers that drain; without it none does. 0 or -errno with err. Any
 * thread.
 */
int director_check(const struct lb_conf *conf, struct lb_svc_draft *drafts, struct lb_error *err);
int director_check_closed(const struct lb_conf *conf, const struct servers_closed *closed,
	struct lb_svc_draft *drafts, struct lb_error *err);
int director_check_service(const struct lb_conf_service *service,
	const struct servers_closed *closed, struct lb_svc_draft *draft, struct lb_error *err);
void director_free_drafts(const struct lb_conf *conf, struct lb_svc_draft *drafts);

/** The draft of one service of a checked configuration, if its scheduler is slow. Any thread. */
int director_draft(const struct lb_conf_service *service, const struct servers_closed *closed,
	struct lb_svc_draft *draft, struct lb_error *err);

/**
 * Publish neighbours, routes, addresses and services of director->conf, all at once: apply.h has it
 * in steps. 0 or -errno with err.
 */
int director_apply(struct director *director, struct lb_error *err);

/**
 * Publish a service of director->conf anew, with what its servers weigh now; draft is used up, if
 * it has something. 0 or -errno with err.
 */
int director_retune(struct director *director, const struct lb_conf_service *service,
	struct lb_svc_draft *draft, struct lb_error *err);

/** Let every connection resolve its next hop again; returns the new generation, never 0. */
uint16_t director_raise_generation(struct director *director);

/** Chores of the control loop; returns when they want to be called again. */
uint64_t director_chores(void *director);

/** ARP and ND: handlers of the two classes, and what the neighbour table asks for. */
void director_arp_vip(void *director, uint32_t worker, struct rte_mbuf *m);
void director_neigh(void *director, uint32_t worker, struct rte_mbuf *m);
struct lb_neigh_env director_neigh_env(struct director *director);

/** Neighbor Discovery and MLD that a worker has checked; the packet is not freed. */
void director_nd(struct director *director, uint8_t port, struct rte_mbuf *m);

/** What we answer for on this port: an entry of the VIP table, or NULL. */
const struct lb_vip *director_ours(const struct lb_addr *addr, uint8_t port);

/** Somebody else says that he has an address of ours: clients will find now him, now us. */
void director_complain(struct director *director, uint8_t port, const struct lb_addr *address,
	const struct rte_ether_addr *mac);
