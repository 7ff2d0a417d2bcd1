/*
 * Settings in sentences. An object is a group: "cpu", or an element of a list such as services,
 * which is called by its name, address or destination, whichever it has, else by its number in the
 * list.
 */

#include "conf_object.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf_fault.h"

static const char *
identity(const config_setting_t *group, const char *key)
{
	const config_setting_t *member = config_setting_get_member(group, key);

	return member == NULL ? NULL : config_setting_get_string(member);
}

/* Letters of a list's name without the s of its plural. */
static int
singular(const char *list)
{
	int n = (int)strlen(list);

	return list[n - 1] == 's' ? n - 1 : n;
}

/* Append what a group is called to the n letters in out; returns the letters then. */
static size_t
group_text(const config_setting_t *group, char *out, size_t n)
{
	const char *list = config_setting_name(config_setting_parent(group));
	const char *name = identity(group, "name"), *address = identity(group, "address");
	char *end = out + n;
	size_t left = CONF_OBJECT_TEXT - n;

	if (config_setting_name(group) != NULL)
		snprintf(end, left, "%.63s: ", config_setting_name(group));
	else if (name != NULL)
		snprintf(end, left, "%.*s \"%.63s\": ", singular(list), list, name);
	else if (address != NULL || (address = identity(group, "to")) != NULL)
		snprintf(end, left, "%.*s %.63s: ", singular(list), list, address);
	else
		snprintf(end, left, "%.*s #%d: ", singular(list), list,
			config_setting_index(group) + 1);
	return n + strlen(end);
}

static size_t
object_text(const config_setting_t *setting, char *out)
{
	const config_setting_t *parent = config_setting_parent(setting);
	size_t n;

	if (parent == NULL)
		return 0;
	n = object_text(parent, out);
	return config_setting_is_group(setting) ? group_text(setting, out, n) : n;
}

const char *
conf_object_text(const config_setting_t *setting, char *out)
{
	out[0] = '\0';
	object_text(setting, out);
	return out;
}

const char *
conf_key_text(const config_setting_t *setting, char *out)
{
	const char *name = config_setting_name(setting);

	if (name != NULL)
		snprintf(out, CONF_OBJECT_TEXT, "%.63s", name);
	else
		snprintf(out, CONF_OBJECT_TEXT, "an element of %.63s",
			config_setting_name(config_setting_parent(setting)));
	return out;
}

struct lb_conf_place
conf_place(const struct conf_reader *reader, const config_setting_t *setting)
{
	return conf_text_place(reader->text, config_setting_source_line(setting));
}

static int
fault_about(const struct conf_reader *reader, const config_setting_t *setting,
	const config_setting_t *object, const char *format, va_list args)
{
	struct lb_conf_place place = conf_place(reader, setting);
	char name[CONF_OBJECT_TEXT], text[LB_ERROR_TEXT];

	vsnprintf(text, sizeof(text), format, args);
	return conf_fault(reader->err, &place, "%s%s", conf_object_text(object, name), text);
}

int
conf_fault_at(
	const struct conf_reader *reader, const config_setting_t *setting, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = fault_about(reader, setting, setting, format, args);
	va_end(args);
	return rc;
}

int
conf_fault_key(
	const struct conf_reader *reader, const config_setting_t *setting, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = fault_about(reader, setting, config_setting_parent(setting), format, args);
	va_end(args);
	return rc;
}

int
conf_fault_type(
	const struct conf_reader *reader, const config_setting_t *setting, const char *wanted)
{
	static const char *const types[] = {
		[CONFIG_TYPE_GROUP] = "a group",
		[CONFIG_TYPE_INT] = "a whole number",
		[CONFIG_TYPE_INT64] = "a whole number",
		[CONFIG_TYPE_FLOAT] = "a number with a point",
		[CONFIG_TYPE_STRING] = "a string",
		[CONFIG_TYPE_BOOL] = "true or false",
		[CONFIG_TYPE_ARRAY] = "an array",
		[CONFIG_TYPE_LIST] = "a list",
	};
	char key[CONF_OBJECT_TEXT];

	return conf_fault_key(reader, setting, "%s is %s; write %s", conf_key_text(setting, key),
		types[config_setting_type(setting)], wanted);
}
