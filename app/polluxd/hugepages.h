#pragma once
/** @file Which kind of memory EAL is to take. */

#include <stdint.h>

#include "lb_conf.h"

enum hugepages_choice {
	HUGEPAGES_FILES,  /**< Of a mounted hugetlbfs; freed by the next start after a crash. */
	HUGEPAGES_MEMORY, /**< Anonymous ones: there is no mount. */
	HUGEPAGES_NONE,
};

/**
 * What memory.hugepages means on this machine for mb MiB. prefix: the start of the names of our own
 * files, whose pages count as free. Negative errno with the sentence: "require" cannot be met.
 */
int hugepages_choose(
	const struct lb_conf *conf, uint32_t mb, const char *prefix, struct lb_error *err);
