#pragma once
/**
 * @file
 * Programs of the user's choice that are told of each change of state, with the arguments that
 * keepalived gives them. One runs at a time, in the order of the changes. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lb_conf.h"

struct director;

/** With so many notices waiting, one about a thing takes the place of that before about it. */
#define VRRP_NOTIFY_MANY 64

/** What is to be told. The texts are copied. */
struct vrrp_notice {
	const char *type;   /**< "INSTANCE" or "GROUP". */
	const char *name;   /**< Of it. */
	const char *state;  /**< "active", "backup", "fault", "standby" or "init". */
	const char *before; /**< The same. */
	const char *reason;
	uint8_t priority;
	uint64_t sequence; /**< Of the event. */
};

struct vrrp_told;

/** What waits. Zeroed at first. */
struct vrrp_notify {
	STAILQ_HEAD(, vrrp_told) waiting;
	uint32_t n;
	struct vrrp_told *running; /**< NULL: none. */
};

void vrrp_notify_init(struct vrrp_notify *notify);
void vrrp_notify_fini(struct vrrp_notify *notify);

/** Whether what is to be notified can be run. 0, or -errno with the sentence. Any thread. */
int vrrp_notify_check(const struct lb_conf *conf, struct lb_error *err);

/** Run the program, if there is one, when its turn has come. */
void vrrp_notify_post(struct director *director, const struct lb_conf_notify *conf,
	const struct vrrp_notice *notice);

/** The director ends: what still waits is given to the helper at once, which keeps the order. */
void vrrp_notify_farewell(struct director *director);

/** keepalived's word for a state. */
const char *vrrp_notify_word(const char *state);
