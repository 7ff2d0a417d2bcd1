/* What a configuration needs of the plug-ins of this build. Depends on the file alone. */

#include <errno.h>
#include <stdlib.h>

#include "director.h"
#include "lb_fwd.h"
#include "lb_sched.h"
#include "plugins.h"

struct lb_sched_options
plugins_options(const struct lb_conf_service *service, struct lb_sched_option *list)
{
	for (size_t i = 0; i < service->options_n; i++) {
		const struct lb_conf_option *option = &service->options[i];

		list[i] = (struct lb_sched_option){
			.name = option->name,
			.type = (enum lb_sched_option_type)option->type,
			.number = option->number,
			.text = option->text,
		};
	}
	return (struct lb_sched_options){ .n = service->options_n, .list = list };
}

/* Build the scheduler of a service, as it will be; keep the state in draft if it took long. */
static int
build_scheduler(const struct lb_conf_service *service, const struct servers_closed *closed,
	struct lb_svc_draft *draft, struct lb_error *err)
{
	const struct lb_sched_ops *sched = lb_sched_find(lb_sched_table, service->scheduler);
	struct lb_svc_server_spec *servers = calloc(service->servers_n + 1, sizeof(*servers));
	struct lb_sched_option list[PLUGINS_OPTIONS_MAX];
	struct lb_svc_draft built = { 0 };
	struct lb_svc_spec spec = {
		.name = service->name,
		.sched = sched,
		.options = plugins_options(service, list),
		.servers = servers,
		.n = service->servers_n,
	};
	int ret;

	if (servers == NULL)
		return lb_error_set(err, ENOMEM,
			"service \"%s\": out of memory; add memory to the machine", service->name);
	for (size_t i = 0; i < service->servers_n; i++) {
		const struct lb_conf_server *server = &service->servers[i];

		servers[i].at = server->at;
		if (!servers_is_closed(closed, service->name, &server->at))
			servers[i].weight = server->weight;
	}
	ret = lb_svc_draft_build(&built, &spec, err);
	free(servers);
	if (ret == 0 && draft != NULL && sched->slow)
		*draft = built;
	else
		lb_svc_draft_free(&built);
	return ret;
}

static int
check_scheduler(const struct lb_conf_service *service, const struct servers_closed *closed,
	struct lb_svc_draft *draft, struct lb_error *err)
{
	const struct lb_sched_ops *sched = lb_sched_find(lb_sched_table, service->scheduler);
	char names[128];

	if (sched == NULL)
		return lb_error_set(err, ENOENT,
			"service \"%s\": no scheduler \"%s\"; this build has %s", service->name,
			service->scheduler, lb_sched_names(lb_sched_table, names, sizeof(names)));
	if (service->options_n > PLUGINS_OPTIONS_MAX)
		return lb_error_set(err, E2BIG,
			"service \"%s\": %zu scheduler_options; no scheduler has more than %d",
			service->name, service->options_n, PLUGINS_OPTIONS_MAX);
	return build_scheduler(service, closed, draft, err);
}

static int
check_method(const struct lb_conf_service *service, const char *name, struct lb_error *err)
{
	char names[128];

	if (lb_fwd_find(lb_fwd_table, name) >= 0)
		return 0;
	return lb_error_set(err, ENOENT,
		"service \"%s\": no forwarding method \"%s\"; this build has %s", service->name,
		name, lb_fwd_names(lb_fwd_table, names, sizeof(names)));
}

/* A packet that stands alone goes where others of its flow go only if the scheduler sees to it. */
static int
check_unknown(const struct lb_conf_service *service, struct lb_error *err)
{
	const struct lb_sched_ops *sched = lb_sched_find(lb_sched_table, service->scheduler);

	if (service->unknown != LB_CONF_UNKNOWN_SCHEDULE || sched->steady)
		return 0;
	return lb_error_set(err, EINVAL,
		"service \"%s\": unknown = \"schedule\" with scheduler \"%s\", which may choose "
		"another server for each packet; take mh, sh or dh, or \"rst\"",
		service->name, service->scheduler);
}

/* A share is made of a weight. */
static int
check_slow_start(const struct lb_conf_service *service, struct lb_error *err)
{
	const struct lb_sched_ops *sched = lb_sched_find(lb_sched_table, service->scheduler);

	if (service->slow_start_ms == 0 || sched->ratios)
		return 0;
	return lb_error_set(err, EINVAL,
		"service \"%s\": slow_start_ms with scheduler \"%s\", which does not share by "
		"weight; take wrr, wlc, sed, nq or twos, or 0",
		service->name, service->scheduler);
}

/* The answer to a packet that made no connection has no way back. */
static int
check_one_packet(const struct lb_conf_service *service, const struct lb_fwd_ops *method,
	struct lb_error *err)
{
	if (!service->one_packet || method->one_way)
		return 0;
	return lb_error_set(err, EINVAL,
		"service \"%s\": one_packet with forward = \"%s\", which needs the connection for "
		"answers; take dr or tun",
		service->name, method->name);
}

/* One with matches has packets for many addresses, whose ports servers keep. */
static struct lb_endpoint
endpoint_of(const struct lb_conf_service *service)
{
	struct lb_endpoint any = { .addr = lb_addr_ip4(0) };

	return service->matches_n != 0 ? any : service->at;
}

static int
check_port(const struct lb_conf_service *service, const struct lb_conf_server *server,
	const struct lb_fwd_ops *method, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	if (service->matches_n == 0 || server->at.port == 0 || !method->one_way)
		return 0;
	return lb_error_set(err, EINVAL,
		"service \"%s\": server %s: forward = \"%s\" leaves packets their ports; take the "
		"port "
		"out",
		service->name, lb_endpoint_text(&server->at, text), method->name);
}

static int
check_server(const struct lb_conf_service *service, const struct lb_conf_server *server,
	struct lb_error *err)
{
	const char *name = lb_conf_forward(service, server);
	const struct lb_conf_place *place =
		server->forward == NULL ? &service->forward_place : &server->forward_place;
	const struct lb_fwd_ops *method;
	struct lb_fwd_server asked = {
		.service = service->name,
		.at = endpoint_of(service),
		.server = server->at,
		.on_link = server->on_link,
	};

	if (check_method(service, name, err) != 0)
		return lb_conf_fault(place, err);
	method = lb_fwd_table[lb_fwd_find(lb_fwd_table, name)];
	if (check_one_packet(service, method, err) != 0)
		return lb_conf_fault(place, err);
	if (check_port(service, server, method, err) != 0 || method->check(&asked, err) != 0)
		return lb_conf_fault(&server->place, err);
	return 0;
}

static int
check_servers(const struct lb_conf_service *service, struct lb_error *err)
{
	for (size_t i = 0; i < service->servers_n; i++)
		if (check_server(service, &service->servers[i], err) != 0)
			return -err->code;
	return service->sorry == NULL ? 0 : check_server(service, service->sorry, err);
}

int
director_draft(const struct lb_conf_service *service, const struct servers_closed *closed,
	struct lb_svc_draft *draft, struct lb_error *err)
{
	if (!lb_sched_find(lb_sched_table, service->scheduler)->slow)
		return 0;
	return build_scheduler(service, closed, draft, err);
}

int
director_check_service(const struct lb_conf_service *service, const struct servers_closed *closed,
	struct lb_svc_draft *draft, struct lb_error *err)
{
	if (check_scheduler(service, closed, draft, err) != 0)
		return lb_conf_fault(&service->scheduler_place, err);
	if (check_unknown(service, err) != 0 || check_slow_start(service, err) != 0)
		return lb_conf_fault(&service->scheduler_place, err);
	if (check_method(service, service->forward, err) != 0)
		return lb_conf_fault(&service->forward_place, err);
	return check_servers(service, err);
}

int
director_check(const struct lb_conf *conf, struct lb_svc_draft *drafts, struct lb_error *err)
{
	return director_check_closed(conf, NULL, drafts, err);
}

int
director_check_closed(const struct lb_conf *conf, const struct servers_closed *closed,
	struct lb_svc_draft *drafts, struct lb_error *err)
{
	int ret = host_check(conf, err);

	if (ret == 0)
		ret = vrrp_check(conf, err);
	if (ret == 0)
		ret = vrrp_scripts_check(conf, err);
	if (ret == 0)
		ret = vrrp_notify_check(conf, err);
	if (ret != 0)
		return ret;
	for (size_t i = 0; i < conf->services_n && ret == 0; i++)
		ret = director_check_service(
			&conf->services[i], closed, drafts == NULL ? NULL : &drafts[i], err);
	return ret;
}

void
director_free_drafts(const struct lb_conf *conf, struct lb_svc_draft *drafts)
{
	for (size_t i = 0; drafts != NULL && i < conf->services_n; i++)
		lb_svc_draft_free(&drafts[i]);
	free(drafts);
}
