#pragma once
/**
 * @file
 * The configuration as JSON, with the keys and units of the file, and back to the file's language.
 * Changes by RPC are made to the JSON and go the way of a file from there, so that they are checked
 * by the same rules and told by the same sentences. Any one thread at a time.
 */

#include <stdio.h>

#include <jansson.h>

#include "lb_conf.h"

/** A whole configuration; every key is there, defaults too. NULL: no memory. */
json_t *conf_json(const struct lb_conf *conf);

/** One service of it. NULL: no memory. */
json_t *conf_json_service(const struct lb_conf_service *service);

/** Room for what conf_json_endpoint() writes; what does not fit is cut. */
#define CONF_JSON_TEXT 192

/** "10.2.0.21:80" of an object's address and port. Writes into out and returns it. */
const char *conf_json_endpoint(const json_t *object, char out[CONF_JSON_TEXT]);

/** Write JSON in libconfig's language; objects and arrays become groups and lists. */
void conf_json_write(const json_t *json, FILE *out);
