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

/** Write JSON in libconfig's language; objects and arrays become groups and lists. */
void conf_json_write(const json_t *json, FILE *out);
