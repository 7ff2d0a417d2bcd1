/* VRRP instances, each with its gratuitous ARP; see read_track.c and read_groups.c for more. */

#include <string.h>

#include "conf_fault.h"
#include "conf_object.h"
#include "conf_read.h"
#include "conf_value.h"

#define DELAY_MAX_MS 1000000
#define DAY_MS (24 * 3600 * 1000)

static int
read_port(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_port_name(reader, setting, &((struct lb_conf_vrrp *)object)->port);
}

/* Of a version that has been read: seconds in a byte, or centiseconds in 12 bits. */
static int
read_interval(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	static const struct conf_key seconds = { .type = CONF_NUMBER,
		CONF_MEMBER(struct lb_conf_vrrp, interval_ms),
		.min = 1000,
		.max = 255000,
		.step = 1000,
		.fallback = 1000 };
	static const struct conf_key centiseconds = { .type = CONF_NUMBER,
		CONF_MEMBER(struct lb_conf_vrrp, interval_ms),
		.min = 10,
		.max = 40950,
		.step = 10,
		.fallback = 1000 };
	const struct lb_conf_vrrp *vrrp = object;

	return conf_read_key(
		reader, setting, vrrp->version == 2 ? &seconds : &centiseconds, object);
}

static const struct conf_list addresses_list = {
	.size = sizeof(struct lb_prefix),
	.max = LB_CONF_VRRP_ADDRESSES_MAX,
	.read = conf_read_prefix,
};

static int
read_addresses(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_vrrp *vrrp = object;
	int rc = conf_read_list(
		reader, setting, &addresses_list, &vrrp->addresses, &vrrp->addresses_n);

	vrrp->addresses_place = conf_place(reader, setting);
	if (rc == 0 && vrrp->addresses_n == 0)
		return conf_fault_at(reader, setting,
			"addresses is empty; an instance needs at least one, as in addresses = [ "
			"\"10.1.0.100/24\" ]");
	return rc;
}

static const struct conf_list excluded_list = {
	.size = sizeof(struct lb_prefix),
	.max = LB_CONF_VRRP_VIPS_MAX - 1,
	.read = conf_read_prefix,
};

/* Put behind the others, from whom they differ in adverts alone. */
static int
read_excluded(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_vrrp *vrrp = object;
	struct lb_prefix *excluded = NULL, *all;
	size_t n = 0;
	int rc = conf_read_list(reader, setting, &excluded_list, &excluded, &n);

	vrrp->listed_n = vrrp->addresses_n;
	if (rc != 0 || n == 0)
		return rc;
	if (vrrp->listed_n + n > LB_CONF_VRRP_VIPS_MAX)
		return conf_fault_at(reader, setting,
			"addresses_excluded has %zu elements and addresses %zu, which makes more "
			"than %d; use another instance for some",
			n, vrrp->listed_n, LB_CONF_VRRP_VIPS_MAX);
	all = conf_arena_alloc(reader->arena, (vrrp->listed_n + n) * sizeof(*all));
	if (all == NULL)
		return conf_fault_memory(reader->err);
	memcpy(all, vrrp->addresses, vrrp->listed_n * sizeof(*all));
	memcpy(all + vrrp->listed_n, excluded, n * sizeof(*all));
	vrrp->addresses = all;
	vrrp->addresses_n += n;
	return 0;
}

static const struct conf_key garp_keys[] = {
	{ "repeat", CONF_NUMBER, CONF_MEMBER(struct lb_conf_garp, repeat), .max = 100,
		.fallback = 5 },
	{ "delay_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_garp, delay_ms), .max = DELAY_MAX_MS,
		.fallback = 5000 },
	{ "refresh_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_garp, refresh_ms), .min = 1000,
		.max = DAY_MS, .zero = true, .fallback = 60000 },
	{ "interval_us", CONF_NUMBER, CONF_MEMBER(struct lb_conf_garp, interval_us),
		.max = 1000000 },
	{ .name = NULL },
};

static int
read_garp(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_group(reader, setting, garp_keys, &((struct lb_conf_vrrp *)object)->garp);
}

static const struct conf_word macs[] = {
	{ "auto", LB_CONF_VRRP_MAC_AUTO },
	{ "virtual", LB_CONF_VRRP_MAC_VIRTUAL },
	{ "physical", LB_CONF_VRRP_MAC_PHYSICAL },
	{ .name = NULL },
};

static const struct conf_word checksums[] = {
	{ "rfc5798", LB_CONF_VRRP_CHECKSUM_RFC5798 },
	{ "rfc9568", LB_CONF_VRRP_CHECKSUM_RFC9568 },
	{ .name = NULL },
};

/* Empty: none. */
static int
read_auth_pass(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_vrrp *vrrp = object;
	int rc;

	vrrp->auth_pass = "";
	if (setting == NULL)
		return 0;
	rc = conf_read_text(reader, setting, &vrrp->auth_pass);
	if (rc == 0 && strlen(vrrp->auth_pass) > LB_CONF_VRRP_PASSWORD_MAX)
		return conf_fault_at(reader, setting,
			"auth_pass has %zu bytes, and an advert has room for %d; choose a shorter "
			"one",
			strlen(vrrp->auth_pass), LB_CONF_VRRP_PASSWORD_MAX);
	return rc;
}

static int
read_source(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_unicast *unicast = object;

	return setting == NULL ? 0 : conf_read_address(reader, setting, &unicast->source);
}

static int
read_peer(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	return conf_read_address(reader, setting, item);
}

static const struct conf_list peers_list = {
	.size = sizeof(struct lb_addr),
	.max = LB_CONF_VRRP_PEERS_MAX,
	.read = read_peer,
};

static int
read_peers(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_unicast *unicast = object;

	return conf_read_list(reader, setting, &peers_list, &unicast->peers, &unicast->peers_n);
}

/* The default of the TTL goes by the family, which is known later. */
static const struct conf_key unicast_keys[] = {
	{ "source", CONF_OTHER, .read = read_source },
	{ "peers", CONF_OTHER, .read = read_peers, .list = &peers_list },
	{ "ttl_min", CONF_NUMBER, CONF_MEMBER(struct lb_conf_unicast, ttl_min), .min = 1,
		.max = 255 },
	{ "ttl_max", CONF_NUMBER, CONF_MEMBER(struct lb_conf_unicast, ttl_max), .min = 1,
		.max = 255 },
	{ .name = NULL },
};

static int
read_unicast(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_vrrp *vrrp = object;

	vrrp->unicast_place = setting == NULL ? vrrp->place : conf_place(reader, setting);
	return conf_read_group(reader, setting, unicast_keys, &vrrp->unicast);
}

static const struct conf_key compat_keys[] = {
	{ "both_versions", CONF_BOOL, CONF_MEMBER(struct lb_conf_compat, both_versions) },
	{ "quiet", CONF_BOOL, CONF_MEMBER(struct lb_conf_compat, quiet) },
	{ "strict_addresses", CONF_BOOL, CONF_MEMBER(struct lb_conf_compat, strict_addresses) },
	{ .name = NULL },
};

static int
read_compat(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_group(
		reader, setting, compat_keys, &((struct lb_conf_vrrp *)object)->compat);
}

static int
read_notify(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_command(reader, setting, &((struct lb_conf_vrrp *)object)->notify.command);
}

static const struct conf_key instance_keys[] = {
	{ "name", CONF_NAME, "\"wan\"", CONF_MEMBER(struct lb_conf_vrrp, name) },
	{ "port", CONF_OTHER, "\"wan\"", .read = read_port },
	{ "vrid", CONF_NUMBER, "51", CONF_MEMBER(struct lb_conf_vrrp, vrid), .min = 1, .max = 255 },
	{ "version", CONF_NUMBER, CONF_MEMBER(struct lb_conf_vrrp, version), .min = 2, .max = 3,
		.fallback = 3 },
	{ "priority", CONF_NUMBER, CONF_MEMBER(struct lb_conf_vrrp, priority), .min = 1, .max = 255,
		.fallback = 100 },
	{ "interval_ms", CONF_OTHER, .read = read_interval },
	{ "preempt", CONF_BOOL, CONF_MEMBER(struct lb_conf_vrrp, preempt), .fallback = true },
	{ "preempt_delay_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_vrrp, preempt_delay_ms),
		.max = DELAY_MAX_MS },
	{ "start_delay_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_vrrp, start_delay_ms),
		.max = DELAY_MAX_MS },
	{ "up_delay_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_vrrp, up_delay_ms),
		.max = DELAY_MAX_MS },
	{ "addresses", CONF_OTHER, "[ \"10.1.0.100/24\" ]", .read = read_addresses,
		.list = &addresses_list },
	{ "addresses_excluded", CONF_OTHER, .read = read_excluded, .list = &excluded_list },
	{ "mac", CONF_WORD, CONF_MEMBER(struct lb_conf_vrrp, mac), .words = macs },
	{ "accept", CONF_BOOL, CONF_MEMBER(struct lb_conf_vrrp, accept), .fallback = true },
	{ "router", CONF_BOOL, CONF_MEMBER(struct lb_conf_vrrp, router) },
	{ "checksum", CONF_WORD, CONF_MEMBER(struct lb_conf_vrrp, checksum), .words = checksums },
	{ "auth_pass", CONF_OTHER, .read = read_auth_pass },
	{ "unicast", CONF_OTHER, .read = read_unicast, .keys = unicast_keys },
	{ "garp", CONF_OTHER, .read = read_garp, .keys = garp_keys },
	{ "track", CONF_OTHER, .read = conf_read_tracks, .list = &conf_tracks },
	CONF_NOTIFY_KEYS(struct lb_conf_vrrp, read_notify),
	{ "compat", CONF_OTHER, .read = read_compat, .keys = compat_keys },
	{ .name = NULL },
};

static int
read_instance(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_vrrp *vrrp = item;

	vrrp->place = conf_place(reader, setting);
	vrrp->group = LB_CONF_NO_GROUP;
	return conf_read_group(reader, setting, instance_keys, vrrp);
}

static const struct conf_list instances_list = {
	.size = sizeof(struct lb_conf_vrrp),
	.max = LB_CONF_VRRP_MAX,
	.keys = instance_keys,
	.read = read_instance,
};

static int
read_instances(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf *conf = object;

	return conf_read_list(reader, setting, &instances_list, &conf->vrrp, &conf->vrrp_n);
}

/* In this order: instances refer to scripts. */
const struct conf_key conf_vrrp_keys[] = {
	{ "scripts", CONF_OTHER, .read = conf_read_scripts, .list = &conf_scripts },
	{ "instances", CONF_OTHER, .read = read_instances, .list = &instances_list },
	{ "groups", CONF_OTHER, .read = conf_read_groups, .list = &conf_groups },
	{ .name = NULL },
};

int
conf_read_vrrp(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_group(reader, setting, conf_vrrp_keys, object);
}
