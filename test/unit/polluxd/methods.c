/* Every key of a service and of a server can be given to the methods that add and set them. */

#include "conf_read.h"
#include "fixture.h"
#include "rpc_server.h"

static const struct lb_rpc_param *
params_of(const char *name)
{
	for (size_t i = 0; i < rpc_methods_n; i++)
		if (strcmp(rpc_methods[i].name, name) == 0)
			return rpc_methods[i].params;
	CU_FAIL_FATAL("no such method");
	return NULL;
}

/* How many keys the method does not take. */
static size_t
missing(const char *method, const struct conf_key *keys)
{
	size_t n = 0;

	for (const struct conf_key *key = keys; key->name != NULL; key++) {
		const struct lb_rpc_param *param = params_of(method);

		while (param->name != NULL && strcmp(param->name, key->name) != 0)
			param++;
		if (param->name != NULL)
			continue;
		printf("# %s does not take %s\n", method, key->name);
		n++;
	}
	return n;
}

static const struct conf_key *
key_of(const struct conf_key *keys, const char *name)
{
	while (strcmp(keys->name, name) != 0)
		keys++;
	return keys;
}

static void
services_take_all_keys(void)
{
	CU_ASSERT_EQUAL(missing("service.add", conf_services.keys), 0);
}

static void
servers_take_all_keys(void)
{
	CU_ASSERT_EQUAL(
		missing("server.add", key_of(conf_services.keys, "servers")->list->keys), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(services_take_all_keys),
	UNIT_TEST(servers_take_all_keys),
	UNIT_END,
};

const struct unit_suite unit_polluxd_methods = { "methods", tests };
