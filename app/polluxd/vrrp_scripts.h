#pragma once
/**
 * @file
 * The scripts of the configuration: each is run every interval by the script helper, never twice at
 * once, and is up or down by its results. Control lcore, but for vrrp_scripts_check().
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_conf.h"
#include "lb_error.h"
#include "lb_script.h"
#include "vrrp_rise.h"

struct director;

/** A script. Its place in struct vrrp_scripts stays the same while its definition does. */
struct vrrp_script {
	struct director *director;
	const struct lb_conf_script *conf; /**< In the running configuration. NULL: a free place. */
	struct vrrp_rise rise;
	uint64_t due_ms; /**< Next start. */
	bool running;
	bool outdated; /**< What runs is of an earlier definition: its result is not wanted. */
};

/** All of them. */
struct vrrp_scripts {
	struct vrrp_script list[LB_CONF_SCRIPTS_MAX];
	uint8_t places[LB_CONF_SCRIPTS_MAX]; /**< By number in the configuration. */
	uint32_t n;
	/**
	 * Who wants to know when a script comes up or goes down: its number in the running
	 * configuration, and what it is now. NULL: nobody.
	 */
	void (*changed)(struct director *director, uint32_t script, enum vrrp_script_state state);
};

/**
 * Whether the program of a command is there, and can be run by this user (NULL: the default); the
 * sentence begins behind the object. 0, or -errno with it. Any thread.
 */
int vrrp_scripts_check_command(
	const struct lb_conf_command *command, const char *user, struct lb_error *err);

/** Whether all scripts of a configuration can be run. 0, or -errno with the sentence. Any thread.
 */
int vrrp_scripts_check(const struct lb_conf *conf, struct lb_error *err);

/** Compare with what runs, by name: a script whose definition stays the same keeps its state. */
void vrrp_scripts_apply(struct director *director);

/** What script number i of the running configuration says. */
enum vrrp_script_state vrrp_scripts_state(const struct director *director, uint32_t i);

/** Start what is due. Returns when to be called again. */
uint64_t vrrp_scripts_run(struct director *director, uint64_t now_ms);

/** The helper is dead: all are down. */
void vrrp_scripts_lost(struct director *director);
