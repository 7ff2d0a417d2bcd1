/* Input and complaints: see fuzz.h. */

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

uint8_t
fuzz_take_byte(struct fuzz_input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->at++;
}

uint16_t
fuzz_take_word(struct fuzz_input *input)
{
	uint8_t low = fuzz_take_byte(input);

	return (uint16_t)(fuzz_take_byte(input) << 8 | low);
}

const uint8_t *
fuzz_take_bytes(struct fuzz_input *input, size_t *n)
{
	const uint8_t *bytes = input->at;

	if (*n > input->left)
		*n = input->left;
	input->at += *n;
	input->left -= *n;
	return bytes;
}

void
fuzz_fail(const char *file, int line, const char *property)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, property);
	abort();
}
