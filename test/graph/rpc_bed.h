#pragma once
/**
 * @file
 * A director with a management socket, and a client that is a bare socket: it asks, and the
 * director turns until the answer is there. One at a time.
 */

#include <jansson.h>

#include "harness.h"

/** Boot a director whose neighbours have been met, and connect to it. */
struct director *bed_begin(const struct graph_setup *setup);
void bed_end(void);

/** Where the socket is; what tests put there is gone before bed_end(). */
const char *bed_folder(void);

/** Write the running configuration into a file. */
void bed_save(const char *path);

/** A turn of control, and one of the workers before it. */
void bed_turn_control(void);
void bed_turn_all(void);

/** Send a request; params is JSON. */
void bed_ask(const char *method, const char *params);

/** The answer if it is there, or NULL. The caller frees it. */
json_t *bed_answer(void);

/** The same, turning until it is there. */
json_t *bed_await(void (*turn)(void));

/** Ask, and return the result; or a number of the result. */
json_t *bed_call(const char *method, const char *params);
json_int_t bed_number(const char *method, const char *params, const char *key);

/** Ask, and be answered. */
void bed_done(const char *method, const char *params);

/** Ask for what is refused with this word and sentence. */
void bed_refused(const char *method, const char *params, const char *word, const char *sentence);
