#pragma once
/**
 * @file
 * Changes by RPC, made to the configuration as JSON (conf_json.h). What is put in is not judged
 * here: the whole is read and checked afterwards as a file would be. Pure functions; any one
 * thread.
 */

#include <jansson.h>

#include "lb_conf.h"
#include "lb_error.h"

/**
 * Make a change, named like its method ("service.add"), to conf. 0, or -errno with the sentence:
 * ENOENT nothing is called so, EEXIST it is there already, EINVAL no such change.
 */
int conf_edit(json_t *conf, const char *method, const json_t *params, struct lb_error *err);

/** What conf says in the language of files, n bytes; the caller frees it. NULL: err. */
char *conf_edit_text(const json_t *conf, size_t *n, struct lb_error *err);

/** The configuration that conf says. NULL: err has the sentence. */
struct lb_conf *conf_edit_finish(const json_t *conf, struct lb_error *err);
