/* Sentences for people: see lb_error.h. */

#include "lb_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What users wrote is quoted in sentences: none of it may end the line or steer a terminal. */
static void
make_plain(char *text)
{
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

int
lb_error_set(struct lb_error *err, int code, const char *format, ...)
{
	va_list args;

	if (err == NULL || err->code != 0)
		return -code;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	make_plain(err->text);
	return -code;
}

void
lb_error_prefix(struct lb_error *err, const char *format, ...)
{
	char old[LB_ERROR_TEXT];
	va_list args;
	int n;

	if (err == NULL)
		return;
	memcpy(old, err->text, sizeof(old));
	va_start(args, format);
	n = vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(err->text))
		snprintf(err->text + n, sizeof(err->text) - (size_t)n, "%s", old);
	make_plain(err->text);
}
