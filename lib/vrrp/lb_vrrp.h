#pragma once
/**
 * @file
 * The state machine of a VRRP instance (RFC 9568 section 6.4 with errata; RFC 3768 for version 2).
 *
 * It is a pure function of its state and an event: it sends nothing, sets no timer and reads no
 * clock. lb_vrrp_step() takes an event and hands back actions, to be done in their order, and
 * `deadline`, when it wants LB_VRRP_TIMER next. Times are microseconds of CLOCK_MONOTONIC.
 *
 * Adverts that have arrived are given before a timer that is due, with the time at which they
 * arrived: a late loop must not depose an Active that was heard in time.
 *
 * Whoever runs it owns it. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_vrrp_conf.h"
#include "lb_vrrp_packet.h"

/** No deadline: later than any time. */
#define LB_VRRP_NEVER UINT64_MAX

enum lb_vrrp_state {
	LB_VRRP_INIT,   /**< Not started, or in a delay before it takes part. */
	LB_VRRP_BACKUP, /**< Listens. */
	LB_VRRP_ACTIVE, /**< Serves the addresses and advertises. */
	LB_VRRP_FAULT,  /**< Started, but the link is down. */
};

/** An instance. Read by whoever runs it, written by lb_vrrp_init() and lb_vrrp_step() alone. */
struct lb_vrrp {
	/**
	 * Who runs it may point this to another configuration between two events: timers run on and
	 * what was learned stays. A change of version, source or LB_VRRP_OWNER wants a new start.
	 */
	const struct lb_vrrp_conf *conf;
	enum lb_vrrp_state state;
	uint8_t priority;  /**< In effect: as configured, or as LB_VRRP_PRIORITY said. */
	bool started;      /**< Between LB_VRRP_START and LB_VRRP_SHUTDOWN. */
	bool link;         /**< The link is up. */
	uint64_t learned;  /**< Interval of the Active, us; our own while none was heard. */
	uint64_t deadline; /**< Next LB_VRRP_TIMER, or LB_VRRP_NEVER. */
	uint64_t patience; /**< End of the preempt delay that runs, or LB_VRRP_NEVER. */
	uint8_t heard; /**< Priority of the Active that a Backup waits for; 0: it waits for none. */
	bool left;     /**< The Active has said that it leaves. */
	bool met;      /**< As Backup it has heard an advert, whatever it said. */
	uint64_t hold; /**< End of the start delay. */
};

enum lb_vrrp_event_kind {
	LB_VRRP_START,
	LB_VRRP_SHUTDOWN,
	LB_VRRP_TIMER,     /**< The deadline has come; too early is harmless. */
	LB_VRRP_ADVERT,    /**< One that lb_vrrp_admit() took. */
	LB_VRRP_LINK_DOWN, /**< The port, or something else without which it cannot serve. */
	LB_VRRP_LINK_UP,
	LB_VRRP_PRIORITY, /**< Configured priority plus the weights of what is tracked changed. */

	/* Of its group (lb_vrrp_group.h), to a member. */
	LB_VRRP_TAKE,   /**< Become Active with the others. */
	LB_VRRP_YIELD,  /**< Become Backup with the others, and say so. */
	LB_VRRP_DEFER,  /**< The timer has come, but look again at `until`. */
	LB_VRRP_REPEAT, /**< As Active, announce again. */
};

struct lb_vrrp_event {
	enum lb_vrrp_event_kind kind;
	uint64_t now;                        /**< Of an advert: when it arrived. */
	const struct lb_vrrp_advert *advert; /**< Of LB_VRRP_ADVERT. */
	int priority; /**< Of LB_VRRP_PRIORITY; brought into 1 to 254. An owner stays the owner. */
	uint64_t until; /**< Of LB_VRRP_DEFER. */
};

enum lb_vrrp_action_kind {
	LB_VRRP_VIPS_ON,  /**< Set VIP byte and lease: from now on the addresses are ours. */
	LB_VRRP_VIPS_OFF, /**< Clear the VIP byte. */
	LB_VRRP_SEND,     /**< Send an advert to the group, or each peer; renew the lease. */
	LB_VRRP_LEAVE,    /**< Send an advert of priority 0 if the link lets us. */
	LB_VRRP_ANNOUNCE, /**< Gratuitous ARP, or NA, for each address; one under way starts anew.
			   */
	LB_VRRP_CONTEST,  /**< Tell people that another router owns the same addresses. */
};

/** Most actions of one event. */
#define LB_VRRP_ACTIONS 4

struct lb_vrrp_actions {
	uint8_t n;
	uint8_t priority; /**< Of LB_VRRP_SEND. */
	enum lb_vrrp_action_kind list[LB_VRRP_ACTIONS];
};

/** Not started, link up. conf must outlive it. */
void lb_vrrp_init(struct lb_vrrp *vrrp, const struct lb_vrrp_conf *conf);

/** Take an event; actions is overwritten. */
void lb_vrrp_step(
	struct lb_vrrp *vrrp, const struct lb_vrrp_event *event, struct lb_vrrp_actions *actions);

/**
 * What it waits for at a time, as a word, or NULL: "start_delay" and "up_delay" before it takes
 * part; as Backup "first_advert" until it has heard anybody, and "preempt_delay".
 */
const char *lb_vrrp_waits(const struct lb_vrrp *vrrp, uint64_t now);

/** "init", "backup", "active" or "fault". */
const char *lb_vrrp_state_name(enum lb_vrrp_state state);
