/* The change is made to a configuration as JSON that has one service and nothing else. */

#include "conf_edit_one.h"

#include <stdlib.h>
#include <string.h>

#include "conf_edit.h"
#include "conf_json.h"
#include "rpc_find.h"

static const char *
text_of(const json_t *params, const char *key)
{
	const char *text = json_string_value(json_object_get(params, key));

	return text == NULL ? "" : text;
}

static bool
is_of_services(const char *method)
{
	return strncmp(method, "service.", 8) == 0 || strncmp(method, "server.", 7) == 0;
}

/* The configuration with what the JSON says in the place of number `at`. */
static struct lb_conf *
put(const struct lb_conf *conf, size_t at, const json_t *json)
{
	struct lb_error unheard = { 0 };
	struct lb_conf *made;
	size_t n;
	char *text = conf_edit_text(json, &n, &unheard);

	if (text == NULL)
		return NULL;
	made = lb_conf_with_service(conf, at, text, n, &unheard);
	free(text);
	return made;
}

struct lb_conf *
conf_edit_one(const struct lb_conf *conf, const char *method, const json_t *params,
	struct conf_edit_one *one)
{
	bool adds = strcmp(method, "service.add") == 0;
	const char *name = text_of(params, adds ? "name" : "service");
	const struct lb_conf_service *old;
	struct lb_error unheard = { 0 };
	struct lb_conf *made = NULL;
	json_t *json, *services;
	size_t at;

	if (!is_of_services(method))
		return NULL;
	old = rpc_find_service(conf, name, &unheard);
	if (adds != (old == NULL))
		return NULL;
	at = old == NULL ? conf->services_n : (size_t)(old - conf->services);
	services = json_array();
	if (old != NULL)
		json_array_append_new(services, conf_json_service(old));
	json = json_pack("{s:o}", "services", services);
	unheard.code = 0;
	if (conf_edit(json, method, params, &unheard) == 0)
		made = json_array_size(services) == 0 ? lb_conf_without_service(conf, at, &unheard)
						      : put(conf, at, json);
	*one = (struct conf_edit_one){ .old = old };
	if (made != NULL && json_array_size(services) != 0)
		one->new = &made->services[at];
	json_decref(json);
	return made;
}
