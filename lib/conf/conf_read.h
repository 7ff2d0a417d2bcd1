#pragma once
/**
 * @file
 * The keys of the configuration, from libconfig's tree to struct lb_conf. One thread at a time.
 */

#include "conf_schema.h"

/** All keys: those of the root, from which their keys and lists lead on to all others. */
extern const struct conf_key conf_root_keys[];

/** Fill reader->conf from the root. What needs more than one object is left to conf_check.h. */
int conf_read_root(struct conf_reader *reader, const config_setting_t *root);

/** CONF_OTHER readers of the lists and groups of this name. */
int conf_read_ports(struct conf_reader *reader, const config_setting_t *setting, void *object);
int conf_read_routes(struct conf_reader *reader, const config_setting_t *setting, void *object);
int conf_read_vips(struct conf_reader *reader, const config_setting_t *setting, void *object);
int conf_read_vrrp(struct conf_reader *reader, const config_setting_t *setting, void *object);
int conf_read_timeouts(struct conf_reader *reader, const config_setting_t *setting, void *object);
int conf_read_services(struct conf_reader *reader, const config_setting_t *setting, void *object);

/** What these read, for the table of the root. */
extern const struct conf_list conf_ports, conf_routes, conf_vips, conf_services;
extern const struct conf_key conf_vrrp_keys[], conf_timeouts_keys[];

/** The list of this name in the group vrrp. */
int conf_read_scripts(struct conf_reader *reader, const config_setting_t *setting, void *object);
extern const struct conf_list conf_scripts;

/** A program and its arguments; one that is absent or empty is none. */
int conf_read_command(struct conf_reader *reader, const config_setting_t *setting,
	struct lb_conf_command *command);
extern const struct conf_list conf_command;

/** The keys notify and notify_user of an object whose member `notify` is a struct lb_conf_notify.
 */
#define CONF_NOTIFY_KEYS(type, reader)                                                             \
	{ "notify", CONF_OTHER, .read = reader, .list = &conf_command },                           \
	{                                                                                          \
		"notify_user", CONF_STRING, CONF_MEMBER(type, notify.user)                         \
	}

/** The group of a service that has timeouts of its own. */
int conf_read_own_timeouts(
	struct conf_reader *reader, const config_setting_t *setting, void *object);
extern const struct conf_key conf_own_timeouts_keys[];

/** What an instance tracks, and how instances are grouped. */
int conf_read_tracks(struct conf_reader *reader, const config_setting_t *setting, void *object);
int conf_read_groups(struct conf_reader *reader, const config_setting_t *setting, void *object);
extern const struct conf_list conf_tracks, conf_groups;

/** What a service matches. */
int conf_read_matches(struct conf_reader *reader, const config_setting_t *setting, void *object);
extern const struct conf_list conf_matches;

/** A network, whose address may be any in it. */
int conf_read_network(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_prefix *prefix);

/** An address that a host can have. */
int conf_read_address(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_addr *addr);

/** The same of a service or a server. */
int conf_read_service_network(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_prefix *prefix);
int conf_read_service_address(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_addr *addr);

/** An address that a host can have, with the length of its network, for a list of struct lb_prefix.
 */
int conf_read_prefix(struct conf_reader *reader, const config_setting_t *setting, void *item);

/** The name of a port that has been read; index gets its place in the list. */
int conf_read_port_name(
	struct conf_reader *reader, const config_setting_t *setting, uint32_t *index);

/** struct lb_conf_vip has no port yet: it is the one whose connected subnet has the address. */
#define CONF_PORT_OF_SUBNET UINT32_MAX
