#pragma once
/** @file Results for people and for programs. */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "plan.h"

/** The heading of the table, with what holds for all rows. */
void report_heading(const struct options *options, bool hugepages);
void report_row(const struct plan *plan);

/** An object with the figures of a row. The caller has the only reference. */
json_t *report_json(const struct plan *plan, bool hugepages);

/** An array that --json printed earlier. NULL: err has the sentence. */
json_t *report_load(const char *path, struct lb_error *err);

/** Print rows beside those of an earlier array that are of the same case and size. */
void report_compare(const json_t *earlier, const struct plans *plans);
