#pragma once
/**
 * @file
 * What must hold of every configuration that was accepted, and of every sentence that refused one.
 */

#include "lb_conf.h"

/** Written by the product's own writer, it is read again as the same. */
void fuzz_conf_write_back(const struct lb_conf *conf);

/** The sentence is there, on one line, and tells a fault and its remedy. */
void fuzz_conf_sentence(const struct lb_error *err);
