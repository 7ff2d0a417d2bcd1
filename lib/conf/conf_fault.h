#pragma once
/**
 * @file
 * Sentences about the configuration, with their place in front. Any thread.
 */

#include "lb_conf.h"

/**
 * Write "file:line: " and the sentence into err, for `return conf_fault(...)`: -EINVAL. Control
 * characters, which a quoted value may bring, become '?'.
 */
int conf_fault(struct lb_error *err, const struct lb_conf_place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** -ENOMEM with its sentence. */
int conf_fault_memory(struct lb_error *err);
