/* Schedulers hear of loads: of own flows before the next pick, of others' once a millisecond. */

#include "services.h"

#define WEB "10.1.0.100"
#define DNS "10.1.0.101"

/* Servers of weight 1 at 10.2.0.21 and so on. */
static const struct lb_svc_server_spec *
some_servers(void)
{
	static struct lb_svc_server_spec servers[4];
	static const char *const addrs[] = { "10.2.0.21", "10.2.0.22", "10.2.0.23", "10.2.0.24" };

	for (uint32_t i = 0; i < 4; i++)
		servers[i] = (struct lb_svc_server_spec){
			.at = endpoint(addrs[i], 80),
			.weight = 1,
		};
	return servers;
}

static void
add(const struct services *services, uint32_t number, uint32_t slot, int32_t active)
{
	lb_slot_add(lb_slots_worker(services->slots, number), slot, active, 0);
}

/* The slot of a server by its last digit. */
static uint32_t
slot_of(const struct services *services, const char *service, char digit)
{
	return lb_slots_lookup(services->slots, service, &some_servers()[digit - '1'].at);
}

static void
begin_web(struct services *services, size_t n)
{
	struct lb_svc_spec web = service("web", WEB, "lc", some_servers(), n);

	services_begin(services);
	services_apply(services, &web, 1);
}

static void
own_flows_are_seen_by_the_next_pick(void)
{
	struct services services;

	begin_web(&services, 3);
	for (int i = 0; i < 9; i++) {
		char digit = services_pick_at(&services, 0, 0, WEB);

		CU_ASSERT_EQUAL(digit, '1' + i % 3);
		add(&services, 0, slot_of(&services, "web", digit), 1);
	}
	add(&services, 0, slot_of(&services, "web", '2'), -1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '2');
	lb_slot_flush(lb_slots_worker(services.slots, 0));
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '2');
	services_end(&services);
}

static void
flows_of_others_are_seen_a_millisecond_after_the_last_look(void)
{
	struct services services;

	begin_web(&services, 2);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	add(&services, 1, slot_of(&services, "web", '1'), 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 1500, WEB), '1'); /* not flushed yet */
	lb_slot_flush(lb_slots_worker(services.slots, 1));
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 2400, WEB), '1');
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 2600, WEB), '2');
	lb_slots_set_closed(services.slots, slot_of(&services, "web", '2'), true);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 2600, WEB), '1');
	lb_slots_set_closed(services.slots, slot_of(&services, "web", '2'), false);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 2700, WEB), '1');
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 3700, WEB), '2');
	services_end(&services);
}

static void
each_worker_hears_of_its_own_flows(void)
{
	struct services services;

	begin_web(&services, 2);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	CU_ASSERT_EQUAL(services_pick_at(&services, 1, 0, WEB), '1');
	add(&services, 1, slot_of(&services, "web", '1'), 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	CU_ASSERT_EQUAL(services_pick_at(&services, 1, 0, WEB), '2');
	services_end(&services);
}

static void
changes_are_told_by_the_place_in_the_present_version(void)
{
	struct lb_svc_server_spec servers[4];
	struct lb_svc_spec web = service("web", WEB, "lc", servers, 3);
	struct services services;

	memcpy(servers, some_servers(), sizeof(servers));
	services_begin(&services);
	services_apply(&services, &web, 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	add(&services, 0, slot_of(&services, "web", '1'), 5);
	servers[0] = some_servers()[2]; /* now 3 2 1 */
	servers[2] = some_servers()[0];
	services_apply(&services, &web, 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '3');
	add(&services, 0, slot_of(&services, "web", '3'), 2);
	add(&services, 0, slot_of(&services, "web", '1'), -5);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '2');
	add(&services, 0, slot_of(&services, "web", '2'), 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	services_pass();
	services_end(&services);
}

static void
flows_of_a_removed_server_disturb_nobody(void)
{
	struct lb_svc_spec web = service("web", WEB, "lc", some_servers(), 4);
	struct services services;
	uint32_t gone;

	services_begin(&services);
	services_apply(&services, &web, 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	gone = slot_of(&services, "web", '4');
	add(&services, 0, gone, 3);
	web.n = 3; /* as many leaves as before: the same memory */
	services_apply(&services, &web, 1);
	add(&services, 0, gone, -1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	add(&services, 0, gone, -1);
	add(&services, 0, slot_of(&services, "web", '1'), 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '2');
	services_pass();
	services_end(&services);
}

/* What waits in the list of a service that is gone is told to the one that has the slot now. */
static void
slot_that_another_service_gets_is_told_to_that(void)
{
	struct lb_svc_spec web = service("web", WEB, "lc", some_servers(), 1);
	struct lb_svc_spec dns = service("dns", DNS, "lc", some_servers() + 1, 2);
	uint64_t *used = calloc(LB_SCHED_SLOTS / 64, sizeof(*used));
	struct services services;
	uint32_t slot;

	services_begin(&services);
	services_apply(&services, &web, 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	slot = slot_of(&services, "web", '1');
	add(&services, 0, slot, 1);
	add(&services, 0, slot, -1);
	services_apply(&services, &web, 0);
	services_pass();
	lb_slots_sweep_begin(services.slots);
	CU_ASSERT_EQUAL(lb_slots_sweep_end(services.slots, used), 1);
	services_apply(&services, &dns, 1);
	CU_ASSERT_EQUAL(slot_of(&services, "dns", '2'), slot);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, DNS), '2');
	add(&services, 0, slot, 1);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, DNS), '3');
	free(used);
	services_end(&services);
}

static void
numbers_of_watchers_are_used_again(void)
{
	struct lb_slots *slots = lb_slots_create(1);
	uint32_t first = lb_slots_watcher_take(slots), second = lb_slots_watcher_take(slots);

	CU_ASSERT_NOT_EQUAL(first, 0);
	CU_ASSERT_NOT_EQUAL(second, 0);
	CU_ASSERT_NOT_EQUAL(first, second);
	lb_slots_watcher_put(slots, first);
	lb_slots_watcher_put(slots, 0);
	CU_ASSERT_EQUAL(lb_slots_watcher_take(slots), first);
	for (uint32_t i = 2; i < LB_SCHED_SLOTS - 1; i++)
		CU_ASSERT_NOT_EQUAL_FATAL(lb_slots_watcher_take(slots), 0);
	CU_ASSERT_EQUAL(lb_slots_watcher_take(slots), 0);
	lb_slots_destroy(slots);
}

static const struct unit_test tests[] = {
	UNIT_TEST(own_flows_are_seen_by_the_next_pick),
	UNIT_TEST(flows_of_others_are_seen_a_millisecond_after_the_last_look),
	UNIT_TEST(each_worker_hears_of_its_own_flows),
	UNIT_TEST(changes_are_told_by_the_place_in_the_present_version),
	UNIT_TEST(flows_of_a_removed_server_disturb_nobody),
	UNIT_TEST(slot_that_another_service_gets_is_told_to_that),
	UNIT_TEST(numbers_of_watchers_are_used_again),
	UNIT_END,
};

const struct unit_suite unit_svc_watch = { "watch", tests };
