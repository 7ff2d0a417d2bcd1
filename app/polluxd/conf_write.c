/*
 * JSON in libconfig's language. Numbers beyond 32 bits get the suffix that libconfig wants; a
 * string's quotes, backslashes and control characters are escaped, so that no value can end its own
 * quotes.
 */

#include <stdint.h>

#include "conf_json.h"

static void
write_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(out, "\\%c", *c);
		else if ((unsigned char)*c < ' ')
			fprintf(out, "\\x%02x", (unsigned char)*c);
		else
			fputc(*c, out);
	}
	fputc('"', out);
}

static void
write_settings(const json_t *object, FILE *out)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		fprintf(out, "%s = ", key);
		conf_json_write(value, out);
		fputs(";\n", out);
	}
}

static void
write_list(const json_t *array, FILE *out)
{
	const json_t *value;
	size_t i;

	fputc('(', out);
	json_array_foreach(array, i, value) {
		if (i > 0)
			fputs(", ", out);
		conf_json_write(value, out);
	}
	fputc(')', out);
}

void
conf_json_write(const json_t *json, FILE *out)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		fputs("{\n", out);
		write_settings(json, out);
		fputc('}', out);
		break;
	case JSON_ARRAY:
		write_list(json, out);
		break;
	case JSON_STRING:
		write_string(json_string_value(json), out);
		break;
	case JSON_INTEGER:
		fprintf(out, "%lld%s", (long long)json_integer_value(json),
			json_integer_value(json) != (int32_t)json_integer_value(json) ? "L" : "");
		break;
	case JSON_REAL:
		fprintf(out, "%f", json_real_value(json));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		fputs(json_is_true(json) ? "true" : "false", out);
		break;
	}
}
