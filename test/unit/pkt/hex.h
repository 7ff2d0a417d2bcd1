#pragma once
/** @file Bytes of a frame from hexadecimal digits, in a heap block that ends where they end. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/** n gets how many there are; free() it. */
static inline uint8_t *
hex_bytes(const char *text, size_t *n)
{
	uint8_t *bytes;

	*n = strlen(text) / 2;
	bytes = malloc(*n);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	for (size_t i = 0; i < *n; i++) {
		unsigned int byte = 0;

		CU_ASSERT_EQUAL(sscanf(text + 2 * i, "%2x", &byte), 1);
		bytes[i] = (uint8_t)byte;
	}
	return bytes;
}

/** Whether n bytes are those of the text. */
static inline int
hex_equal(const void *bytes, size_t n, const char *text)
{
	size_t want;
	uint8_t *expected = hex_bytes(text, &want);
	int equal = n == want && memcmp(bytes, expected, n) == 0;

	free(expected);
	return equal;
}
