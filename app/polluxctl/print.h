#pragma once
/** @file Output: tables of 80 columns for people, JSON for programs. */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/** Room for a number in short. */
#define PRINT_NUMBER 24

/** One JSON value on a line. */
void print_json(const json_t *value);

/** An element of a list that is printed as it comes, and what closes the list. */
void print_element(const json_t *value, bool first);
void print_list_end(const json_t *cursor, const json_t *revision);

/** A text in a column: cut if it is too long, "~" for what is missing, and a blank behind it. */
void print_text(const char *text, int width);

/** A number in a column, to the right, in short if it is long, and a blank behind it. */
void print_number(json_int_t number, int width);

/** End of a row. */
void print_end(void);

/** A number of at most five digits and K, M, G or T, if it has more than seven. Returns out. */
const char *print_short(json_int_t number, char out[PRINT_NUMBER]);

/** A time as 14:59, or 3h05. Returns out. */
const char *print_time(json_int_t ms, char out[PRINT_NUMBER]);

/** Members of an object; "-" or 0 if there is none. */
const char *print_member(const json_t *object, const char *key);
json_int_t print_count(const json_t *object, const char *key);
