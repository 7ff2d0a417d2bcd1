#pragma once
/**
 * @file
 * Whether a text is UTF-8 (RFC 3629). Any thread.
 */

#include <stdbool.h>

/** No stray or missing byte, no longer form than needed, no half of a UTF-16 pair. */
bool conf_is_utf8(const char *text);
