#pragma once
/**
 * @file
 * Guessing which name was meant. Any thread.
 */

#include <stdbool.h>

/** Whether typed is a beginning of known, or two slips of the fingers at most lie between. */
bool conf_is_similar(const char *typed, const char *known);
