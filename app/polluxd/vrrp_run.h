#pragma once
/**
 * @file
 * VRRP at run time: one state machine per configured instance, fed with adverts, time and links,
 * and what it asks for done: VIP bytes and leases, adverts, gratuitous ARP.
 *
 * One timerfd wakes the loop for the nearest deadline of all; the work is done in the chores, after
 * the punted packets of the same turn, so an advert that has arrived counts before a timer that is
 * due. Control lcore only, but for vrrp_check(), which is pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <uv.h>

#include "lb_conf.h"
#include "lb_error.h"
#include "lb_vip.h"
#include "lb_vrrp.h"
#include "lb_vrrp_routers.h"
#include "vrrp_farewell.h"
#include "vrrp_garp.h"
#include "vrrp_group.h"
#include "vrrp_link.h"
#include "vrrp_track.h"

struct director;

/** A VIP is served for so many own intervals after an advert; the quickest Backup waits as long. */
#define VRRP_LEASE_INTERVALS 3

/** The last router that was heard. */
struct vrrp_heard {
	struct lb_addr sender; /**< Family 0: nobody yet. */
	uint8_t priority;
	uint64_t at_us;
};

/** An instance. Its place in struct vrrp_run is its number in the VIP table. */
struct vrrp_instance {
	char name[LB_CONF_NAME_MAX + 1];
	uint8_t number;
	uint8_t port;
	bool virtual_mac;
	bool router;                    /**< What Neighbor Discovery calls it. */
	bool joined;                    /**< The groups of its addresses. */
	struct rte_ether_addr port_mac; /**< The port's own. */
	struct lb_vrrp_conf conf;
	struct lb_addr addrs[LB_VRRP_ADDRS]; /**< Of conf: those that adverts list. */
	const struct lb_prefix *vips;        /**< All, of the configuration in force. */
	uint32_t vips_n;
	struct lb_addr peers[LB_CONF_VRRP_PEERS_MAX];
	uint32_t lost_peers; /**< Those whose MAC was not known at the last advert, by bit. */
	struct lb_vrrp machine;
	struct lb_conf_garp garp_conf;
	struct vrrp_garp garp;
	struct vrrp_farewell farewell;
	struct vrrp_heard heard;
	struct lb_vrrp_routers routers;
	uint64_t since_us; /**< Last transition, CLOCK_MONOTONIC. */
	uint64_t sent;     /**< Adverts. */
	uint64_t unsent;   /**< For want of a peer's MAC. */
	uint64_t received;
	uint64_t refused[LB_VRRP_REFUSALS];
	struct vrrp_group *group; /**< NULL: it is in none. */
	uint32_t member;          /**< Its number in the group. */
	uint8_t override;         /**< Priority in place of the configured one; 0: none. */
	const struct lb_conf_notify *notify; /**< Of the configuration that it was filled from. */
	uint64_t conflict_us;                /**< When another Active was heard last; 0: never. */
	bool standby;                        /**< It serves nothing, since people want so. */
	bool stalled;                        /**< The data path has stood longer than it may. */
	bool fault;               /**< What it tracks, or standby, keeps it from serving. */
	char reason[VRRP_REASON]; /**< Of the last transition. */
};

/** All of them. */
struct vrrp_run {
	struct vrrp_instance *list;        /**< LB_VIP_INSTANCES places, the first not used. */
	uint8_t numbers[LB_VIP_INSTANCES]; /**< Those in use, as in the configuration. */
	uint32_t n;
	bool started;
	int timer; /**< timerfd; -1: none. */
	uv_poll_t poll;
	struct vrrp_link link;
	struct vrrp_track track;
	struct vrrp_group groups[LB_CONF_GROUPS_MAX];
	uint32_t groups_n;
	bool standby;                       /**< Of all instances, those to come too. */
	uint32_t announcer;                 /**< The first of the next turn, in their order. */
	uint64_t armed_us;                  /**< What the timerfd is set to. */
	uint64_t refused[LB_VRRP_REFUSALS]; /**< Adverts that are of no instance. */
	uint64_t told_us[LB_VRRP_REFUSALS]; /**< When each reason was logged last. */
};

/** What is told of an instance; names belong to it. */
struct vrrp_info {
	const char *name;
	const char *state; /**< "init", "backup", "active", "fault", "standby". */
	uint8_t port;
	uint8_t vrid;
	uint8_t priority;    /**< In effect. */
	uint64_t learned_us; /**< Interval of the Active; our own while none was heard. */
	uint64_t since_us;   /**< Last transition, CLOCK_MONOTONIC; 0: none yet. */
	uint64_t sent;
	uint64_t unsent;         /**< For want of a peer's MAC. */
	uint64_t received;       /**< Taken. */
	const uint64_t *refused; /**< By enum lb_vrrp_refusal. */
	const struct vrrp_instance *instance;
};

/** Whether all instances of a configuration can work. 0 or -errno with the sentence. */
int vrrp_check(const struct lb_conf *conf, struct lb_error *err);

/** Make the timer; the control loop is there. 0 or -errno with the sentence. */
int vrrp_run_init(struct director *director, struct lb_error *err);

/** What each instance of the configuration is, or will be, in the VIP table. */
void vrrp_run_numbers(
	const struct vrrp_run *run, const struct lb_conf *conf, uint8_t numbers[LB_CONF_VRRP_MAX]);

/** Compare with what runs, by name: end what is gone, change in place, begin what is new. */
void vrrp_run_apply(struct director *director);

/** Ports are up: begin. */
void vrrp_run_start(struct director *director);

/**
 * Leave: Active instances say so, then serve no longer. Waits 10 ms at most for a queue that a
 * worker has. Good at any stage.
 */
void vrrp_run_stop(struct director *director);

/** Free the timer and what lies ready; the control loop is gone, the pool is not. */
void vrrp_run_fini(struct vrrp_run *run);

/** Do what is due, and set the timer to what comes next. */
void vrrp_run_turn(struct director *director);

/** A port's link went up or down. */
void vrrp_run_link(struct director *director, uint8_t port, bool up);

/** Handler of punted adverts. */
void vrrp_run_input(void *director, uint32_t worker, struct rte_mbuf *m);

/** Feed one event, to the group if it is in one. */
void vrrp_run_step(struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_event *event);

/** Do what a machine asked for on an event, and tell of a change of state. */
void vrrp_run_act(struct director *director, struct vrrp_instance *instance,
	enum lb_vrrp_state before, const struct lb_vrrp_event *event,
	const struct lb_vrrp_actions *actions);

/** The instance or group of a name; NULL: there is none. */
struct vrrp_instance *vrrp_run_find(struct director *director, const char *name);
struct vrrp_group *vrrp_run_find_group(struct director *director, const char *name);

/** The word for its state: a fault that people want is "standby". */
const char *vrrp_run_state(const struct director *director, const struct vrrp_instance *instance);

/** The MAC that an address of ours has on its port. */
const struct rte_ether_addr *vrrp_run_mac(
	const struct director *director, const struct lb_vip *vip, uint8_t port);

/** Whether who asks for an address of ours is told that a router has it. */
bool vrrp_run_is_router(const struct director *director, const struct lb_vip *vip);

/** Instances there are, and what is told of number i in their order. */
uint32_t vrrp_run_count(const struct director *director);
void vrrp_run_info(const struct director *director, uint32_t i, struct vrrp_info *info);

/* Parts, each in the file of its name. */

/** vrrp_conf.c: fill an instance from the configuration; counters and machine are left alone. */
void vrrp_conf_fill(struct vrrp_instance *instance, const struct lb_conf *conf,
	const struct lb_conf_vrrp *from, const struct rte_ether_addr *port_mac);

/** vrrp_conf.c: whether a running instance can go on as this one: same router, only told anew. */
bool vrrp_conf_continues(const struct vrrp_instance *instance, const struct lb_conf *conf,
	const struct lb_conf_vrrp *from);

/** vrrp_send.c: an advert of this priority goes out, and renews the lease unless it is 0. */
void vrrp_send_advert(struct director *director, struct vrrp_instance *instance, uint8_t priority);

/** vrrp_send.c: serve the addresses from now until the lease ends. */
void vrrp_send_lease(const struct vrrp_instance *instance);

/** vrrp_send.c: what announcing is due of all instances, as much as one turn may. */
void vrrp_send_announce(struct director *director, uint64_t now_us);

/**
 * vrrp_peer.c: where adverts to peer number i go, which is he or the gateway on the way to him.
 * false: nobody knows yet, which is counted, and told once until it is known.
 */
bool vrrp_peer_find(const struct director *director, struct vrrp_instance *instance, uint16_t i,
	struct lb_vrrp_dest *dest);

/** vrrp_run.c: listen for questions about the addresses, of IPv6, or no longer. */
void vrrp_run_listen(struct director *director, struct vrrp_instance *instance, bool on);

/** vrrp_log.c: one line about a change of state, whose reason is kept. */
void vrrp_log_transition(const struct director *director, struct vrrp_instance *instance,
	enum lb_vrrp_state before, const struct lb_vrrp_event *event);

/** vrrp_log.c: a router, which was heard, that is configured otherwise; once per router. */
void vrrp_log_difference(struct vrrp_instance *instance, const struct lb_vrrp_advert *advert);

/** vrrp_log.c: a router that stays Active beside us. */
void vrrp_log_rival(const struct vrrp_instance *instance, const struct lb_vrrp_advert *advert);
