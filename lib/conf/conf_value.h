#pragma once
/**
 * @file
 * The value of a single key. One thread at a time. 0, or -errno with the sentence, as a result.
 */

#include "conf_schema.h"

/** Fill key's member of object; setting is NULL when the key is absent. */
int conf_read_key(struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_key *key, void *object);

/** A whole number from key->min to key->max; only these, zero and step of key are looked at. */
int conf_read_number(struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_key *key, uint64_t *number);

/** A string in UTF-8, perhaps an empty one. It lives as long as the configuration. */
int conf_read_text(struct conf_reader *reader, const config_setting_t *setting, const char **text);

/** The same, but none that is empty. */
int conf_read_string(
	struct conf_reader *reader, const config_setting_t *setting, const char **text);
