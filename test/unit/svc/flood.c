/* Who chooses in a flood: shares of clients, and services that need entries. */

#include "services.h"

#define SERVERS_MAX 2000
#define CLIENTS_EACH 200 /* on average */

static struct lb_svc_server_spec servers[SERVERS_MAX];

static struct lb_svc_spec
web(const char *scheduler, uint32_t n)
{
	struct lb_svc_spec spec = service("web", "10.1.0.100", scheduler, servers, n);

	for (uint32_t i = 0; i < n; i++)
		servers[i] = (struct lb_svc_server_spec){
			.at = { .addr = lb_addr_ip4(rte_cpu_to_be_32(0x0a020000 + i)), .port = 1 },
			.weight = 1,
			.one_way = true,
		};
	spec.flood = lb_sched_find(lb_sched_table, "mh");
	return spec;
}

/* Which server a client gets; -1: none. */
static int
pick(const struct services *services, const struct lb_svc *svc, uint32_t client)
{
	struct lb_slot_worker *worker = lb_slots_worker(services->slots, 0);
	const struct lb_sched_flow flow = {
		.src = lb_addr_ip4(rte_cpu_to_be_32(client)),
		.closed = worker->closed,
	};
	const struct lb_svc_server *server = lb_svc_pick_flood(svc, worker, &flow);

	return server == NULL ? -1 : (int)(server - svc->servers);
}

static void
check_shares(uint32_t n)
{
	struct lb_svc_spec spec = web("rr", n);
	uint32_t clients[SERVERS_MAX] = { 0 };
	struct services services;
	const struct lb_svc *svc;

	services_begin(&services);
	services_apply(&services, &spec, 1);
	svc = services_find(&services, "10.1.0.100");
	CU_ASSERT_STRING_EQUAL_FATAL(svc->flood->name, "mh");
	for (uint32_t i = 0; i < n * CLIENTS_EACH; i++)
		clients[pick(&services, svc, i * UINT32_C(2654435769))]++;
	for (uint32_t i = 0; i < n; i++) {
		CU_ASSERT_TRUE(clients[i] > CLIENTS_EACH / 2);
		CU_ASSERT_TRUE(clients[i] < CLIENTS_EACH * 3 / 2);
	}
	services_end(&services);
}

static void
each_of_equal_servers_has_its_share_of_clients(void)
{
	check_shares(1);
	check_shares(3);
	check_shares(10);
	check_shares(100);
	check_shares(1000);
	check_shares(2000);
}

static void
client_stays_at_its_server(void)
{
	struct lb_svc_spec spec = web("wlc", 10);
	struct services services;
	const struct lb_svc *svc;

	services_begin(&services);
	services_apply(&services, &spec, 1);
	svc = services_find(&services, "10.1.0.100");
	for (uint32_t client = 1; client < 1000; client++)
		CU_ASSERT_EQUAL(pick(&services, svc, client), pick(&services, svc, client));
	services_end(&services);
}

static void
steady_scheduler_chooses_itself(void)
{
	struct lb_svc_spec spec = web("sh", 10);
	struct services services;
	const struct lb_svc *svc;

	services_begin(&services);
	services_apply(&services, &spec, 1);
	svc = services_find(&services, "10.1.0.100");
	CU_ASSERT_PTR_EQUAL(svc->flood, svc->sched);
	CU_ASSERT_PTR_EQUAL(svc->flood_state, svc->state);
	services_end(&services);
}

static void
check_needs_entries(const struct lb_svc_spec *spec)
{
	struct services services;

	services_begin(&services);
	services_apply(&services, spec, 1);
	CU_ASSERT_PTR_NULL(services_find(&services, "10.1.0.100")->flood);
	services_end(&services);
}

static void
service_that_needs_entries_has_nobody(void)
{
	struct lb_svc_spec spec = web("rr", 3);

	spec.persistence = 1;
	check_needs_entries(&spec);
	spec = web("rr", 3);
	servers[2].one_way = false;
	check_needs_entries(&spec);
	spec = web("rr", 3);
	servers[2].one_way = false; /* it is the sorry server now */
	spec.n = 2;
	spec.sorry = true;
	check_needs_entries(&spec);
	spec = web("rr", 3);
	spec.flood = NULL;
	check_needs_entries(&spec);
}

static const struct unit_test tests[] = {
	UNIT_TEST(each_of_equal_servers_has_its_share_of_clients),
	UNIT_TEST(client_stays_at_its_server),
	UNIT_TEST(steady_scheduler_chooses_itself),
	UNIT_TEST(service_that_needs_entries_has_nobody),
	UNIT_END,
};

const struct unit_suite unit_svc_flood = { "flood", tests };
