/* Services and their servers. */

#include <netinet/in.h>

#include "conf_fault.h"
#include "conf_object.h"
#include "conf_read.h"
#include "conf_value.h"

static int
read_server_address(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_service_address(
		reader, setting, &((struct lb_conf_server *)object)->at.addr);
}

static const struct conf_key server_keys[] = {
	{ "address", CONF_OTHER, "\"10.2.0.21\"", .read = read_server_address },
	{ "port", CONF_L4_PORT, CONF_MEMBER(struct lb_conf_server, at.port), .min = 1,
		.max = 65535 },
	{ "weight", CONF_NUMBER, CONF_MEMBER(struct lb_conf_server, weight), .max = 65535,
		.fallback = 1 },
	{ "upper", CONF_NUMBER, CONF_MEMBER(struct lb_conf_server, upper), .max = INT32_MAX },
	{ "lower", CONF_NUMBER, CONF_MEMBER(struct lb_conf_server, lower), .max = INT32_MAX },
	{ "forward", CONF_NAME, CONF_MEMBER(struct lb_conf_server, forward) },
	{ .name = NULL },
};

static int
read_server(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_server *server = item;
	int rc;

	server->place = server->forward_place = conf_place(reader, setting);
	rc = conf_read_group(reader, setting, server_keys, server);
	if (rc == 0 && server->forward != NULL)
		server->forward_place = conf_place(reader, conf_member(setting, "forward"));
	return rc;
}

static const struct conf_list servers_list = {
	.size = sizeof(struct lb_conf_server),
	.max = SIZE_MAX,
	.keys = server_keys,
	.read = read_server,
};

/* The service's port is known here, since its key comes first in the table. */
static int
read_servers(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_service *service = object;
	int rc = conf_read_list(
		reader, setting, &servers_list, &service->servers, &service->servers_n);

	for (size_t i = 0; rc == 0 && i < service->servers_n; i++)
		if (service->servers[i].at.port == 0)
			service->servers[i].at.port = service->at.port;
	return rc;
}

/* A server of which only the way is said. */
static const struct conf_key sorry_keys[] = {
	{ "address", CONF_OTHER, "\"10.2.0.99\"", .read = read_server_address },
	{ "port", CONF_L4_PORT, CONF_MEMBER(struct lb_conf_server, at.port), .min = 1,
		.max = 65535 },
	{ "forward", CONF_NAME, CONF_MEMBER(struct lb_conf_server, forward) },
	{ .name = NULL },
};

static int
read_sorry(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_service *service = object;
	struct lb_conf_server *sorry;
	int rc;

	if (setting == NULL)
		return 0;
	sorry = conf_arena_alloc(reader->arena, sizeof(*sorry));
	if (sorry == NULL)
		return conf_fault_memory(reader->err);
	sorry->place = sorry->forward_place = conf_place(reader, setting);
	rc = conf_read_group(reader, setting, sorry_keys, sorry);
	if (rc == 0 && sorry->forward != NULL)
		sorry->forward_place = conf_place(reader, conf_member(setting, "forward"));
	if (sorry->at.port == 0)
		sorry->at.port = service->at.port;
	sorry->weight = 1;
	service->sorry = sorry;
	return rc;
}

static int
read_option(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_conf_option *option)
{
	option->name = conf_arena_text(reader->arena, config_setting_name(setting));
	if (option->name == NULL)
		return conf_fault_memory(reader->err);
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_BOOL:
		option->type = LB_CONF_OPTION_BOOL;
		option->number = config_setting_get_bool(setting);
		return 0;
	case CONFIG_TYPE_INT:
		option->type = LB_CONF_OPTION_INT;
		option->number = config_setting_get_int(setting);
		return 0;
	case CONFIG_TYPE_INT64:
		option->type = LB_CONF_OPTION_INT;
		option->number = config_setting_get_int64(setting);
		return 0;
	case CONFIG_TYPE_STRING:
		option->type = LB_CONF_OPTION_STRING;
		return conf_read_text(reader, setting, &option->text);
	default:
		return conf_fault_type(
			reader, setting, "true or false, a whole number or a string");
	}
}

static int
read_options(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_service *service = object;
	int rc = 0;

	if (setting == NULL)
		return 0;
	if (!config_setting_is_group(setting))
		return conf_fault_type(reader, setting, "a group: { option = value; }");
	service->options_n = (size_t)config_setting_length(setting);
	service->options =
		conf_arena_alloc(reader->arena, service->options_n * sizeof(service->options[0]));
	if (service->options == NULL)
		return conf_fault_memory(reader->err);
	for (size_t i = 0; rc == 0 && i < service->options_n; i++)
		rc = read_option(reader, config_setting_get_elem(setting, (unsigned int)i),
			&service->options[i]);
	return rc;
}

static int
read_service_address(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	if (setting == NULL)
		return 0;
	return conf_read_service_address(
		reader, setting, &((struct lb_conf_service *)object)->at.addr);
}

static const struct conf_word protocols[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ .name = NULL },
};

static const struct conf_word unknowns[] = {
	{ "rst", LB_CONF_UNKNOWN_RST },
	{ "drop", LB_CONF_UNKNOWN_DROP },
	{ "schedule", LB_CONF_UNKNOWN_SCHEDULE },
	{ .name = NULL },
};

static const struct conf_key service_keys[] = {
	{ "name", CONF_NAME, "\"web\"", CONF_MEMBER(struct lb_conf_service, name) },
	{ "address", CONF_OTHER, .read = read_service_address },
	{ "port", CONF_L4_PORT, CONF_MEMBER(struct lb_conf_service, at.port), .min = 1,
		.max = 65535 },
	{ "match", CONF_OTHER, .read = conf_read_matches, .list = &conf_matches },
	{ "protocol", CONF_WORD, CONF_MEMBER(struct lb_conf_service, protocol),
		.fallback = IPPROTO_TCP, .words = protocols },
	{ "scheduler", CONF_STRING, CONF_MEMBER(struct lb_conf_service, scheduler),
		.fallback_text = "wrr" },
	{ "scheduler_options", CONF_OTHER, .read = read_options },
	{ "forward", CONF_STRING, CONF_MEMBER(struct lb_conf_service, forward),
		.fallback_text = "dr" },
	{ "persistence_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_service, persistence_ms),
		.min = 1000, .max = INT32_MAX, .zero = true },
	{ "persistence_prefix", CONF_NUMBER,
		CONF_MEMBER(struct lb_conf_service, persistence_prefix), .min = 1, .max = 32,
		.fallback = 32 },
	{ "one_packet", CONF_BOOL, CONF_MEMBER(struct lb_conf_service, one_packet) },
	{ "unknown", CONF_WORD, CONF_MEMBER(struct lb_conf_service, unknown), .words = unknowns },
	{ "timeouts", CONF_OTHER, .read = conf_read_own_timeouts, .keys = conf_own_timeouts_keys },
	{ "drain_timeout_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_service, drain_timeout_ms),
		.max = 86400000, .fallback = 900000 },
	{ "slow_start_ms", CONF_NUMBER, CONF_MEMBER(struct lb_conf_service, slow_start_ms),
		.max = 3600000 },
	{ "quorum", CONF_NUMBER, CONF_MEMBER(struct lb_conf_service, quorum), .min = 1,
		.max = INT32_MAX, .fallback = 1 },
	{ "sorry", CONF_OTHER, .read = read_sorry, .keys = sorry_keys },
	{ "servers", CONF_OTHER, .read = read_servers, .list = &servers_list },
	{ .name = NULL },
};

/* A service is at an address, or has matches; what the other one needs is out of place. */
static int
check_place(struct conf_reader *reader, const config_setting_t *setting,
	struct lb_conf_service *service)
{
	static const struct {
		const char *name;
		const char *example;
	} keys[] = { { "address", "\"10.1.0.200\"" }, { "port", "80" }, { "protocol", NULL } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const config_setting_t *given = conf_member(setting, keys[i].name);

		if (given != NULL && service->matches_n != 0)
			return conf_fault_key(reader, given,
				"%s stands in each match; take it out here, or the matches",
				keys[i].name);
		if (given == NULL && service->matches_n == 0 && keys[i].example != NULL)
			return conf_fault_at(reader, setting, "%s is missing; add %s = %s",
				keys[i].name, keys[i].name, keys[i].example);
	}
	if (service->matches_n != 0)
		service->protocol = 0;
	return 0;
}

static int
read_service(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_service *service = item;
	int rc;

	service->place = conf_place(reader, setting);
	rc = conf_read_group(reader, setting, service_keys, service);
	if (rc == 0)
		rc = check_place(reader, setting, service);
	if (rc != 0)
		return rc;
	service->scheduler_place = service->forward_place = service->place;
	if (conf_member(setting, "scheduler") != NULL)
		service->scheduler_place = conf_place(reader, conf_member(setting, "scheduler"));
	if (conf_member(setting, "forward") != NULL)
		service->forward_place = conf_place(reader, conf_member(setting, "forward"));
	return 0;
}

const struct conf_list conf_services = {
	.size = sizeof(struct lb_conf_service),
	.max = SIZE_MAX,
	.keys = service_keys,
	.read = read_service,
};

int
conf_read_services(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf *conf = object;

	return conf_read_list(reader, setting, &conf_services, &conf->services, &conf->services_n);
}
