/* A version that is made in pieces: nobody sees anything of it before it is published. */

#include "services.h"

#define WEB "10.1.0.100"
#define NEW "10.1.0.102"

static struct services services;
static struct lb_svc_server_spec servers[2];
static struct lb_svc_spec web, new;

/* One service, with one server of two. */
static void
begin(void)
{
	servers[0] = (struct lb_svc_server_spec){ .at = endpoint("10.2.0.21", 80), .weight = 1 };
	servers[1] = (struct lb_svc_server_spec){ .at = endpoint("10.2.0.22", 80), .weight = 1 };
	web = service("web", WEB, "rr", servers, 1);
	new = service("new", NEW, "rr", &servers[1], 1);
	services_begin(&services);
	services_apply(&services, &web, 1);
}

static struct lb_svc_next *
two_services(void)
{
	struct lb_svc_size size = { .services = 2, .servers = 2 };
	struct lb_svc_next *next = lb_svc_next_create(services.set, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(next);
	CU_ASSERT_EQUAL(lb_svc_next_add(next, &web, &services.err), 0);
	CU_ASSERT_EQUAL(lb_svc_next_add(next, &new, &services.err), 0);
	return next;
}

static uint32_t
slot_of_new(void)
{
	return lb_slots_lookup(services.slots, "new", &servers[1].at);
}

static void
it_is_seen_when_it_is_published(void)
{
	const struct lb_svc *before;
	struct lb_svc_next *next;

	begin();
	before = services_find(&services, WEB);
	next = two_services();
	CU_ASSERT_PTR_NULL(services_find(&services, NEW));
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 1);
	lb_svc_next_publish(next);
	CU_ASSERT_PTR_NOT_NULL(services_find(&services, NEW));
	CU_ASSERT_PTR_EQUAL(services_find(&services, WEB), before);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 2);
	CU_ASSERT_FALSE(lb_svc_next_settle(next, 100));
	lb_svc_next_destroy(next);
	services_pass();
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	services_end(&services);
}

static void
one_that_is_given_up_leaves_no_trace(void)
{
	struct lb_svc_next *next;

	begin();
	next = two_services();
	CU_ASSERT_NOT_EQUAL(slot_of_new(), LB_SLOT_NONE);
	lb_svc_next_destroy(next);
	services_pass();
	CU_ASSERT_EQUAL(slot_of_new(), LB_SLOT_NONE);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0);
	CU_ASSERT_PTR_NOT_NULL(services_find(&services, WEB));
	CU_ASSERT_PTR_NULL(services_find(&services, NEW));
	services_end(&services);
}

static void
one_with_an_error_is_given_up(void)
{
	struct lb_svc_next *next;

	begin();
	next = two_services();
	new.name = "other";
	CU_ASSERT_EQUAL(lb_svc_next_add(next, &new, &services.err), -EEXIST);
	lb_svc_next_destroy(next);
	services_pass();
	CU_ASSERT_EQUAL(slot_of_new(), LB_SLOT_NONE);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 1);
	services_end(&services);
}

/* One that is given up has not touched those that are in force. */
static void
limits_come_after_the_version_so_many_at_once(void)
{
	struct lb_svc_next *next;
	uint32_t slot;

	begin();
	slot = lb_slots_lookup(services.slots, "web", &servers[0].at);
	servers[0].upper = servers[1].upper = 7;
	next = two_services();
	lb_svc_next_destroy(next);
	CU_ASSERT_FALSE(lb_slots_has_limits(services.slots, slot, 7, 0));
	next = two_services();
	lb_svc_next_publish(next);
	CU_ASSERT_TRUE(lb_svc_next_settle(next, 1));
	CU_ASSERT_TRUE(lb_slots_has_limits(services.slots, slot, 7, 0));
	CU_ASSERT_FALSE(lb_slots_has_limits(services.slots, slot_of_new(), 7, 0));
	CU_ASSERT_FALSE(lb_svc_next_settle(next, 1));
	CU_ASSERT_TRUE(lb_slots_has_limits(services.slots, slot_of_new(), 7, 0));
	lb_svc_next_destroy(next);
	services_end(&services);
}

static const struct unit_test tests[] = {
	UNIT_TEST(it_is_seen_when_it_is_published),
	UNIT_TEST(one_that_is_given_up_leaves_no_trace),
	UNIT_TEST(one_with_an_error_is_given_up),
	UNIT_TEST(limits_come_after_the_version_so_many_at_once),
	UNIT_END,
};

const struct unit_suite unit_svc_next = { "next", tests };
