/* What lives on from one version to the next: objects, slots, counters, places of schedulers. */

#include <errno.h>
#include <pthread.h>

#include "services.h"

#define WEB "10.1.0.100"
#define DNS "10.1.0.101"

/* Servers of "web": weights 4, 3, 2. */
static const struct lb_svc_server_spec *
web_servers(void)
{
	static struct lb_svc_server_spec servers[3];
	static const char *const addrs[] = { "10.2.0.21", "10.2.0.22", "10.2.0.23" };

	for (uint32_t i = 0; i < 3; i++)
		servers[i] = (struct lb_svc_server_spec){
			.at = endpoint(addrs[i], 80),
			.weight = 4 - i,
		};
	return servers;
}

static void
unchanged_service_stays_the_same_object(void)
{
	struct lb_svc_server_spec servers[3];
	const struct lb_svc *web, *dns;
	struct lb_svc_spec specs[2];
	struct services services;

	memcpy(servers, web_servers(), sizeof(servers));
	specs[0] = service("web", WEB, "wrr", servers, 3);
	specs[1] = service("dns", DNS, "rr", NULL, 0);
	services_begin(&services);
	services_apply(&services, specs, 2);
	web = services_find(&services, WEB);
	dns = services_find(&services, DNS);
	servers[1].weight = 9;
	services_apply(&services, specs, 2);
	CU_ASSERT_PTR_EQUAL(services_find(&services, DNS), dns);
	CU_ASSERT_PTR_NOT_EQUAL(services_find(&services, WEB), web);
	CU_ASSERT_EQUAL(services_find(&services, WEB)->servers[1].weight, 9);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 2);
	CU_ASSERT_EQUAL(web->servers[1].weight, 3); /* the worker may still look at it */
	services_pass();
	CU_ASSERT_PTR_EQUAL(services_find(&services, DNS), dns);
	services_end(&services);
}

static void
any_change_makes_a_new_object(void)
{
	const struct lb_svc_spec same = service("web", WEB, "wrr", web_servers(), 3);
	struct lb_svc_server_spec other[3][3];
	struct lb_svc_spec specs[9];
	struct services services;

	services_begin(&services);
	for (size_t i = 0; i < RTE_DIM(specs); i++)
		specs[i] = same;
	specs[0].servers = memcpy(other[0], same.servers, sizeof(other[0]));
	other[0][0].method = 1;
	specs[1].servers = memcpy(other[1], same.servers, sizeof(other[1]));
	other[1][1].one_way = true;
	specs[2].timeout_class = 1;
	specs[3].sched = lb_sched_find(lb_sched_table, "rr");
	specs[4].n = 2;
	specs[5].protocol = IPPROTO_UDP;
	specs[6].at.port = rte_cpu_to_be_16(81);
	specs[7].servers = memcpy(other[2], same.servers, sizeof(other[2]));
	other[2][2].hop = 1;
	specs[8].servers = (const struct lb_svc_server_spec[]){ same.servers[1], same.servers[0],
		same.servers[2] };
	for (size_t i = 0; i < RTE_DIM(specs); i++) {
		const struct lb_svc *svc;

		services_apply(&services, &same, 1);
		svc = services_find(&services, WEB);
		CU_ASSERT_PTR_NOT_NULL_FATAL(svc);
		services_apply(&services, &same, 1);
		CU_ASSERT_PTR_EQUAL(services_find(&services, WEB), svc);
		services_apply(&services, &specs[i], 1);
		CU_ASSERT_PTR_NOT_EQUAL(services_find(&services, WEB), svc);
		services_pass();
	}
	services_end(&services);
}

/* When a server is back: before the grace period has passed, after it, while a sweep runs. */
enum comeback {
	BACK_AT_ONCE,
	BACK_AFTER_GRACE,
	BACK_DURING_SWEEP,
};

static void
check_comeback(enum comeback when)
{
	static uint64_t used[LB_SCHED_SLOTS / 64];
	struct lb_svc_spec spec = service("web", WEB, "wrr", web_servers(), 3);
	struct services services;
	uint32_t slot;

	services_begin(&services);
	services_apply(&services, &spec, 1);
	slot = services_find(&services, WEB)->servers[2].slot;
	lb_slots_worker(services.slots, 0)->own[slot].conns = 5;
	spec.n = 2;
	services_apply(&services, &spec, 1);
	CU_ASSERT_PTR_NULL(lb_svc_server_of(services_find(&services, WEB), slot));
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	if (when != BACK_AT_ONCE) {
		services_pass();
		CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 1);
	}
	if (when == BACK_DURING_SWEEP)
		CU_ASSERT_EQUAL(lb_slots_sweep_begin(services.slots), 1);
	spec.n = 3;
	services_apply(&services, &spec, 1);
	services_pass();
	if (when == BACK_DURING_SWEEP)
		CU_ASSERT_EQUAL(lb_slots_sweep_end(services.slots, used), 0);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	CU_ASSERT_EQUAL(services_find(&services, WEB)->servers[2].slot, slot);
	CU_ASSERT_PTR_NOT_NULL(lb_svc_server_of(services_find(&services, WEB), slot));
	CU_ASSERT_EQUAL(lb_slots_stats(services.slots, slot).conns, 5);
	services_end(&services);
}

static void
server_that_comes_back_has_its_slot_and_counters(void)
{
	check_comeback(BACK_AT_ONCE);
	check_comeback(BACK_AFTER_GRACE);
	check_comeback(BACK_DURING_SWEEP);
}

static void
servers_of_a_removed_service_are_retired_after_grace(void)
{
	struct lb_svc_spec spec = service("web", WEB, "wrr", web_servers(), 3);
	struct services services;

	services_begin(&services);
	services_apply(&services, &spec, 1);
	services_apply(&services, NULL, 0);
	CU_ASSERT_PTR_NULL(services_find(&services, WEB));
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	services_pass();
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 3);
	services_end(&services);
}

static void
refused_version_leaves_retired_servers_retired(void)
{
	struct lb_svc_spec specs[2];
	struct services services;

	services_begin(&services);
	specs[0] = specs[1] = service("web", WEB, "wrr", web_servers(), 3);
	services_apply(&services, specs, 1);
	specs[0].n = 1;
	services_apply(&services, specs, 1);
	services_pass();
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 2);
	specs[0].n = 3;
	CU_ASSERT_NOT_EQUAL(lb_svc_apply(services.set, specs, 2, NULL), 0);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 2);
	services_end(&services);
}

static void
scheduler_goes_on_in_its_cycle_over_edits(void)
{
	struct lb_svc_server_spec servers[3];
	struct lb_svc_spec specs[2];
	struct services services;
	char text[16];

	memcpy(servers, web_servers(), sizeof(servers));
	specs[0] = service("web", WEB, "wrr", servers, 3);
	specs[1] = service("dns", DNS, "rr", NULL, 0);
	services_begin(&services);
	services_apply(&services, specs, 1);
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 2, text), "AA");
	services_apply(&services, specs, 2);
	services_pass();
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 2, text), "BA");
	servers[2].hop = 7;
	services_apply(&services, specs, 2);
	services_pass();
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 5, text), "BCABC");
	services_end(&services);
}

static void
other_scheduler_and_new_service_start_afresh(void)
{
	struct lb_svc_spec spec = service("web", WEB, "wrr", web_servers(), 3);
	struct services services;
	char text[16];

	services_begin(&services);
	services_apply(&services, &spec, 1);
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 4, text), "AABA");
	spec.sched = lb_sched_find(lb_sched_table, "rr");
	services_apply(&services, &spec, 1);
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 4, text), "ABCA");
	spec.sched = lb_sched_find(lb_sched_table, "wrr");
	services_apply(&services, &spec, 1);
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 4, text), "AABA");
	services_apply(&services, NULL, 0);
	services_apply(&services, &spec, 1);
	services_pass();
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 9, text), "AABABCABC");
	services_end(&services);
}

/* A scheduler that takes any options and counts how often it is built. */
static unsigned int builds;

static void *
any_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	(void)dests, (void)n, (void)options, (void)version, (void)err;
	builds++;
	return malloc(1);
}

static size_t
any_local_size(const void *state)
{
	(void)state;
	return sizeof(struct lb_sched_local);
}

static void
changed_option_builds_the_scheduler_anew(void)
{
	static const struct lb_sched_ops any = {
		.name = "any",
		.build = any_build,
		.local_size = any_local_size,
		.destroy = free,
	};
	char key[] = "key", text[] = "secret";
	struct lb_sched_option list[] = {
		{ .name = key, .type = LB_SCHED_OPTION_STRING, .text = text },
		{ .name = "size", .type = LB_SCHED_OPTION_INT, .number = 4093 },
	};
	struct lb_svc_spec spec = service("web", WEB, "rr", web_servers(), 3);
	struct services services;

	services_begin(&services);
	builds = 0;
	spec.sched = &any;
	spec.options = (struct lb_sched_options){ .n = 2, .list = list };
	for (int i = 0; i < 3; i++)
		services_apply(&services, &spec, 1);
	CU_ASSERT_EQUAL(builds, 1);
	text[0] = 'S';
	services_apply(&services, &spec, 1);
	CU_ASSERT_EQUAL(builds, 2);
	list[1].number = 251;
	services_apply(&services, &spec, 1);
	CU_ASSERT_EQUAL(builds, 3);
	key[0] = 'K';
	services_apply(&services, &spec, 1);
	CU_ASSERT_EQUAL(builds, 4);
	list[1].type = LB_SCHED_OPTION_BOOL;
	services_apply(&services, &spec, 1);
	CU_ASSERT_EQUAL(builds, 5);
	spec.options.n = 1;
	services_apply(&services, &spec, 1);
	services_apply(&services, &spec, 1);
	CU_ASSERT_EQUAL(builds, 6);
	services_end(&services);
}

static void
one_service_is_changed_without_a_new_version(void)
{
	struct lb_svc_server_spec servers[3];
	const struct lb_svc *web, *dns;
	const struct lb_svc_root *root;
	struct lb_svc_spec specs[2];
	struct services services;
	char text[16];

	memcpy(servers, web_servers(), sizeof(servers));
	specs[0] = service("web", WEB, "wrr", servers, 3);
	specs[1] = service("dns", DNS, "rr", NULL, 0);
	services_begin(&services);
	services_apply(&services, specs, 2);
	root = lb_svc_root(services.set);
	web = services_find(&services, WEB);
	dns = services_find(&services, DNS);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, web, 4, text), "AABA");
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &specs[0], &services.err), 0);
	CU_ASSERT_PTR_EQUAL(services_find(&services, WEB), web);
	servers[0].weight = 0;
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &specs[0], &services.err), 0);
	CU_ASSERT_PTR_EQUAL(lb_svc_root(services.set), root);
	CU_ASSERT_PTR_EQUAL(services_find(&services, DNS), dns);
	CU_ASSERT_PTR_NOT_EQUAL(services_find(&services, WEB), web);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 1);
	CU_ASSERT_EQUAL(web->servers[0].weight, 4); /* the worker may still look at it */
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	services_pass();
	CU_ASSERT_STRING_EQUAL(
		services_pick(&services, services_find(&services, WEB), 5, text), "BCBCB");
	services_end(&services);
}

/* An older root still has the object that was changed, and the next one takes the changed one. */
static void
changed_service_lives_on_in_the_next_version(void)
{
	struct lb_svc_server_spec servers[3];
	struct lb_svc_spec specs[2];
	struct services services;
	const struct lb_svc *web;
	uint32_t slot;

	memcpy(servers, web_servers(), sizeof(servers));
	specs[0] = service("web", WEB, "wrr", servers, 3);
	specs[1] = service("dns", DNS, "rr", NULL, 0);
	services_begin(&services);
	services_apply(&services, specs, 1);
	services_apply(&services, specs, 2);
	slot = services_find(&services, WEB)->servers[2].slot;
	specs[0].n = 2;
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &specs[0], &services.err), 0);
	web = services_find(&services, WEB);
	services_apply(&services, specs, 1);
	CU_ASSERT_PTR_EQUAL(services_find(&services, WEB), web);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 3);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	services_pass();
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 1);
	CU_ASSERT_PTR_NULL(lb_svc_server_of(web, slot));
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 3);
	services_end(&services);
}

static void
change_that_is_refused_changes_nothing(void)
{
	struct lb_svc_server_spec servers[3];
	struct lb_svc_spec spec = service("web", WEB, "wrr", servers, 3);
	struct lb_svc_spec other = service("mail", WEB, "wrr", servers, 3);
	struct services services;
	const struct lb_svc *web;

	memcpy(servers, web_servers(), sizeof(servers));
	services_begin(&services);
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &spec, &services.err), -ENOENT);
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &spec, NULL), -ENOENT);
	services_apply(&services, &spec, 1);
	web = services_find(&services, WEB);
	memset(&services.err, 0, sizeof(services.err));
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &other, &services.err), -ENOENT);
	CU_ASSERT_STRING_EQUAL(
		services.err.text, "service \"mail\": there is none; look at the present services");
	servers[1] = servers[0];
	memset(&services.err, 0, sizeof(services.err));
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &spec, &services.err), -EEXIST);
	CU_ASSERT_PTR_EQUAL(services_find(&services, WEB), web);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	services_end(&services);
}

static void
set_may_go_before_what_waits_for_it(void)
{
	struct lb_svc_spec spec = service("web", WEB, "wrr", web_servers(), 3);
	struct services services;

	services_begin(&services);
	for (int i = 0; i < 3; i++) {
		spec.timeout_class++;
		services_apply(&services, &spec, 1);
		spec.timeout_class++;
		CU_ASSERT_EQUAL(lb_svc_change(services.set, &spec, &services.err), 0);
	}
	lb_rcu_offline(0);
	lb_svc_destroy(services.set);
	lb_svc_destroy(NULL);
	lb_slots_destroy(services.slots);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	lb_rcu_fini();
}

/* A worker of its own thread: looks up, picks, and looks for the slot of its last pick. */
struct reader {
	const struct services *services;
	atomic_bool stop;
	_Atomic uint64_t walks;
	uint64_t wrong;
};

static void
reader_walk(struct reader *reader, uint32_t *slot)
{
	const struct lb_svc *svc = services_find(reader->services, WEB);
	const struct lb_sched_flow flow = {
		.closed = lb_slots_worker(reader->services->slots, 1)->closed,
	};
	const struct lb_svc_server *server;

	if (svc == NULL)
		return;
	server = lb_svc_pick(svc, lb_slots_worker(reader->services->slots, 1), &flow);
	if (server == NULL || lb_svc_server_of(svc, server->slot) != server) {
		reader->wrong++;
		return;
	}
	if (lb_svc_server_of(svc, *slot) != NULL && *slot > 2)
		reader->wrong++;
	*slot = server->slot;
}

static void *
reader_run(void *arg)
{
	struct reader *reader = arg;
	uint32_t slot = LB_SLOT_NONE;

	lb_rcu_online(1);
	while (!atomic_load(&reader->stop)) {
		for (int i = 0; i < 32; i++)
			reader_walk(reader, &slot);
		reader->walks++;
		lb_rcu_quiescent(1);
	}
	lb_rcu_offline(1);
	return NULL;
}

static void
worker_never_sees_half_a_version(void)
{
	struct lb_svc_spec specs[2];
	struct reader reader = { 0 };
	struct services services;
	pthread_t thread;

	specs[0] = service("dns", DNS, "rr", NULL, 0);
	specs[1] = service("web", WEB, "wrr", web_servers(), 3);
	services_begin(&services);
	services_apply(&services, specs, 2);
	reader.services = &services;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, reader_run, &reader), 0);
	for (int i = 0; i < 3000 || atomic_load(&reader.walks) < 1000; i++) {
		specs[1].n = 1 + (size_t)rand() % 3;
		services_apply(&services, specs, i % 7 == 0 ? 1 : 2);
		specs[1].n = 1 + (size_t)rand() % 3;
		if (i % 7 != 0)
			lb_svc_change(services.set, &specs[1], &services.err);
		lb_rcu_quiescent(0);
		lb_rcu_poll();
	}
	atomic_store(&reader.stop, true);
	pthread_join(thread, NULL);
	services_pass();
	CU_ASSERT_EQUAL(reader.wrong, 0);
	services_end(&services);
}

static const struct unit_test tests[] = {
	UNIT_TEST(unchanged_service_stays_the_same_object),
	UNIT_TEST(any_change_makes_a_new_object),
	UNIT_TEST(server_that_comes_back_has_its_slot_and_counters),
	UNIT_TEST(servers_of_a_removed_service_are_retired_after_grace),
	UNIT_TEST(refused_version_leaves_retired_servers_retired),
	UNIT_TEST(scheduler_goes_on_in_its_cycle_over_edits),
	UNIT_TEST(other_scheduler_and_new_service_start_afresh),
	UNIT_TEST(changed_option_builds_the_scheduler_anew),
	UNIT_TEST(one_service_is_changed_without_a_new_version),
	UNIT_TEST(changed_service_lives_on_in_the_next_version),
	UNIT_TEST(change_that_is_refused_changes_nothing),
	UNIT_TEST(set_may_go_before_what_waits_for_it),
	UNIT_TEST(worker_never_sees_half_a_version),
	UNIT_END,
};

const struct unit_suite unit_svc_versions = { "versions", tests };
