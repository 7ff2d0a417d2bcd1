#pragma once
/** @file Results for people and for programs. */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "measure.h"

/** The heading of the table, with what holds for all rows. */
void report_heading(uint32_t workers, uint32_t rounds, bool hugepages);
void report_row(const struct measure_result *result);

/** An object with the result's figures. The caller has the only reference. */
json_t *report_json(const struct measure_result *result, bool hugepages);

/** An array that --json printed earlier. NULL: err has the sentence. */
json_t *report_load(const char *path, struct lb_error *err);

/** Print results beside those of an earlier array that are of the same case and size. */
void report_compare(const json_t *earlier, const struct measure_result *results, size_t n);
