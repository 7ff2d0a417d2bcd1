/* Groups and lists, read by their tables: see conf_schema.h. Single values are read in value.c. */

#include "conf_schema.h"

#include <stdio.h>
#include <string.h>

#include "conf_fault.h"
#include "conf_object.h"
#include "conf_similar.h"
#include "conf_value.h"

const config_setting_t *
conf_member(const config_setting_t *group, const char *name)
{
	return group == NULL ? NULL : config_setting_get_member(group, name);
}

static const struct conf_key *
key_find(const struct conf_key *keys, const char *name)
{
	for (; keys->name != NULL; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static int
fault_unknown(const struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_key *keys)
{
	const char *name = config_setting_name(setting), *near = NULL;
	char known[256] = "";
	size_t n = 0;

	for (const struct conf_key *key = keys; key->name != NULL; key++) {
		n += (size_t)snprintf(
			known + n, sizeof(known) - n, "%s%s", n == 0 ? "" : ", ", key->name);
		if (near == NULL && conf_is_similar(name, key->name))
			near = key->name;
	}
	if (near != NULL)
		return conf_fault_key(
			reader, setting, "unknown key \"%.63s\"; did you mean \"%s\"?", name, near);
	return conf_fault_key(reader, setting,
		"unknown key \"%.63s\"; take it out, or use one of %s", name, known);
}

int
conf_read_group(struct conf_reader *reader, const config_setting_t *group,
	const struct conf_key *keys, void *object)
{
	int rc = 0;

	if (group != NULL && !config_setting_is_group(group))
		return conf_fault_type(reader, group, "a group: { key = value; }");
	for (int i = 0; group != NULL && i < config_setting_length(group); i++) {
		const config_setting_t *member = config_setting_get_elem(group, (unsigned int)i);

		if (key_find(keys, config_setting_name(member)) == NULL)
			return fault_unknown(reader, member, keys);
	}
	for (const struct conf_key *key = keys; rc == 0 && key->name != NULL; key++) {
		const config_setting_t *setting = conf_member(group, key->name);

		if (setting == NULL && key->required != NULL)
			return conf_fault_at(reader, group, "%s is missing; add %s = %s", key->name,
				key->name, key->required);
		rc = conf_read_key(reader, setting, key, object);
	}
	return rc;
}

int
conf_read_list(struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_list *list, void *array, size_t *n)
{
	char key[CONF_OBJECT_TEXT];
	char *items;
	int rc = 0;

	if (setting == NULL)
		return 0;
	if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
		return conf_fault_type(reader, setting, "a list: ( element, element )");
	*n = (size_t)config_setting_length(setting);
	if (*n > list->max)
		return conf_fault_at(reader, setting, "%s has %zu elements; leave at most %zu",
			conf_key_text(setting, key), *n, list->max);
	items = conf_arena_alloc(reader->arena, *n * list->size);
	if (items == NULL)
		return conf_fault_memory(reader->err);
	memcpy(array, &items, sizeof(items));
	for (size_t i = 0; rc == 0 && i < *n; i++)
		rc = list->read(reader, config_setting_get_elem(setting, (unsigned int)i),
			items + i * list->size);
	return rc;
}
