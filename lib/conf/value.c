/* Numbers, words and strings: see conf_value.h. */

#include "conf_value.h"

#include <stdio.h>
#include <string.h>

#include <rte_byteorder.h>

#include "conf_fault.h"
#include "conf_object.h"
#include "conf_utf8.h"

/* Room for any text of range_text(). */
#define RANGE_TEXT 96

/* For a number that is absent as for one that is there. */
static void
store_number(const struct conf_key *key, void *object, uint64_t number)
{
	char *member = (char *)object + key->offset;
	uint8_t n8 = (uint8_t)number;
	uint16_t n16 = (uint16_t)number;
	uint32_t n32 = (uint32_t)number;

	if (key->type == CONF_L4_PORT)
		n16 = rte_cpu_to_be_16(n16);
	if (key->size == sizeof(n8))
		memcpy(member, &n8, sizeof(n8));
	else if (key->size == sizeof(n16))
		memcpy(member, &n16, sizeof(n16));
	else if (key->size == sizeof(n32))
		memcpy(member, &n32, sizeof(n32));
}

/* The numbers that a key may have: "0, or 64 to 1048576". */
static const char *
range_text(const struct conf_key *key, char out[static RANGE_TEXT])
{
	int n = snprintf(out, RANGE_TEXT, "%s%lld", key->zero ? "0, or " : "", (long long)key->min);

	if (key->max != key->min)
		n += snprintf(out + n, RANGE_TEXT - (size_t)n, " to %lld", (long long)key->max);
	if (key->step != 0)
		snprintf(out + n, RANGE_TEXT - (size_t)n, " in steps of %u", key->step);
	return out;
}

static int
fault_no_number(const struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_key *key)
{
	char range[RANGE_TEXT], wanted[RANGE_TEXT + 32];

	snprintf(wanted, sizeof(wanted), "a whole number: %s", range_text(key, range));
	return conf_fault_type(reader, setting, wanted);
}

static int
fault_range(const struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_key *key, long long value)
{
	char range[RANGE_TEXT], name[CONF_OBJECT_TEXT];

	return conf_fault_at(reader, setting, "%s is %lld, which is out of range; write %s",
		conf_key_text(setting, name), value, range_text(key, range));
}

int
conf_read_number(struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_key *key, uint64_t *number)
{
	int type = config_setting_type(setting);
	char name[CONF_OBJECT_TEXT];
	long long value;

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
		return fault_no_number(reader, setting, key);
	value = type == CONFIG_TYPE_INT ? config_setting_get_int(setting)
					: config_setting_get_int64(setting);
	if ((value < key->min || value > key->max) && !(key->zero && value == 0))
		return fault_range(reader, setting, key, value);
	if (key->step != 0 && value % key->step != 0)
		return conf_fault_at(reader, setting,
			"%s is %lld, which is no multiple of %u; write %lld or %lld",
			conf_key_text(setting, name), value, key->step, value - value % key->step,
			value - value % key->step + key->step);
	*number = (uint64_t)value;
	return 0;
}

int
conf_read_text(struct conf_reader *reader, const config_setting_t *setting, const char **text)
{
	char key[CONF_OBJECT_TEXT];

	if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		return conf_fault_type(reader, setting, "a string between quotes");
	if (!conf_is_utf8(config_setting_get_string(setting)))
		return conf_fault_at(reader, setting,
			"%s is no UTF-8; save the file as UTF-8, and write no \\x80 or above",
			conf_key_text(setting, key));
	*text = conf_arena_text(reader->arena, config_setting_get_string(setting));
	return *text == NULL ? conf_fault_memory(reader->err) : 0;
}

int
conf_read_string(struct conf_reader *reader, const config_setting_t *setting, const char **text)
{
	int rc = conf_read_text(reader, setting, text);
	char key[CONF_OBJECT_TEXT];

	if (rc == 0 && (*text)[0] == '\0')
		return conf_fault_at(reader, setting,
			"%s is empty; write something between the quotes",
			conf_key_text(setting, key));
	return rc;
}

static int
read_name(struct conf_reader *reader, const config_setting_t *setting, const char **name)
{
	int rc = conf_read_string(reader, setting, name);
	size_t n;

	if (rc != 0)
		return rc;
	n = strspn(*name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	if ((*name)[n] != '\0' || n > LB_CONF_NAME_MAX)
		return conf_fault_at(reader, setting,
			"a name has letters, digits and . _ - only, and at most %d of them; choose "
			"another",
			LB_CONF_NAME_MAX);
	return 0;
}

/* Room for any text of words_text(). */
#define WORDS_TEXT 128

/* The words that a key may have: "tcp", "udp", each between quotes. */
static const char *
words_text(const struct conf_key *key, char out[static WORDS_TEXT])
{
	size_t n = 0;

	for (const struct conf_word *word = key->words; word->name != NULL; word++)
		n += (size_t)snprintf(
			out + n, WORDS_TEXT - n, "%s\"%s\"", n == 0 ? "" : ", ", word->name);
	return out;
}

static int
read_word(struct conf_reader *reader, const config_setting_t *setting, const struct conf_key *key,
	uint64_t *value)
{
	char known[WORDS_TEXT], wanted[WORDS_TEXT + 32];
	const char *text = config_setting_get_string(setting);

	for (const struct conf_word *word = key->words; text != NULL && word->name != NULL; word++)
		if (strcmp(word->name, text) == 0) {
			*value = word->value;
			return 0;
		}
	words_text(key, known);
	snprintf(wanted, sizeof(wanted), "one of %s", known);
	if (text == NULL)
		return conf_fault_type(reader, setting, wanted);
	return conf_fault_at(
		reader, setting, "%s is \"%.63s\"; this build has %s", key->name, text, known);
}

static int
read_bool(struct conf_reader *reader, const config_setting_t *setting, uint64_t *value)
{
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
		return conf_fault_type(reader, setting, "true or false");
	*value = config_setting_get_bool(setting) != CONFIG_FALSE;
	return 0;
}

int
conf_read_key(struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_key *key, void *object)
{
	const char **text = (void *)((char *)object + key->offset);
	uint64_t number = key->fallback;
	int rc = 0;

	switch (key->type) {
	case CONF_OTHER:
		return key->read(reader, setting, object);
	case CONF_STRING:
	case CONF_NAME:
		*text = key->fallback_text;
		if (setting == NULL)
			return 0;
		return key->type == CONF_NAME ? read_name(reader, setting, text)
					      : conf_read_string(reader, setting, text);
	case CONF_WORD:
		if (setting != NULL)
			rc = read_word(reader, setting, key, &number);
		break;
	case CONF_BOOL:
		if (setting != NULL)
			rc = read_bool(reader, setting, &number);
		break;
	case CONF_NUMBER:
	case CONF_L4_PORT:
		if (setting != NULL)
			rc = conf_read_number(reader, setting, key, &number);
		break;
	}
	if (rc == 0)
		store_number(key, object, number);
	return rc;
}
