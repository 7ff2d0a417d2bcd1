/* Groups of VRRP instances. */

#include "conf_object.h"
#include "conf_read.h"
#include "conf_value.h"

static int
read_member(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	return conf_read_string(reader, setting, item);
}

static const struct conf_list members_list = {
	.size = sizeof(const char *),
	.max = LB_CONF_MEMBERS_MAX,
	.read = read_member,
};

static int
read_members(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_group *group = object;
	int rc = conf_read_list(reader, setting, &members_list, &group->members, &group->members_n);

	if (rc == 0 && group->members_n == 0)
		return conf_fault_at(reader, setting,
			"members is empty; name the instances that belong together, as in members "
			"= [ \"wan\", \"lan\" ]");
	return rc;
}

static int
read_notify(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_command(
		reader, setting, &((struct lb_conf_group *)object)->notify.command);
}

static const struct conf_key group_keys[] = {
	{ "name", CONF_NAME, "\"pair\"", CONF_MEMBER(struct lb_conf_group, name) },
	{ "members", CONF_OTHER, "[ \"wan\", \"lan\" ]", .read = read_members,
		.list = &members_list },
	CONF_NOTIFY_KEYS(struct lb_conf_group, read_notify),
	{ .name = NULL },
};

static int
read_group(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_group *group = item;

	group->place = conf_place(reader, setting);
	return conf_read_group(reader, setting, group_keys, group);
}

const struct conf_list conf_groups = {
	.size = sizeof(struct lb_conf_group),
	.max = LB_CONF_GROUPS_MAX,
	.keys = group_keys,
	.read = read_group,
};

int
conf_read_groups(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf *conf = object;

	return conf_read_list(reader, setting, &conf_groups, &conf->groups, &conf->groups_n);
}
