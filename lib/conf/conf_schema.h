#pragma once
/**
 * @file
 * Keys as data: type, range and default of each key of a group stand in a table, and one reader
 * fills a struct from a group by its table, refusing what the table does not know. One thread at
 * a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libconfig.h>

#include "conf_arena.h"
#include "conf_text.h"
#include "lb_conf.h"

/** What every reading function needs. */
struct conf_reader {
	struct lb_conf *conf; /**< Filled in the order of the table of the root's keys. */
	struct conf_arena *arena;
	const struct conf_text *text;
	struct lb_error *err;
};

enum conf_type {
	CONF_NUMBER,  /**< min..max into an unsigned member. */
	CONF_L4_PORT, /**< A number into a member in network order. */
	CONF_WORD,    /**< One of words, its value into an unsigned member. */
	CONF_BOOL,    /**< true or false; fallback is 0 or 1. */
	CONF_STRING,  /**< Any text but the empty one. */
	CONF_NAME,    /**< A string of letters, digits and . _ - */
	CONF_OTHER,   /**< read() does it all. */
};

/** A word that a key may have as its value. */
struct conf_word {
	const char *name; /**< NULL ends the table. */
	uint32_t value;
};

/** A key of a group. An absent one gives the member its fallback. */
struct conf_key {
	const char *name;
	enum conf_type type;
	const char *required; /**< NULL: may be absent. Else a value for the sentence that asks for
				 it. */
	size_t offset;        /**< Of the member in the object. */
	size_t size;          /**< Of the member; 0: there is none. */
	int64_t min;          /**< 0 is always allowed with zero. */
	int64_t max;
	bool zero;
	uint32_t step; /**< The number is a multiple of it; 0: any is. */
	uint32_t fallback;
	const char *fallback_text;
	const struct conf_word *words;
	const struct conf_key *keys;  /**< Of the group that read() takes; NULL: it takes none. */
	const struct conf_list *list; /**< That read() takes; NULL: it takes none. */
	/** setting is NULL when the key is absent. */
	int (*read)(struct conf_reader *reader, const config_setting_t *setting, void *object);
};

/** How a list becomes an array. */
struct conf_list {
	size_t size; /**< Of an item. */
	size_t max;
	const struct conf_key *keys; /**< Of an element that is a group; NULL: none is. */
	int (*read)(struct conf_reader *reader, const config_setting_t *setting, void *item);
};

/** Member of an object, for a table of keys. */
#define CONF_MEMBER(type, member)                                                                  \
	.offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

/**
 * Fill object from group by keys, whose last has no name. group is NULL when the group is absent:
 * then all keys are. 0, or -errno with the sentence, as with all that follow.
 */
int conf_read_group(struct conf_reader *reader, const config_setting_t *group,
	const struct conf_key *keys, void *object);

/**
 * Make an array of the arena with an item per element. array is the address of the pointer to it;
 * that and n stay as they are when the list is absent and setting is NULL.
 */
int conf_read_list(struct conf_reader *reader, const config_setting_t *setting,
	const struct conf_list *list, void *array, size_t *n);

/** The element called name of a group, or NULL; also when group is NULL. */
const config_setting_t *conf_member(const config_setting_t *group, const char *name);
