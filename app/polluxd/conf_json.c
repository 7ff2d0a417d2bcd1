/* Configuration to JSON, object by object; see conf_json.h. */

#include "conf_json.h"

#include <netinet/in.h>
#include <string.h>

static json_t *
json_addr(const struct lb_addr *addr)
{
	char text[LB_ADDR_TEXT];

	return json_string(lb_addr_text(addr, text));
}

const char *
conf_json_endpoint(const json_t *object, char out[CONF_JSON_TEXT])
{
	const char *address = json_string_value(json_object_get(object, "address"));
	bool ip6 = address != NULL && strchr(address, ':') != NULL;

	snprintf(out, CONF_JSON_TEXT, "%s%s%s:%lld", ip6 ? "[" : "", address == NULL ? "" : address,
		ip6 ? "]" : "", (long long)json_integer_value(json_object_get(object, "port")));
	return out;
}

static json_t *
json_prefixes(const struct lb_prefix *list, size_t n)
{
	json_t *array = json_array();
	char text[LB_ADDR_TEXT];

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(lb_prefix_text(&list[i], text)));
	return array;
}

static json_t *
json_cpu(const struct lb_conf_cpu *cpu)
{
	json_t *workers = json_array();

	for (uint32_t i = 0; i < cpu->workers_n; i++)
		json_array_append_new(workers, json_integer(cpu->workers[i]));
	return json_pack("{s:i, s:o, s:i, s:s, s:i}", "control", cpu->control, "workers", workers,
		"other", cpu->other, "idle", cpu->idle == LB_CONF_IDLE_SPIN ? "spin" : "sleep",
		"idle_max_us", cpu->idle_max_us);
}

static json_t *
json_memory(const struct lb_conf_memory *memory)
{
	static const char *const hugepages[] = {
		[LB_CONF_HUGEPAGES_AUTO] = "auto",
		[LB_CONF_HUGEPAGES_REQUIRE] = "require",
		[LB_CONF_HUGEPAGES_NEVER] = "never",
	};

	return json_pack("{s:s, s:i, s:i, s:i}", "hugepages", hugepages[memory->hugepages], "mb",
		memory->mb, "connections", memory->connections, "connections6",
		memory->connections6);
}

static json_t *
json_port(const struct lb_conf_port *port)
{
	json_t *object = json_pack("{s:s, s:s, s:o, s:i, s:s, s:s}", "name", port->name, "device",
		port->device, "addresses", json_prefixes(port->addresses, port->addresses_n), "mtu",
		port->mtu, "host", port->host, "host_interface", port->host_interface);

	if (port->rx_queues != 0)
		json_object_set_new(object, "rx_queues", json_integer(port->rx_queues));
	return object;
}

static json_t *
json_route(const struct lb_conf_route *route)
{
	char to[LB_ADDR_TEXT];

	return json_pack(
		"{s:s, s:o}", "to", lb_prefix_text(&route->to, to), "via", json_addr(&route->via));
}

static json_t *
json_vip(const struct lb_conf *conf, const struct lb_conf_vip *vip)
{
	return json_pack("{s:o, s:s}", "address", json_addr(&vip->address), "port",
		conf->ports[vip->port].name);
}

static json_t *
json_command(const struct lb_conf_command *command)
{
	json_t *array = json_array();

	for (size_t i = 0; i < command->n; i++)
		json_array_append_new(array, json_string(command->words[i]));
	return array;
}

static json_t *
json_script(const struct lb_conf_script *script)
{
	return json_pack("{s:s, s:o, s:i, s:i, s:i, s:i, s:s*}", "name", script->name, "command",
		json_command(&script->command), "interval_ms", script->interval_ms, "timeout_ms",
		script->timeout_ms, "rise", script->rise, "fall", script->fall, "user",
		script->user);
}

static json_t *
json_garp(const struct lb_conf_garp *garp)
{
	return json_pack("{s:i, s:i, s:i, s:i}", "repeat", garp->repeat, "delay_ms", garp->delay_ms,
		"refresh_ms", garp->refresh_ms, "interval_us", garp->interval_us);
}

/* What is not set goes by the port and the family. */
static json_t *
json_unicast(const struct lb_conf_unicast *unicast)
{
	json_t *peers = json_array(), *object = json_pack("{s:o}", "peers", peers);

	for (size_t i = 0; i < unicast->peers_n; i++)
		json_array_append_new(peers, json_addr(&unicast->peers[i]));
	if (unicast->source.family != 0)
		json_object_set_new(object, "source", json_addr(&unicast->source));
	if (unicast->ttl_min != 0)
		json_object_set_new(object, "ttl_min", json_integer(unicast->ttl_min));
	if (unicast->ttl_max != 0)
		json_object_set_new(object, "ttl_max", json_integer(unicast->ttl_max));
	return object;
}

static json_t *
json_tracks(const struct lb_conf_vrrp *vrrp)
{
	json_t *array = json_array();

	for (size_t i = 0; i < vrrp->tracks_n; i++)
		json_array_append_new(
			array, json_pack("{s:s, s:i}", lb_conf_track_key(vrrp->tracks[i].kind),
				       vrrp->tracks[i].name, "weight", vrrp->tracks[i].weight));
	return array;
}

static json_t *
json_group(const struct lb_conf_group *group)
{
	json_t *members = json_array();

	for (size_t i = 0; i < group->members_n; i++)
		json_array_append_new(members, json_string(group->members[i]));
	return json_pack("{s:s, s:o, s:o, s:s*}", "name", group->name, "members", members, "notify",
		json_command(&group->notify.command), "notify_user", group->notify.user);
}

static json_t *
json_compat(const struct lb_conf_compat *compat)
{
	return json_pack("{s:b, s:b, s:b}", "both_versions", compat->both_versions, "quiet",
		compat->quiet, "strict_addresses", compat->strict_addresses);
}

static json_t *
json_instance(const struct lb_conf *conf, const struct lb_conf_vrrp *vrrp)
{
	static const char *const macs[] = {
		[LB_CONF_VRRP_MAC_AUTO] = "auto",
		[LB_CONF_VRRP_MAC_VIRTUAL] = "virtual",
		[LB_CONF_VRRP_MAC_PHYSICAL] = "physical",
	};
	const char *checksum =
		vrrp->checksum == LB_CONF_VRRP_CHECKSUM_RFC9568 ? "rfc9568" : "rfc5798";
	json_t *object = json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:b, s:i, s:i, s:i}", "name",
		vrrp->name, "port", conf->ports[vrrp->port].name, "vrid", vrrp->vrid, "version",
		vrrp->version, "priority", vrrp->priority, "interval_ms", vrrp->interval_ms,
		"preempt", vrrp->preempt, "preempt_delay_ms", vrrp->preempt_delay_ms,
		"start_delay_ms", vrrp->start_delay_ms, "up_delay_ms", vrrp->up_delay_ms);
	json_t *rest = json_pack("{s:o, s:o, s:s, s:b, s:b, s:s, s:s, s:o, s:o, s:o}", "addresses",
		json_prefixes(vrrp->addresses, vrrp->listed_n), "addresses_excluded",
		json_prefixes(vrrp->addresses + vrrp->listed_n, vrrp->addresses_n - vrrp->listed_n),
		"mac", macs[vrrp->mac], "accept", vrrp->accept, "router", vrrp->router, "checksum",
		checksum, "auth_pass", vrrp->auth_pass, "unicast", json_unicast(&vrrp->unicast),
		"garp", json_garp(&vrrp->garp), "compat", json_compat(&vrrp->compat));

	json_object_set_new(rest, "track", json_tracks(vrrp));
	json_object_set_new(rest, "notify", json_command(&vrrp->notify.command));
	if (vrrp->notify.user != NULL)
		json_object_set_new(rest, "notify_user", json_string(vrrp->notify.user));
	json_object_update_missing(object, rest);
	json_decref(rest);
	return object;
}

static json_t *
json_vrrp(const struct lb_conf *conf)
{
	json_t *scripts = json_array(), *instances = json_array(), *groups = json_array();

	for (size_t i = 0; i < conf->scripts_n; i++)
		json_array_append_new(scripts, json_script(&conf->scripts[i]));
	for (size_t i = 0; i < conf->vrrp_n; i++)
		json_array_append_new(instances, json_instance(conf, &conf->vrrp[i]));
	for (size_t i = 0; i < conf->groups_n; i++)
		json_array_append_new(groups, json_group(&conf->groups[i]));
	return json_pack(
		"{s:o, s:o, s:o}", "scripts", scripts, "instances", instances, "groups", groups);
}

static json_t *
json_option(const struct lb_conf_option *option)
{
	switch (option->type) {
	case LB_CONF_OPTION_BOOL:
		return json_boolean(option->number != 0);
	case LB_CONF_OPTION_INT:
		return json_integer(option->number);
	case LB_CONF_OPTION_STRING:
		break;
	}
	return json_string(option->text);
}

static json_t *
json_sorry(const struct lb_conf_server *sorry)
{
	json_t *object = json_pack(
		"{s:o, s:s*}", "address", json_addr(&sorry->at.addr), "forward", sorry->forward);

	if (sorry->at.port != 0)
		json_object_set_new(object, "port", json_integer(rte_be_to_cpu_16(sorry->at.port)));
	return object;
}

static json_t *
json_server(const struct lb_conf_server *server)
{
	json_t *object = json_pack("{s:o, s:i, s:i, s:i, s:s*}", "address",
		json_addr(&server->at.addr), "weight", server->weight, "upper", server->upper,
		"lower", server->lower, "forward", server->forward);

	if (server->at.port != 0)
		json_object_set_new(
			object, "port", json_integer(rte_be_to_cpu_16(server->at.port)));
	return object;
}

/* Those that are set; of a service, maybe none. */
static json_t *
json_timeouts(const struct lb_conf_timeouts *timeouts)
{
	static const char *const names[LB_CONF_TIMEOUTS] = {
		[LB_CONF_TIMEOUT_NONE] = "none_ms",
		[LB_CONF_TIMEOUT_ESTABLISHED] = "established_ms",
		[LB_CONF_TIMEOUT_SYN_SENT] = "syn_sent_ms",
		[LB_CONF_TIMEOUT_SYN_RECV] = "syn_recv_ms",
		[LB_CONF_TIMEOUT_FIN_WAIT] = "fin_wait_ms",
		[LB_CONF_TIMEOUT_TIME_WAIT] = "time_wait_ms",
		[LB_CONF_TIMEOUT_CLOSE] = "close_ms",
		[LB_CONF_TIMEOUT_CLOSE_WAIT] = "close_wait_ms",
		[LB_CONF_TIMEOUT_LAST_ACK] = "last_ack_ms",
		[LB_CONF_TIMEOUT_LISTEN] = "listen_ms",
		[LB_CONF_TIMEOUT_SYNACK] = "synack_ms",
		[LB_CONF_TIMEOUT_UDP] = "udp_ms",
	};
	json_t *object = json_object();

	for (size_t i = 0; i < LB_CONF_TIMEOUTS; i++)
		if (timeouts->ms[i] != 0)
			json_object_set_new(object, names[i], json_integer(timeouts->ms[i]));
	return object;
}

static json_t *
json_match(const struct lb_conf_match *match)
{
	const char *protocol = match->protocol == IPPROTO_TCP   ? "tcp"
			       : match->protocol == IPPROTO_UDP ? "udp"
								: "any";
	char net[LB_ADDR_TEXT];
	json_t *object = json_pack(
		"{s:s, s:s}", "address", lb_prefix_text(&match->net, net), "protocol", protocol);

	if (match->first == match->last)
		json_object_set_new(object, "port", json_integer(match->first));
	else
		json_object_set_new(
			object, "port", json_sprintf("%u-%u", match->first, match->last));
	return object;
}

/* Where a service is: its address, or what it matches. */
static void
add_place(json_t *object, const struct lb_conf_service *service)
{
	json_t *matches = json_array();

	for (size_t i = 0; i < service->matches_n; i++)
		json_array_append_new(matches, json_match(&service->matches[i]));
	if (service->matches_n == 0) {
		json_object_set_new(object, "address", json_addr(&service->at.addr));
		json_object_set_new(
			object, "port", json_integer(rte_be_to_cpu_16(service->at.port)));
		json_object_set_new(object, "protocol",
			json_string(service->protocol == IPPROTO_UDP ? "udp" : "tcp"));
	}
	json_object_set_new(object, "match", matches);
}

/* What a service does with flows and packets, into its object. */
static void
add_flows(json_t *object, const struct lb_conf_service *service)
{
	static const char *const unknown[] = {
		[LB_CONF_UNKNOWN_RST] = "rst",
		[LB_CONF_UNKNOWN_DROP] = "drop",
		[LB_CONF_UNKNOWN_SCHEDULE] = "schedule",
	};

	json_object_set_new(
		object, "persistence_ms", json_integer((json_int_t)service->persistence_ms));
	json_object_set_new(
		object, "persistence_prefix", json_integer(service->persistence_prefix));
	json_object_set_new(object, "one_packet", json_boolean(service->one_packet));
	json_object_set_new(object, "unknown", json_string(unknown[service->unknown]));
	json_object_set_new(object, "timeouts", json_timeouts(&service->timeouts));
	json_object_set_new(object, "drain_timeout_ms", json_integer(service->drain_timeout_ms));
	json_object_set_new(object, "slow_start_ms", json_integer(service->slow_start_ms));
	json_object_set_new(object, "quorum", json_integer(service->quorum));
}

json_t *
conf_json_service(const struct lb_conf_service *service)
{
	json_t *options = json_object(), *servers = json_array(), *object;

	for (size_t i = 0; i < service->options_n; i++)
		json_object_set_new(
			options, service->options[i].name, json_option(&service->options[i]));
	for (size_t i = 0; i < service->servers_n; i++)
		json_array_append_new(servers, json_server(&service->servers[i]));
	object = json_pack("{s:s}", "name", service->name);
	add_place(object, service);
	json_object_set_new(object, "scheduler", json_string(service->scheduler));
	json_object_set_new(object, "scheduler_options", options);
	json_object_set_new(object, "forward", json_string(service->forward));
	add_flows(object, service);
	if (service->sorry != NULL)
		json_object_set_new(object, "sorry", json_sorry(service->sorry));
	json_object_set_new(object, "servers", servers);
	return object;
}

/* The lists of objects. */
static void
add_lists(json_t *root, const struct lb_conf *conf)
{
	json_t *ports = json_array(), *routes = json_array(), *vips = json_array();
	json_t *services = json_array();

	for (size_t i = 0; i < conf->ports_n; i++)
		json_array_append_new(ports, json_port(&conf->ports[i]));
	for (size_t i = 0; i < conf->routes_n; i++)
		json_array_append_new(routes, json_route(&conf->routes[i]));
	for (size_t i = 0; i < conf->vips_n; i++)
		json_array_append_new(vips, json_vip(conf, &conf->vips[i]));
	for (size_t i = 0; i < conf->services_n; i++)
		json_array_append_new(services, conf_json_service(&conf->services[i]));
	json_object_set_new(root, "ports", ports);
	json_object_set_new(root, "routes", routes);
	json_object_set_new(root, "vips", vips);
	json_object_set_new(root, "vrrp", json_vrrp(conf));
	json_object_set_new(root, "timeouts", json_timeouts(&conf->timeouts));
	json_object_set_new(root, "services", services);
}

json_t *
conf_json(const struct lb_conf *conf)
{
	static const char *const transit[] = {
		[LB_CONF_TRANSIT_DROP] = "drop",
		[LB_CONF_TRANSIT_ROUTE] = "route",
		[LB_CONF_TRANSIT_HOST] = "host",
	};
	json_t *root = json_pack("{s:o, s:o, s:s, s:{s:s}, s:{s:s}}", "cpu", json_cpu(&conf->cpu),
		"memory", json_memory(&conf->memory), "transit", transit[conf->transit], "rpc",
		"socket", conf->rpc_socket, "log", "level", conf->log_level);

	if (root != NULL)
		add_lists(root, conf);
	return root;
}
