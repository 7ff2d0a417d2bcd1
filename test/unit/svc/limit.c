/* Limits: when a server is full, when it opens again, and who hears of it. */

#include "services.h"

#define WEB "10.1.0.100"

static const struct lb_slot_limit ten = { .upper = 10, .reopen = 8 };

static struct lb_slots *
create(uint32_t workers)
{
	struct lb_slots *slots = lb_slots_create(workers);

	CU_ASSERT_PTR_NOT_NULL_FATAL(slots);
	return slots;
}

/* Connections come until the slot is full; how many it has then. */
static uint32_t
fill(struct lb_slots *slots, uint32_t slot)
{
	while (!lb_slots_is_full(slots, slot))
		lb_slot_add(lb_slots_worker(slots, 0), slot, 1, 0);
	return lb_slots_load(slots, slot).active;
}

/* Connections end until it is open; how many are left. */
static uint32_t
empty(struct lb_slots *slots, uint32_t slot)
{
	while (lb_slots_is_full(slots, slot))
		lb_slot_add(lb_slots_worker(slots, 0), slot, -1, 0);
	return lb_slots_load(slots, slot).active;
}

static void
server_is_full_at_upper_and_opens_below_lower(void)
{
	static const struct {
		uint32_t upper, lower, opens;
	} rows[] = { { 10, 0, 7 }, { 10, 4, 3 }, { 5, 0, 3 }, { 1, 0, 0 }, { 2, 1, 0 }, { 4, 0, 2 },
		{ 1000, 999, 998 } };
	struct lb_slots *slots = create(1);

	for (uint32_t i = 0; i < RTE_DIM(rows); i++) {
		lb_slots_set_limits(slots, i, rows[i].upper, rows[i].lower);
		for (int again = 0; again < 2; again++) {
			CU_ASSERT_EQUAL(fill(slots, i), rows[i].upper);
			CU_ASSERT_EQUAL(empty(slots, i), rows[i].opens);
		}
	}
	lb_slots_destroy(slots);
}

static void
without_a_lower_limit_three_quarters_open_it(void)
{
	struct lb_slots *slots = create(1);

	for (uint32_t upper = 1; upper < 300; upper++) {
		uint32_t left;

		lb_slots_set_limits(slots, upper, upper, 0);
		fill(slots, upper);
		left = empty(slots, upper);
		CU_ASSERT_TRUE(4 * left < 3 * upper);
		CU_ASSERT_FALSE(4 * (left + 1) < 3 * upper);
	}
	lb_slots_destroy(slots);
}

static void
between_the_limits_it_stays_as_it_was(void)
{
	CU_ASSERT_FALSE(lb_slot_limit_full(ten, 7, true));
	CU_ASSERT_TRUE(lb_slot_limit_full(ten, 8, true));
	CU_ASSERT_FALSE(lb_slot_limit_full(ten, 8, false));
	CU_ASSERT_FALSE(lb_slot_limit_full(ten, 9, false));
	CU_ASSERT_TRUE(lb_slot_limit_full(ten, 10, false));
	CU_ASSERT_TRUE(lb_slot_limit_full(ten, UINT32_MAX, false));
	CU_ASSERT_FALSE(lb_slot_limit_full((struct lb_slot_limit){ .upper = 0 }, UINT32_MAX, true));
}

static void
inactive_connections_count_too(void)
{
	struct lb_slots *slots = create(1);
	struct lb_slot_worker *worker = lb_slots_worker(slots, 0);

	lb_slots_set_limits(slots, 3, 3, 0);
	lb_slot_add(worker, 3, 1, 0);
	lb_slot_add(worker, 3, 0, 1);
	CU_ASSERT_FALSE(lb_slots_is_full(slots, 3));
	lb_slot_add(worker, 3, 0, 1);
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slot_add(worker, 3, -1, 1);
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slots_destroy(slots);
}

/* Both see their own at once, and the other's when it has moved them. */
static void
connections_of_all_workers_count(void)
{
	struct lb_slots *slots = create(2);
	struct lb_slot_worker *one = lb_slots_worker(slots, 0), *two = lb_slots_worker(slots, 1);

	lb_slots_set_limits(slots, 3, 4, 2);
	lb_slot_add(one, 3, 2, 0);
	lb_slot_add(two, 3, 2, 0);
	CU_ASSERT_FALSE(lb_slots_is_full(slots, 3));
	lb_slot_flush(one);
	CU_ASSERT_FALSE(lb_slots_is_full(slots, 3));
	lb_slot_flush(two);
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slot_add(one, 3, -2, 0);
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slot_add(two, 3, -1, 0);
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slot_flush(two);
	lb_slot_flush(one);
	CU_ASSERT_FALSE(lb_slots_is_full(slots, 3));
	lb_slots_destroy(slots);
}

static void
edit_is_in_force_at_once(void)
{
	struct lb_slots *slots = create(2);

	lb_slot_add(lb_slots_worker(slots, 0), 3, 5, 0);
	lb_slot_flush(lb_slots_worker(slots, 0));
	lb_slot_add(lb_slots_worker(slots, 1), 3, 0, 4);
	lb_slots_set_limits(slots, 3, 10, 0);
	CU_ASSERT_FALSE(lb_slots_is_full(slots, 3));
	lb_slots_set_limits(slots, 3, 9, 0);
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slots_set_limits(slots, 3, 10, 0); /* 9 are not below 8 */
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slots_set_limits(slots, 3, 13, 0);
	CU_ASSERT_FALSE(lb_slots_is_full(slots, 3));
	lb_slots_set_limits(slots, 3, 1, 0);
	CU_ASSERT_TRUE(lb_slots_is_full(slots, 3));
	lb_slots_set_limits(slots, 3, 0, 0);
	CU_ASSERT_FALSE(lb_slots_is_full(slots, 3));
	lb_slots_destroy(slots);
}

static void
down_and_full_are_two_reasons(void)
{
	struct lb_slots *slots = create(1);
	struct lb_slot_worker *worker = lb_slots_worker(slots, 0);
	const struct lb_sched_flow flow = { .closed = worker->closed };

	for (uint32_t slot = 31; slot <= 32; slot++) {
		lb_slots_set_limits(slots, slot, 1, 0);
		lb_slots_set_closed(slots, slot, 1);
		lb_slot_add(worker, slot, 1, 0);
		lb_slots_set_closed(slots, slot, 0);
		CU_ASSERT_TRUE(lb_sched_is_closed(&flow, slot));
		lb_slots_set_closed(slots, slot, 1);
		lb_slot_add(worker, slot, -1, 0);
		CU_ASSERT_FALSE(lb_slots_is_full(slots, slot));
		CU_ASSERT_TRUE(lb_sched_is_closed(&flow, slot));
		lb_slots_set_closed(slots, slot, 0);
		CU_ASSERT_FALSE(lb_sched_is_closed(&flow, slot));
	}
	CU_ASSERT_FALSE(lb_sched_is_closed(&flow, 30));
	CU_ASSERT_FALSE(lb_sched_is_closed(&flow, 33));
	lb_slots_destroy(slots);
}

static struct lb_svc_server_spec
server(const char *addr, uint32_t weight, uint32_t upper, uint32_t lower)
{
	return (struct lb_svc_server_spec){
		.at = endpoint(addr, 80),
		.weight = weight,
		.upper = upper,
		.lower = lower,
	};
}

/* fo would send all to the heaviest, which a tree of servers has at its top. */
static void
scheduler_hears_of_a_server_that_is_full(void)
{
	const struct lb_svc_server_spec servers[] = {
		server("10.2.0.21", 9, 2, 0),
		server("10.2.0.22", 1, 0, 0),
	};
	struct lb_svc_spec web = service("web", WEB, "fo", servers, 2);
	struct services services;
	uint32_t slot;

	services_begin(&services);
	services_apply(&services, &web, 1);
	slot = lb_slots_lookup(services.slots, "web", &servers[0].at);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	CU_ASSERT_EQUAL(services_pick_at(&services, 1, 0, WEB), '1');
	lb_slot_add(lb_slots_worker(services.slots, 0), slot, 2, 0);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '2');
	CU_ASSERT_EQUAL(services_pick_at(&services, 1, 0, WEB), '2');
	lb_slot_add(lb_slots_worker(services.slots, 0), slot, -1, 0);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	lb_slot_flush(lb_slots_worker(services.slots, 0));
	CU_ASSERT_EQUAL(services_pick_at(&services, 1, 1500, WEB), '1');
	services_end(&services);
}

/* The second sees in its flush what brings the server over the line, and tells its own tree. */
static void
worker_whose_flush_fills_a_server_knows(void)
{
	const struct lb_svc_server_spec servers[] = {
		server("10.2.0.21", 9, 2, 0),
		server("10.2.0.22", 1, 0, 0),
	};
	struct lb_svc_spec web = service("web", WEB, "fo", servers, 2);
	struct services services;
	uint32_t slot;

	services_begin(&services);
	services_apply(&services, &web, 1);
	slot = lb_slots_lookup(services.slots, "web", &servers[0].at);
	for (uint32_t w = 0; w < 2; w++) {
		CU_ASSERT_EQUAL(services_pick_at(&services, w, 0, WEB), '1');
		lb_slot_add(lb_slots_worker(services.slots, w), slot, 1, 0);
		CU_ASSERT_EQUAL(services_pick_at(&services, w, 0, WEB), '1');
	}
	lb_slot_flush(lb_slots_worker(services.slots, 0));
	lb_slot_flush(lb_slots_worker(services.slots, 1));
	for (uint32_t w = 0; w < 2; w++)
		CU_ASSERT_EQUAL(services_pick_at(&services, w, 0, WEB), '2');
	lb_slot_add(lb_slots_worker(services.slots, 0), slot, -1, 0);
	CU_ASSERT_EQUAL(services_pick_at(&services, 0, 0, WEB), '1');
	services_end(&services);
}

static void
limits_are_no_part_of_a_version(void)
{
	struct lb_svc_server_spec servers[] = {
		server("10.2.0.21", 1, 2, 0),
		server("10.2.0.22", 1, 0, 0),
	};
	struct lb_svc_spec web = service("web", WEB, "rr", servers, 2);
	const struct lb_svc *svc;
	struct services services;
	uint32_t slot;
	char text[5];

	services_begin(&services);
	services_apply(&services, &web, 1);
	svc = services_find(&services, WEB);
	slot = svc->servers[0].slot;
	lb_slot_add(lb_slots_worker(services.slots, 0), slot, 1, 0);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 4, text), "ABAB");
	servers[0].upper = 1;
	services_apply(&services, &web, 1);
	CU_ASSERT_PTR_EQUAL(services_find(&services, WEB), svc);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 4, text), "BBBB");
	servers[0].upper = 0;
	services_apply(&services, &web, 1);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 4, text), "ABAB");
	servers[0].upper = 1; /* and by a change of this service alone */
	CU_ASSERT_EQUAL(lb_svc_change(services.set, &web, &services.err), 0);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 4, text), "BBBB");
	services_pass();
	services_end(&services);
}

static const struct unit_test tests[] = {
	UNIT_TEST(server_is_full_at_upper_and_opens_below_lower),
	UNIT_TEST(without_a_lower_limit_three_quarters_open_it),
	UNIT_TEST(between_the_limits_it_stays_as_it_was),
	UNIT_TEST(inactive_connections_count_too),
	UNIT_TEST(connections_of_all_workers_count),
	UNIT_TEST(edit_is_in_force_at_once),
	UNIT_TEST(down_and_full_are_two_reasons),
	UNIT_TEST(scheduler_hears_of_a_server_that_is_full),
	UNIT_TEST(worker_whose_flush_fills_a_server_knows),
	UNIT_TEST(limits_are_no_part_of_a_version),
	UNIT_END,
};

const struct unit_suite unit_svc_limit = { "limit", tests };
