/* Applying a configuration: what is found then, what is refused, and what a refusal leaves. */

#include <errno.h>
#include <time.h>

#include "services.h"

#define WEB "10.1.0.100"
#define DNS "10.1.0.101"

static void
nothing_is_found_before_the_first_version(void)
{
	struct services services;

	services_begin(&services);
	CU_ASSERT_PTR_NULL(lb_svc_root(services.set));
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 0);
	services_apply(&services, NULL, 0);
	CU_ASSERT_PTR_NULL(services_find(&services, WEB));
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 1);
	services_end(&services);
}

static void
service_is_found_by_address_port_and_protocol(void)
{
	rte_be16_t http = rte_cpu_to_be_16(80), dns = rte_cpu_to_be_16(53);
	rte_be32_t web_addr = endpoint(WEB, 0).addr.ip4, dns_addr = endpoint(DNS, 0).addr.ip4;
	struct lb_svc_spec specs[3];
	const struct lb_svc_root *root;
	struct services services;

	services_begin(&services);
	specs[0] = service("web", WEB, "rr", NULL, 0);
	specs[1] = service("dns", DNS, "rr", NULL, 0);
	specs[1].at.port = dns;
	specs[1].protocol = IPPROTO_UDP;
	specs[2] = service("dns-tcp", DNS, "rr", NULL, 0);
	specs[2].at.port = dns;
	services_apply(&services, specs, 3);
	root = lb_svc_root(services.set);
	CU_ASSERT_STRING_EQUAL(lb_svc_find4(root, web_addr, http, IPPROTO_TCP)->name, "web");
	CU_ASSERT_STRING_EQUAL(lb_svc_find4(root, dns_addr, dns, IPPROTO_UDP)->name, "dns");
	CU_ASSERT_STRING_EQUAL(lb_svc_find4(root, dns_addr, dns, IPPROTO_TCP)->name, "dns-tcp");
	CU_ASSERT_PTR_NULL(lb_svc_find4(root, web_addr, http, IPPROTO_UDP));
	CU_ASSERT_PTR_NULL(lb_svc_find4(root, web_addr, dns, IPPROTO_TCP));
	CU_ASSERT_PTR_NULL(lb_svc_find4(root, dns_addr, http, IPPROTO_TCP));
	services_end(&services);
}

static void
service_holds_what_was_asked_for(void)
{
	const struct lb_svc_server_spec servers[] = {
		{ .at = endpoint("10.2.0.22", 80), .weight = 3, .hop = 12, .one_way = true },
		{ .at = endpoint("10.2.0.21", 80), .weight = 1, .hop = 11, .method = 1 },
	};
	struct lb_svc_spec spec = service("web", WEB, "wrr", servers, 2);
	const struct lb_svc *svc;
	struct services services;

	services_begin(&services);
	spec.timeout_class = 5;
	services_apply(&services, &spec, 1);
	svc = services_find(&services, WEB);
	CU_ASSERT_PTR_NOT_NULL_FATAL(svc);
	CU_ASSERT_EQUAL(svc->timeout_class, 5);
	CU_ASSERT_PTR_EQUAL(svc->sched, spec.sched);
	CU_ASSERT_EQUAL(svc->n, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct lb_svc_server *server = &svc->servers[i];

		CU_ASSERT_TRUE(lb_addr_equal(&server->at.addr, &servers[i].at.addr));
		CU_ASSERT_EQUAL(server->at.port, rte_cpu_to_be_16(80));
		CU_ASSERT_EQUAL(server->weight, servers[i].weight);
		CU_ASSERT_EQUAL(server->hop, servers[i].hop);
		CU_ASSERT_EQUAL(server->method, servers[i].method);
		CU_ASSERT_EQUAL(server->one_way, servers[i].one_way);
		CU_ASSERT_EQUAL(svc->dests[i].slot, server->slot);
		CU_ASSERT_EQUAL(svc->dests[i].weight, servers[i].weight);
		CU_ASSERT_TRUE(lb_addr_equal(&svc->dests[i].addr, &servers[i].at.addr));
		CU_ASSERT_PTR_EQUAL(lb_svc_server_of(svc, server->slot), server);
	}
	CU_ASSERT_PTR_NULL(lb_svc_server_of(svc, LB_SLOT_NONE));
	for (uint32_t w = 0; w < SERVICES_WORKERS; w++) {
		CU_ASSERT_EQUAL(lb_svc_local(svc, w)->worker, w);
		CU_ASSERT_EQUAL(lb_svc_local(svc, w)->workers, SERVICES_WORKERS);
		CU_ASSERT_EQUAL((uintptr_t)lb_svc_local(svc, w) % RTE_CACHE_LINE_SIZE, 0);
	}
	services_end(&services);
}

static void
closed_server_is_not_picked(void)
{
	const struct lb_svc_server_spec servers[] = {
		{ .at = endpoint("10.2.0.21", 80), .weight = 1 },
		{ .at = endpoint("10.2.0.22", 80), .weight = 1 },
	};
	struct lb_svc_spec spec = service("web", WEB, "rr", servers, 2);
	const struct lb_svc *svc;
	struct services services;
	char text[8];

	services_begin(&services);
	services_apply(&services, &spec, 1);
	svc = services_find(&services, WEB);
	lb_slots_set_closed(services.slots, svc->servers[0].slot, 1);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 3, text), "BBB");
	lb_slots_set_closed(services.slots, svc->servers[1].slot, 1);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 1, text), "-");
	lb_slots_set_closed(services.slots, svc->servers[0].slot, 0);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 2, text), "AA");
	services_end(&services);
}

/* Over a running version of "web", apply the two specs, which must be refused and change nothing.
 */
static void
check_refused(const struct lb_svc_spec *specs, int code, const char *sentence)
{
	const struct lb_svc_server_spec first = { .at = endpoint("10.2.0.20", 80), .weight = 1 };
	const struct lb_svc_spec running = service("web", WEB, "wrr", &first, 1);
	const struct lb_svc_root *root;
	struct lb_endpoint next = endpoint("10.2.0.99", 80);
	struct services services;
	uint32_t slot;

	services_begin(&services);
	services_apply(&services, &running, 1);
	root = lb_svc_root(services.set);
	slot = services_find(&services, WEB)->servers[0].slot;
	for (int i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(lb_svc_apply(services.set, specs, 2, NULL), -code);
	CU_ASSERT_EQUAL(lb_svc_apply(services.set, specs, 2, &services.err), -code);
	CU_ASSERT_EQUAL(services.err.code, code);
	CU_ASSERT_STRING_EQUAL(services.err.text, sentence);
	CU_ASSERT_PTR_EQUAL(lb_svc_root(services.set), root);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 1);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < specs[i].n; j++)
			CU_ASSERT_EQUAL(lb_slots_lookup(services.slots, specs[i].name,
						&specs[i].servers[j].at),
				LB_SLOT_NONE);
	CU_ASSERT_TRUE(lb_slots_take(services.slots, "next", &next) < slot + 10);
	services_end(&services);
}

static const struct lb_svc_server_spec *
two_servers(void)
{
	static struct lb_svc_server_spec servers[2];

	servers[0] = (struct lb_svc_server_spec){ .at = endpoint("10.2.0.21", 80), .weight = 1 };
	servers[1] = (struct lb_svc_server_spec){ .at = endpoint("10.2.0.22", 80), .weight = 1 };
	return servers;
}

static void
name_used_twice_is_refused(void)
{
	const struct lb_svc_spec specs[] = {
		service("mail", WEB, "rr", two_servers(), 2),
		service("mail", DNS, "rr", two_servers(), 2),
	};

	check_refused(
		specs, EEXIST, "service \"mail\": the name is used twice; rename one of them");
}

static void
address_used_twice_is_refused(void)
{
	const struct lb_svc_spec specs[] = {
		service("mail", WEB, "rr", two_servers(), 2),
		service("news", WEB, "rr", two_servers(), 2),
	};

	check_refused(specs, EEXIST,
		"service \"news\": 10.1.0.100:80 (TCP) belongs to service \"mail\" already; change "
		"one "
		"of them");
}

static void
server_listed_twice_is_refused(void)
{
	struct lb_svc_server_spec same[] = { two_servers()[1], two_servers()[0], two_servers()[1] };
	const struct lb_svc_spec specs[] = {
		service("mail", WEB, "rr", two_servers(), 2),
		service("news", DNS, "rr", same, 3),
	};

	check_refused(specs, EEXIST,
		"service \"news\": server 10.2.0.22:80 is listed twice; remove one of them");
}

static void
name_that_is_too_long_is_refused(void)
{
	static const char name[] =
		"a123456789b123456789c123456789d123456789e123456789f123456789g123";
	struct lb_svc_spec specs[] = {
		service("mail", WEB, "rr", two_servers(), 2),
		service(name, DNS, "rr", NULL, 0),
	};
	struct services services;

	check_refused(specs, EINVAL,
		"service \"a123456789b123456789c123456789d123456789e123456789f123456789g123\": "
		"the name has more than 63 bytes; shorten it");
	services_begin(&services);
	specs[1].name = name + 1;
	services_apply(&services, specs, 2);
	CU_ASSERT_STRING_EQUAL(services_find(&services, DNS)->name, name + 1);
	services_end(&services);
}

static void
option_that_the_scheduler_refuses_is_refused(void)
{
	const struct lb_sched_option port = { .name = "port", .number = 1 };
	struct lb_svc_spec specs[] = {
		service("mail", WEB, "rr", two_servers(), 2),
		service("news", DNS, "rr", two_servers(), 2),
	};

	specs[1].options = (struct lb_sched_options){ .n = 1, .list = &port };
	check_refused(specs, EINVAL,
		"service \"news\": scheduler \"rr\": no option \"port\"; it has none, remove the "
		"option");
}

static void
lack_of_slots_is_refused(void)
{
	struct lb_svc_spec spec = service("web", WEB, "rr", two_servers(), 2);
	struct services services;

	services_begin(&services);
	for (uint32_t i = 1; i < LB_SCHED_SLOTS; i++) {
		struct lb_endpoint other = endpoint("10.9.0.0", 80);

		other.addr.ip4 = rte_cpu_to_be_32(i);
		lb_slots_take(services.slots, "other", &other);
	}
	CU_ASSERT_EQUAL(lb_svc_apply(services.set, &spec, 1, &services.err), -ENOSPC);
	CU_ASSERT_STRING_EQUAL(services.err.text,
		"service \"web\": server 10.2.0.22:80: all 262144 server slots are taken; remove "
		"servers, or wait until the connections of removed ones have ended");
	spec.n = 1;
	services_apply(&services, &spec, 1);
	services_end(&services);
}

/* Ten servers for each of ten thousand services. */
static struct lb_svc_spec *
many_services(size_t n)
{
	struct lb_svc_server_spec *servers = calloc(10 * n, sizeof(*servers));
	struct lb_svc_spec *specs = calloc(n, sizeof(*specs));
	char(*names)[16] = calloc(n, sizeof(*names));

	CU_ASSERT_FATAL(servers != NULL && specs != NULL && names != NULL);
	for (size_t i = 0; i < 10 * n; i++) {
		servers[i].at = endpoint("10.2.0.0", 80);
		servers[i].at.addr.ip4 = rte_cpu_to_be_32(UINT32_C(0x0a020000) + (uint32_t)i);
		servers[i].weight = 1 + i % 3;
	}
	for (size_t i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "service %zu", i);
		specs[i] = service(names[i], WEB, "wrr", servers + 10 * i, 10);
		specs[i].at.addr.ip4 = rte_cpu_to_be_32(UINT32_C(0x0a010000) + (uint32_t)i / 4);
		specs[i].at.port = rte_cpu_to_be_16((uint16_t)(80 + i % 4));
	}
	return specs;
}

/* What is large is freed in pieces. */
static void
pass_all(void)
{
	uint32_t pieces = 0;

	lb_rcu_quiescent(0);
	while (lb_rcu_poll() > 0)
		pieces++;
	CU_ASSERT_TRUE(pieces > 10);
}

static void
ten_thousand_services_are_applied_in_two_seconds(void)
{
	enum {
		N = 10000
	};
	struct lb_svc_spec *specs = many_services(N);
	const struct lb_svc_root *root;
	struct services services;
	unsigned int wrong = 0;
	clock_t start;

	services_begin(&services);
	start = clock();
	services_apply(&services, specs, N);
	for (size_t i = 0; i < N; i++)
		specs[i].timeout_class = 1;
	services_apply(&services, specs, N);
	pass_all();
	CU_ASSERT_TRUE(clock() - start < 2 * CLOCKS_PER_SEC);
	root = lb_svc_root(services.set);
	for (size_t i = 0; i < N; i++) {
		const struct lb_svc *svc =
			lb_svc_find4(root, specs[i].at.addr.ip4, specs[i].at.port, IPPROTO_TCP);

		wrong += svc == NULL || strcmp(svc->name, specs[i].name) != 0 || svc->n != 10;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	services_apply(&services, specs, 1);
	pass_all();
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 10 * (N - 1));
	services_end(&services);
	free((void *)(uintptr_t)specs[0].servers);
	free((void *)(uintptr_t)specs[0].name);
	free(specs);
}

static const struct unit_test tests[] = {
	UNIT_TEST(nothing_is_found_before_the_first_version),
	UNIT_TEST(service_is_found_by_address_port_and_protocol),
	UNIT_TEST(service_holds_what_was_asked_for),
	UNIT_TEST(closed_server_is_not_picked),
	UNIT_TEST(name_used_twice_is_refused),
	UNIT_TEST(address_used_twice_is_refused),
	UNIT_TEST(server_listed_twice_is_refused),
	UNIT_TEST(name_that_is_too_long_is_refused),
	UNIT_TEST(option_that_the_scheduler_refuses_is_refused),
	UNIT_TEST(lack_of_slots_is_refused),
	UNIT_TEST(ten_thousand_services_are_applied_in_two_seconds),
	UNIT_END,
};

const struct unit_suite unit_svc_apply = { "apply", tests };
