#pragma once
/**
 * @file
 * Guessing which name was meant. Any thread.
 */

#include <stdbool.h>

/** Whether two slips of the fingers at most lie between typed and known. */
bool conf_is_similar(const char *typed, const char *known);
