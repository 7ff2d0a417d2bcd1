#pragma once
/** @file What the commands of polluxctl share: one run is one command and one connection. */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "lb_rpc_client.h"

/** What polluxctl exits with. */
enum ctl_status {
	CTL_OK,
	CTL_REFUSED,   /**< The daemon, or who owns the socket, refuses. */
	CTL_USAGE,     /**< The command line is wrong. */
	CTL_NO_DAEMON, /**< Nobody answers. */
};

struct ctl;

/** A command; its function gets what follows noun and verb. */
struct ctl_command {
	const char *noun;
	const char *verb; /**< NULL: it has none. */
	const char *args; /**< For the usage. */
	const char *summary;
	int args_min;
	int args_max;
	enum ctl_status (*fn)(struct ctl *ctl, int argc, char **argv);
};

/** Ends with a NULL noun. */
extern const struct ctl_command ctl_commands[];

/** A run. */
struct ctl {
	const char *socket;
	bool json; /**< Print what the daemon answers. */
	const struct ctl_command *command;
	struct lb_rpc_client *client;
};

/** Call a method; takes params, NULL: none. The caller frees *result. Faults are told on stderr. */
enum ctl_status ctl_call(struct ctl *ctl, const char *method, json_t *params, json_t **result);

/** Show one item of a list. arg is that of ctl_list(). */
typedef void ctl_show_fn(const json_t *item, void *arg);

/**
 * Show what a list method answers, part by part: with -j as one object, else each item by show.
 * Takes params, NULL: none. most: items at most, 0: all.
 */
enum ctl_status ctl_list(struct ctl *ctl, const char *method, json_t *params, json_int_t most,
	ctl_show_fn *show, void *arg);

/** Call a method without parameters, and print the answer if -j says so, else by show. */
enum ctl_status ctl_show(struct ctl *ctl, const char *method, json_t *params, ctl_show_fn *show);

/** A whole number; false: the text, which may be NULL, is none. */
bool ctl_read_number(const char *text, long long *number);

/** Put "KEY=VALUE" into params; false: it is none. */
bool ctl_put_key(json_t *params, char *text);

/** Call a method that changes something, if the arguments were good; takes params. */
enum ctl_status ctl_change(struct ctl *ctl, const char *method, json_t *params, bool good);

/** Show what services and their servers do per second. */
enum ctl_status ctl_service_rates(struct ctl *ctl);

/** Say how the command is used. */
enum ctl_status ctl_usage(const struct ctl *ctl);

/* The commands, each noun in its file. */
enum ctl_status cmd_status(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_version(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_service_list(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_service_show(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_service_add(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_service_set(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_service_delete(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_server_add(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_server_set(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_server_delete(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_server_drain(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_vip_add(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_vip_delete(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_route_add(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_route_delete(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_neigh_add(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_neigh_delete(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_config_apply(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_connection_list(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_connection_count(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_connection_flush(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_vrrp_list(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_vrrp_show(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_vrrp_set(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_vip_list(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_route_list(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_neigh_list(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_port_list(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_stats(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_drops(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_nodes(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_graph(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_config_check(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_config_get(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_events(struct ctl *ctl, int argc, char **argv);
enum ctl_status cmd_config_reload(struct ctl *ctl, int argc, char **argv);
