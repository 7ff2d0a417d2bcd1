/*
 * The syntax of RFC 3629 section 4. How long a letter is, its first byte says; what its second one
 * may be, too, and that is where longer forms than needed, halves of UTF-16 pairs and what lies
 * beyond Unicode are told apart.
 */

#include "conf_utf8.h"

#include <stddef.h>
#include <stdint.h>

/* Letters that begin with a byte of first to last. */
struct form {
	uint8_t first, last;
	uint8_t second_min, second_max; /* of a longer letter */
	uint8_t n;                      /* bytes */
};

static const struct form forms[] = {
	{ 0x00, 0x7f, 0, 0, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct form *
form_of(uint8_t first)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (first >= forms[i].first && first <= forms[i].last)
			return &forms[i];
	return NULL;
}

/* Bytes of the letter at text, which does not end there; 0: it is none. */
static size_t
letter(const uint8_t *text)
{
	const struct form *form = form_of(text[0]);

	if (form == NULL)
		return 0;
	if (form->n > 1 && (text[1] < form->second_min || text[1] > form->second_max))
		return 0;
	for (uint8_t i = 2; i < form->n; i++)
		if (text[i] >> 6 != 2)
			return 0;
	return form->n;
}

bool
conf_is_utf8(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;

	while (*at != '\0') {
		size_t n = letter(at);

		if (n == 0)
			return false;
		at += n;
	}
	return true;
}
