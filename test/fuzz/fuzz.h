#pragma once
/**
 * @file
 * What all fuzz targets share: the function that each defines, how it takes its input apart, and
 * how it says that a property does not hold.
 *
 * A target is called with bytes of anybody's choice, in libFuzzer's program or by replay.c. What it
 * does depends on these bytes alone, so a finding can be had again.
 */

#include <stddef.h>
#include <stdint.h>

/** Defined by the target; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Bytes that were not taken yet. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/** The next byte; 0 when there is none. */
uint8_t fuzz_take_byte(struct fuzz_input *input);

/** The next two bytes as a number, the first one the lower. */
uint16_t fuzz_take_word(struct fuzz_input *input);

/** The next n bytes, or all that are left: *n says how many. */
const uint8_t *fuzz_take_bytes(struct fuzz_input *input, size_t *n);

/** Say what does not hold and abort. */
void fuzz_fail(const char *file, int line, const char *property) __attribute__((noreturn));

/** Abort unless the property holds, in every build. */
#define FUZZ_HOLDS(property) ((property) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #property))
