/* Groups: their members are instances, each in one group, all owners or none. */

#include <string.h>

#include "conf_arena.h"
#include "conf_check.h"
#include "conf_fault.h"

static int
check_name(const struct conf_check *check, const struct lb_conf_group *group)
{
	const struct lb_conf *conf = check->conf;

	for (const struct lb_conf_group *other = conf->groups; other < group; other++)
		if (strcmp(other->name, group->name) == 0)
			return conf_fault(check->err, &group->place,
				"vrrp: group \"%s\": the group of %s:%u has this name too; rename "
				"one",
				group->name, other->place.file, other->place.line);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		if (strcmp(conf->vrrp[i].name, group->name) == 0)
			return conf_fault(check->err, &group->place,
				"vrrp: group \"%s\": the instance of %s:%u has this name too; "
				"rename one",
				group->name, conf->vrrp[i].place.file, conf->vrrp[i].place.line);
	return 0;
}

static int
check_member(const struct conf_check *check, struct lb_conf_group *group, size_t m)
{
	struct lb_conf *conf = check->conf;
	uint32_t number = (uint32_t)(group - conf->groups);
	uint32_t i = 0;

	while (i < conf->vrrp_n && strcmp(conf->vrrp[i].name, group->members[m]) != 0)
		i++;
	if (i == conf->vrrp_n)
		return conf_fault(check->err, &group->place,
			"vrrp: group \"%s\": there is no instance \"%.63s\"; add it to instances, "
			"or take it out of members",
			group->name, group->members[m]);
	if (conf->vrrp[i].group != LB_CONF_NO_GROUP)
		return conf_fault(check->err, &group->place,
			"vrrp: group \"%s\": instance \"%s\" is a member of group \"%s\" already; "
			"take it out of one",
			group->name, conf->vrrp[i].name, conf->groups[conf->vrrp[i].group].name);
	conf->vrrp[i].group = number;
	group->instances[m] = i;
	if (conf_is_owner(&conf->vrrp[i]) != conf_is_owner(&conf->vrrp[group->instances[0]]))
		return conf_fault(check->err, &group->place,
			"vrrp: group \"%s\": of \"%s\" and \"%s\" only one has priority 255, so "
			"they cannot be Active together; give both or none 255",
			group->name, conf->vrrp[group->instances[0]].name, conf->vrrp[i].name);
	return 0;
}

static int
check_group(const struct conf_check *check, struct lb_conf_group *group)
{
	int rc = check_name(check, group);

	group->instances = conf_arena_alloc(
		check->conf->arena, group->members_n * sizeof(group->instances[0]));
	if (group->instances == NULL)
		return conf_fault_memory(check->err);
	for (size_t m = 0; rc == 0 && m < group->members_n; m++)
		rc = check_member(check, group, m);
	return rc;
}

int
conf_check_groups(struct conf_check *check)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < check->conf->groups_n; i++)
		rc = check_group(check, &check->conf->groups[i]);
	return rc;
}
