/*
 * Changes of anybody's choice to a configuration, as clients send them: refused with a sentence, or
 * made, and then written and read again as the same.
 *
 * Input: lines, each the name of a method, a blank, and its parameters as JSON. What one line
 * changed the next one finds.
 */

#include <stdlib.h>
#include <string.h>

#include "conf_edit.h"
#include "conf_holds.h"
#include "conf_json.h"
#include "director.h"
#include "fuzz.h"

static const char begin[] =
	"ports = ( { name = \"wan\"; device = \"d0\"; addresses = [ \"10.1.0.11/24\" ]; },"
	"{ name = \"lan\"; device = \"d1\"; addresses = [ \"10.2.0.11/24\" ]; } );"
	"routes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; } );"
	"vips = ( \"10.1.0.200\", \"10.1.0.201\" );"
	"services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80; forward = \"nat\";"
	"servers = ( { address = \"10.2.0.21\"; port = 8080; weight = 4; },"
	"{ address = \"10.2.0.22\"; } ); } );";

/* A copy of what each input finds first; it is parsed once. */
static json_t *
json_of_begin(void)
{
	static json_t *json;
	struct lb_error err = { 0 };
	struct lb_conf *conf;
	char *text;

	if (json != NULL)
		return json_deep_copy(json);
	text = strdup(begin);
	FUZZ_HOLDS(text != NULL);
	conf = lb_conf_parse("", text, strlen(text), &err);
	FUZZ_HOLDS(conf != NULL);
	json = conf_json(conf);
	lb_conf_destroy(conf);
	free(text);
	return json_deep_copy(json);
}

/* What the configuration is after the change, or as it was. Takes json. */
static json_t *
change(json_t *json, const char *method, const json_t *params)
{
	json_t *changed = json_deep_copy(json);
	struct lb_error err = { 0 };
	struct lb_conf *conf = NULL;

	if (conf_edit(changed, method, params, &err) == 0)
		conf = conf_edit_finish(changed, &err);
	json_decref(changed);
	if (conf == NULL || director_check(conf, NULL, &err) != 0) {
		fuzz_conf_sentence(&err);
		lb_conf_destroy(conf);
		return json;
	}
	FUZZ_HOLDS(err.code == 0);
	fuzz_conf_write_back(conf);
	json_decref(json);
	json = conf_json(conf);
	lb_conf_destroy(conf);
	return json;
}

/* A line with its newline, or without one at the end of the input. Takes json. */
static json_t *
take_line(json_t *json, const char *line, size_t n)
{
	const char *blank = memchr(line, ' ', n);
	json_t *params;
	char *method;

	if (blank == NULL)
		return json;
	params = json_loadb(blank, n - (size_t)(blank - line), JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(params)) {
		json_decref(params);
		return json;
	}
	method = strndup(line, (size_t)(blank - line));
	FUZZ_HOLDS(method != NULL);
	json = change(json, method, params);
	free(method);
	json_decref(params);
	return json;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data, *end = line + size;
	json_t *json = json_of_begin();

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline == NULL ? end : newline + 1;

		json = take_line(json, line, (size_t)(stop - line));
		line = stop;
	}
	json_decref(json);
	return 0;
}
