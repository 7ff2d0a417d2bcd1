/* What a service matches instead of one address and port. */

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "conf_fault.h"
#include "conf_object.h"
#include "conf_read.h"
#include "conf_value.h"

#define PORT_MAX 65535
#define MATCHES_MAX 4096

static int
read_match_address(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_prefix *net = &((struct lb_conf_match *)object)->net;
	int rc;

	if (config_setting_type(setting) != CONFIG_TYPE_STRING ||
		strchr(config_setting_get_string(setting), '/') == NULL) {
		net->len = 32;
		return conf_read_service_address(reader, setting, &net->addr);
	}
	rc = conf_read_service_network(reader, setting, net);
	if (rc == 0)
		net->addr.ip4 &=
			net->len == 0 ? 0 : rte_cpu_to_be_32(UINT32_MAX << (32 - net->len));
	return rc;
}

/* A number, or two with a dash between them; absent: all. */
static int
read_match_port(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	static const struct conf_key one = { .min = 1, .max = PORT_MAX };
	struct lb_conf_match *match = object;
	unsigned int first = 1, last = PORT_MAX;
	uint64_t number;
	int rc, n = 0;

	if (setting != NULL && config_setting_type(setting) != CONFIG_TYPE_STRING) {
		rc = conf_read_number(reader, setting, &one, &number);
		if (rc != 0)
			return rc;
		first = last = (unsigned int)number;
	} else if (setting != NULL) {
		const char *text = config_setting_get_string(setting);

		if (sscanf(text, "%5u-%5u%n", &first, &last, &n) != 2 || text[n] != '\0' ||
			first < 1 || first > last || last > PORT_MAX)
			return conf_fault_at(reader, setting,
				"port is \"%.63s\"; write a number, or two as \"8000-8999\"", text);
	}
	match->first = (uint16_t)first;
	match->last = (uint16_t)last;
	return 0;
}

static const struct conf_word protocols[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "any", 0 },
	{ .name = NULL },
};

static const struct conf_key match_keys[] = {
	{ "address", CONF_OTHER, "\"10.9.0.0/16\"", .read = read_match_address },
	{ "port", CONF_OTHER, .read = read_match_port },
	{ "protocol", CONF_WORD, CONF_MEMBER(struct lb_conf_match, protocol),
		.fallback = IPPROTO_TCP, .words = protocols },
	{ .name = NULL },
};

static int
read_match(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_match *match = item;

	match->place = conf_place(reader, setting);
	return conf_read_group(reader, setting, match_keys, match);
}

const struct conf_list conf_matches = {
	.size = sizeof(struct lb_conf_match),
	.max = MATCHES_MAX,
	.keys = match_keys,
	.read = read_match,
};

int
conf_read_matches(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_service *service = object;

	return conf_read_list(
		reader, setting, &conf_matches, &service->matches, &service->matches_n);
}
