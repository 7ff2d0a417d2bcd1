#pragma once
/**
 * @file
 * Settings by the names that people know them by, and sentences about them. Any thread.
 */

#include "conf_schema.h"

/** Room for any text that these write, with its NUL. */
#define CONF_OBJECT_TEXT 256

/**
 * The object that a setting is or belongs to, outermost first, into out: `cpu: ` or
 * `service "web": server 10.2.0.21: `; empty when it belongs to the root. Returns out.
 */
const char *conf_object_text(const config_setting_t *setting, char *out);

/** The setting's key, or "an element of addresses", into out. Returns out. */
const char *conf_key_text(const config_setting_t *setting, char *out);

struct lb_conf_place conf_place(const struct conf_reader *reader, const config_setting_t *setting);

/** conf_fault() at a setting, about the object that it is or belongs to. */
int conf_fault_at(const struct conf_reader *reader, const config_setting_t *setting,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/** The same about a key of an object, whatever the key's value is. */
int conf_fault_key(const struct conf_reader *reader, const config_setting_t *setting,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/** conf_fault_key() about a value of the wrong type; wanted says what to write. */
int conf_fault_type(
	const struct conf_reader *reader, const config_setting_t *setting, const char *wanted);
