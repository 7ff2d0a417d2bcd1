/*
 * conf/pollux.conf has every key of the schema, with its default if the comment does not tell it,
 * and a comment on each: directly above it, or above its neighbours and with its name.
 * POLLUX_SOURCE is the source folder.
 */

#include "conf_read.h"
#include "fixture.h"

#include <ctype.h>

#define FILE_NAME POLLUX_SOURCE "/conf/pollux.conf"
#define LINES_MAX 2000

static char lines[LINES_MAX][256]; /* [0] is line 1 */
static size_t faults;

static void fault(const char *name, const char *sentence);
static void check_keys(const config_setting_t *group, const struct conf_key *keys);
static void check_key(const config_setting_t *group, const struct conf_key *key);

static void
fault(const char *name, const char *sentence)
{
	printf("# conf/pollux.conf: %s %s\n", name, sentence);
	faults++;
}

static void
read_lines(void)
{
	FILE *file = fopen(FILE_NAME, "r");
	size_t n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (n < LINES_MAX && fgets(lines[n], sizeof(lines[n]), file) != NULL)
		n++;
	CU_ASSERT_TRUE_FATAL(n < LINES_MAX);
	fclose(file);
}

static const char *
start_of(size_t line)
{
	return lines[line - 1] + strspn(lines[line - 1], " \t");
}

static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
			!isalnum((unsigned char)at[n]) && at[n] != '_')
			return true;
	return false;
}

/* The last line of the comment above a line; 0: there is none before an empty line. */
static size_t
comment_above(size_t line)
{
	size_t at = line - 1;

	while (at > 0 && start_of(at)[0] != '#' && start_of(at)[0] != '\n')
		at--;
	return at > 0 && start_of(at)[0] == '#' ? at : 0;
}

static bool
comment_has(size_t last, const char *word)
{
	for (size_t at = last; at > 0 && start_of(at)[0] == '#'; at--)
		if (has_word(start_of(at), word))
			return true;
	return false;
}

static bool
is_explained(size_t line, const char *name)
{
	size_t comment = comment_above(line);

	return comment != 0 && (comment == line - 1 || comment_has(comment, name));
}

static bool
tells_default(size_t line)
{
	size_t comment = comment_above(line);

	return comment_has(comment, "default") || comment_has(comment, "Default");
}

/* Whether the value is the default; also when the schema does not know one. */
static bool
is_default(const config_setting_t *setting, const struct conf_key *key)
{
	bool known = key->fallback >= key->min && key->fallback <= key->max;

	if (key->required != NULL)
		return true;
	switch (key->type) {
	case CONF_NUMBER:
		return !known || config_setting_get_int64(setting) == key->fallback;
	case CONF_BOOL:
		return config_setting_get_bool(setting) == (int)key->fallback;
	case CONF_STRING:
		return key->fallback_text == NULL ||
		       strcmp(config_setting_get_string(setting), key->fallback_text) == 0;
	case CONF_WORD:
		for (const struct conf_word *word = key->words; word->name != NULL; word++)
			if (strcmp(word->name, config_setting_get_string(setting)) == 0)
				return word->value == key->fallback;
		return false;
	default:
		return true;
	}
}

/* The first group of a list that has a key; the first of all if none has. */
static const config_setting_t *
group_with(const config_setting_t *list, const char *name)
{
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *group = config_setting_get_elem(list, (unsigned int)i);

		if (conf_member(group, name) != NULL)
			return group;
	}
	return config_setting_get_elem(list, 0);
}

/* Where no element is a group that shows the keys, the comment above the list does. */
static void
check_list(const config_setting_t *list, const struct conf_key *keys)
{
	const config_setting_t *first = config_setting_get_elem(list, 0);

	if (first != NULL && config_setting_is_group(first)) {
		for (const struct conf_key *key = keys; key->name != NULL; key++)
			check_key(group_with(list, key->name), key);
		return;
	}
	for (const struct conf_key *key = keys; key->name != NULL; key++)
		if (!is_explained(config_setting_source_line(list), key->name))
			fault(key->name, "has no comment");
}

static void
check_key(const config_setting_t *group, const struct conf_key *key)
{
	const config_setting_t *setting = conf_member(group, key->name);

	if (setting == NULL) {
		fault(key->name, "is not there");
		return;
	}
	if (!is_explained(config_setting_source_line(setting), key->name))
		fault(key->name, "has no comment");
	if (!is_default(setting, key) && !tells_default(config_setting_source_line(setting)))
		fault(key->name, "has not its default, and the comment does not tell it");
	if (key->keys != NULL)
		check_keys(setting, key->keys);
	else if (key->list != NULL && key->list->keys != NULL)
		check_list(setting, key->list->keys);
	else if (config_setting_is_group(setting) && config_setting_length(setting) != 0)
		fault(key->name, "is a group whose keys the schema does not tell");
}

static void
check_keys(const config_setting_t *group, const struct conf_key *keys)
{
	for (const struct conf_key *key = keys; key->name != NULL; key++)
		check_key(group, key);
}

static void
pollux_conf_has_every_key_explained_and_with_its_default(void)
{
	config_t config;

	read_lines();
	faults = 0;
	config_init(&config);
	CU_ASSERT_EQUAL_FATAL(config_read_file(&config, FILE_NAME), CONFIG_TRUE);
	check_keys(config_root_setting(&config), conf_root_keys);
	config_destroy(&config);
	CU_ASSERT_EQUAL(faults, 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(pollux_conf_has_every_key_explained_and_with_its_default),
	UNIT_END,
};

const struct unit_suite unit_conf_explained = { "explained", tests };
