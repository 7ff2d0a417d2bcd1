/* Programs of the user's choice, and the scripts that are run again and again. */

#include <string.h>

#include "conf_object.h"
#include "conf_read.h"
#include "conf_value.h"

#define INTERVAL_MAX_MS (24 * 3600 * 1000)
#define TIMEOUT_MAX_MS 60000
#define EXAMPLE "[ \"/usr/bin/ping\", \"-c1\", \"10.1.0.1\" ]"

static int
read_word(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	return conf_read_text(reader, setting, item);
}

const struct conf_list conf_command = {
	.size = sizeof(const char *),
	.max = LB_CONF_WORDS_MAX,
	.read = read_word,
};

int
conf_read_command(struct conf_reader *reader, const config_setting_t *setting,
	struct lb_conf_command *command)
{
	int rc = conf_read_list(reader, setting, &conf_command, &command->words, &command->n);
	char key[CONF_OBJECT_TEXT];
	size_t bytes = 0;

	if (rc != 0 || command->n == 0)
		return rc;
	command->place = conf_place(reader, setting);
	conf_key_text(setting, key);
	for (size_t i = 0; i < command->n; i++)
		bytes += strlen(command->words[i]) + 1;
	if (command->words[0][0] != '/')
		return conf_fault_at(reader, setting,
			"%s begins with \"%.63s\"; write the path of the program, as in %s "
			"= " EXAMPLE,
			key, command->words[0], key);
	if (bytes > LB_CONF_COMMAND_MAX)
		return conf_fault_at(reader, setting,
			"%s has %zu letters, and may have %d; put some of it into the program", key,
			bytes, LB_CONF_COMMAND_MAX);
	return 0;
}

static int
read_command(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_script *script = object;
	int rc = conf_read_command(reader, setting, &script->command);

	if (rc == 0 && script->command.n == 0)
		return conf_fault_at(reader, setting,
			"command is empty; write the program and its arguments, as in command "
			"= " EXAMPLE);
	return rc;
}

/* A timeout_ms of 0 becomes interval_ms when both are known. */
static const struct conf_key script_keys[] = {
	{ "name", CONF_NAME, "\"gw\"", CONF_MEMBER(struct lb_conf_script, name) },
	{ "command", CONF_OTHER, EXAMPLE, .read = read_command, .list = &conf_command },
	{ "interval_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_script, interval_ms), .min = 100,
		.max = INTERVAL_MAX_MS, .fallback = 1000 },
	{ "timeout_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_script, timeout_ms), .min = 10,
		.max = TIMEOUT_MAX_MS, .zero = true },
	{ "rise", CONF_NUMBER, CONF_MEMBER(struct lb_conf_script, rise), .min = 1, .max = 1000,
		.fallback = 2 },
	{ "fall", CONF_NUMBER, CONF_MEMBER(struct lb_conf_script, fall), .min = 1, .max = 1000,
		.fallback = 3 },
	{ "user", CONF_STRING, CONF_MEMBER(struct lb_conf_script, user) },
	{ .name = NULL },
};

static int
read_script(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_script *script = item;
	int rc;

	script->place = conf_place(reader, setting);
	rc = conf_read_group(reader, setting, script_keys, script);
	if (rc != 0)
		return rc;
	if (script->timeout_ms == 0)
		script->timeout_ms =
			script->interval_ms < TIMEOUT_MAX_MS ? script->interval_ms : TIMEOUT_MAX_MS;
	if (script->timeout_ms > script->interval_ms)
		return conf_fault_at(reader, conf_member(setting, "timeout_ms"),
			"timeout_ms is %u, more than interval_ms, which is %u: a script never runs "
			"twice at once; lower one, or raise the other",
			script->timeout_ms, script->interval_ms);
	return 0;
}

const struct conf_list conf_scripts = {
	.size = sizeof(struct lb_conf_script),
	.max = LB_CONF_SCRIPTS_MAX,
	.keys = script_keys,
	.read = read_script,
};

int
conf_read_scripts(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf *conf = object;

	return conf_read_list(reader, setting, &conf_scripts, &conf->scripts, &conf->scripts_n);
}
