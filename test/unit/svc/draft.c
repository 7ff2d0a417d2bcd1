/* What a slow scheduler has built beforehand is used as it is, with the slots of the service. */

#include <errno.h>

#include "services.h"

#define WEB "10.1.0.100"

static const struct lb_svc_server_spec *
some_servers(void)
{
	static struct lb_svc_server_spec servers[3];
	static const char *const addrs[] = { "10.2.0.21", "10.2.0.22", "10.2.0.23" };

	for (uint32_t i = 0; i < 3; i++)
		servers[i] = (struct lb_svc_server_spec){
			.at = endpoint(addrs[i], 80),
			.weight = 1 + i,
		};
	return servers;
}

static void
draft_becomes_the_state_of_the_service(void)
{
	struct lb_svc_spec web = service("web", WEB, "mh", some_servers(), 3);
	struct lb_svc_draft draft = { 0 };
	const struct lb_svc *svc;
	struct services services;
	struct lb_endpoint other = endpoint("10.9.9.9", 9);
	const void *state;
	char text[2];

	services_begin(&services);
	CU_ASSERT_EQUAL(lb_slots_take(services.slots, "other", &other), 0); /* slots from 1 on */
	CU_ASSERT_EQUAL_FATAL(lb_svc_draft_build(&draft, &web, &services.err), 0);
	state = draft.state;
	CU_ASSERT_PTR_NOT_NULL(state);
	web.draft = &draft;
	services_apply(&services, &web, 1);
	CU_ASSERT_PTR_NULL(draft.state);
	svc = services_find(&services, WEB);
	CU_ASSERT_PTR_EQUAL(svc->state, state);
	for (uint32_t i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(svc->dests[i].slot, 1 + i);
		CU_ASSERT_EQUAL(svc->servers[i].slot, 1 + i);
		CU_ASSERT_EQUAL(svc->dests[i].weight, 1 + i);
	}
	lb_slots_set_closed(services.slots, 1, true);
	lb_slots_set_closed(services.slots, 3, true);
	CU_ASSERT_STRING_EQUAL(services_pick(&services, svc, 1, text), "B");
	lb_svc_draft_free(&draft);
	services_end(&services);
}

static void
draft_of_an_unchanged_service_is_left_to_the_caller(void)
{
	struct lb_svc_spec web = service("web", WEB, "mh", some_servers(), 3);
	struct lb_svc_draft draft = { 0 };
	const struct lb_svc *svc;
	struct services services;

	services_begin(&services);
	services_apply(&services, &web, 1);
	svc = services_find(&services, WEB);
	CU_ASSERT_EQUAL_FATAL(lb_svc_draft_build(&draft, &web, &services.err), 0);
	web.draft = &draft;
	services_apply(&services, &web, 1);
	CU_ASSERT_PTR_EQUAL(services_find(&services, WEB), svc);
	CU_ASSERT_PTR_NOT_NULL(draft.state);
	lb_svc_draft_free(&draft);
	CU_ASSERT_PTR_NULL(draft.state);
	services_end(&services);
}

static void
what_the_scheduler_refuses_makes_no_draft(void)
{
	static const struct lb_sched_option size = {
		.name = "size",
		.type = LB_SCHED_OPTION_INT,
		.number = 8,
	};
	struct lb_svc_spec web = service("web", WEB, "mh", some_servers(), 3);
	struct lb_svc_draft draft = { 0 };
	struct lb_error err = { 0 };

	web.options = (struct lb_sched_options){ .n = 1, .list = &size };
	CU_ASSERT_EQUAL(lb_svc_draft_build(&draft, &web, &err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(
		err.text, "service \"web\": scheduler \"mh\": size 8 is not prime; use 7 or 11");
	CU_ASSERT_PTR_NULL(draft.state);
	CU_ASSERT_PTR_NULL(draft.dests);
}

static const struct unit_test tests[] = {
	UNIT_TEST(draft_becomes_the_state_of_the_service),
	UNIT_TEST(draft_of_an_unchanged_service_is_left_to_the_caller),
	UNIT_TEST(what_the_scheduler_refuses_makes_no_draft),
	UNIT_END,
};

const struct unit_suite unit_svc_draft = { "draft", tests };
