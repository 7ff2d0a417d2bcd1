/* Tables are written cell by cell; blanks at the end of a row are not written. */

#include "print.h"

#include <stdio.h>
#include <string.h>

/* Blanks that are due before the next cell. */
static int blanks;

void
print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	putchar('\n');
}

void
print_element(const json_t *value, bool first)
{
	if (!first)
		putchar(',');
	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
}

void
print_list_end(const json_t *cursor, const json_t *revision)
{
	fputs("],\"cursor\":", stdout);
	if (cursor == NULL)
		fputs("null", stdout);
	else
		json_dumpf(cursor, stdout, JSON_ENCODE_ANY);
	fputs(",\"revision\":", stdout);
	json_dumpf(revision, stdout, JSON_ENCODE_ANY);
	fputs("}\n", stdout);
}

void
print_text(const char *text, int width)
{
	int n = (int)strlen(text);

	printf("%*s", blanks, "");
	if (n <= width)
		fputs(text, stdout);
	else
		printf("%.*s~", width - 1, text);
	blanks = (n < width ? width - n : 0) + 1;
}

void
print_number(json_int_t number, int width)
{
	char text[PRINT_NUMBER];

	printf("%*s%*s", blanks, "", width, print_short(number, text));
	blanks = 1;
}

void
print_end(void)
{
	putchar('\n');
	blanks = 0;
}

const char *
print_short(json_int_t number, char out[PRINT_NUMBER])
{
	static const char units[] = " KMGT";
	size_t unit = 0;

	if (number >= 10000000)
		while (number >= 100000 && unit < sizeof(units) - 2) {
			number /= 1000;
			unit++;
		}
	if (unit == 0)
		snprintf(out, PRINT_NUMBER, "%" JSON_INTEGER_FORMAT, number);
	else
		snprintf(out, PRINT_NUMBER, "%" JSON_INTEGER_FORMAT "%c", number, units[unit]);
	return out;
}

const char *
print_time(json_int_t ms, char out[PRINT_NUMBER])
{
	json_int_t s = ms / 1000;

	if (s < 6000)
		snprintf(out, PRINT_NUMBER, "%02" JSON_INTEGER_FORMAT ":%02" JSON_INTEGER_FORMAT,
			s / 60, s % 60);
	else
		snprintf(out, PRINT_NUMBER, "%" JSON_INTEGER_FORMAT "h%02" JSON_INTEGER_FORMAT,
			s / 3600, s / 60 % 60);
	return out;
}

const char *
print_member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "-" : text;
}

json_int_t
print_count(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}
