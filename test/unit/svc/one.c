/* One service changes in the published version: put, changed, moved, taken out. */

#include "services.h"

#define WEB "10.1.0.100"
#define DNS "10.1.0.101"
#define NEW "10.1.0.102"

static struct services services;
static uint32_t held[64]; /* pins by neighbour */

static void
get(void *arg, uint32_t hop)
{
	(void)arg;
	held[hop]++;
}

static void
put(void *arg, uint32_t hop)
{
	(void)arg;
	CU_ASSERT_TRUE(held[hop] > 0);
	held[hop]--;
}

static struct lb_svc_server_spec
server(const char *addr, uint32_t hop)
{
	return (struct lb_svc_server_spec){
		.at = endpoint(addr, 80),
		.weight = 1,
		.hop = hop,
	};
}

/* Two services with a server each, behind neighbours 1 and 2. */
static void
begin(void)
{
	static const struct lb_svc_hops hops = { get, put, NULL };
	struct lb_svc_server_spec servers[] = { server("10.2.0.21", 1), server("10.2.0.22", 2) };
	struct lb_svc_spec specs[] = {
		service("web", WEB, "rr", &servers[0], 1),
		service("dns", DNS, "rr", &servers[1], 1),
	};

	memset(held, 0, sizeof(held));
	services_begin(&services);
	lb_svc_set_hops(services.set, &hops);
	services_apply(&services, specs, 2);
}

static bool
has_server(const char *addr)
{
	return lb_svc_has_server4(lb_svc_root(services.set), endpoint(addr, 0).addr.ip4);
}

static const char *
name_at(const char *addr)
{
	const struct lb_svc *svc = services_find(&services, addr);

	return svc == NULL ? "" : svc->name;
}

static void
a_service_that_is_put_is_found_beside_the_others(void)
{
	struct lb_svc_server_spec servers[] = { server("10.2.0.23", 3) };
	struct lb_svc_spec spec = service("new", NEW, "rr", servers, 1);

	begin();
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), 0);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 2);
	CU_ASSERT_STRING_EQUAL(name_at(NEW), "new");
	CU_ASSERT_STRING_EQUAL(name_at(WEB), "web");
	CU_ASSERT_STRING_EQUAL(name_at(DNS), "dns");
	CU_ASSERT_TRUE(has_server("10.2.0.23"));
	CU_ASSERT_EQUAL(held[3], 1);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0); /* nothing has gone */
	services_end(&services);
}

static void
a_changed_service_takes_the_place_of_the_old_one(void)
{
	struct lb_svc_server_spec servers[] = { server("10.2.0.24", 4), server("10.2.0.22", 2) };
	struct lb_svc_spec spec = service("web", WEB, "rr", servers, 2);
	const struct lb_svc *dns;

	begin();
	dns = services_find(&services, DNS);
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), 0);
	CU_ASSERT_EQUAL(services_find(&services, WEB)->n, 2);
	CU_ASSERT_PTR_EQUAL(services_find(&services, DNS), dns);
	CU_ASSERT_FALSE(has_server("10.2.0.21"));
	CU_ASSERT_TRUE(has_server("10.2.0.22"));
	CU_ASSERT_EQUAL(held[1], 1); /* a worker may still be with the old one */
	CU_ASSERT_EQUAL(held[2], 2);
	services_pass();
	CU_ASSERT_EQUAL(held[1], 0);
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 1);
	services_end(&services);
}

static void
a_service_that_moves_is_found_at_its_new_address_only(void)
{
	struct lb_svc_server_spec servers[] = { server("10.2.0.21", 1) };
	struct lb_svc_spec spec = service("web", NEW, "rr", servers, 1);

	begin();
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), 0);
	CU_ASSERT_STRING_EQUAL(name_at(NEW), "web");
	CU_ASSERT_STRING_EQUAL(name_at(WEB), "");
	services_pass();
	CU_ASSERT_EQUAL(lb_slots_retired(services.slots), 0); /* it has its server still */
	services_end(&services);
}

static void
a_service_that_is_taken_out_hides_no_other(void)
{
	struct lb_svc_server_spec servers[] = { server("10.2.0.22", 2) };
	struct lb_svc_spec spec = service("dns", DNS, "rr", servers, 1);

	begin();
	CU_ASSERT_EQUAL(lb_svc_remove(services.set, "web"), 0);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 2);
	CU_ASSERT_STRING_EQUAL(name_at(WEB), "");
	CU_ASSERT_STRING_EQUAL(name_at(DNS), "dns");
	CU_ASSERT_PTR_NULL(lb_svc_find_name(lb_svc_root(services.set), "web"));
	CU_ASSERT_PTR_NULL(lb_svc_find_name(lb_svc_root(services.set), ""));
	CU_ASSERT_FALSE(has_server("10.2.0.21"));
	CU_ASSERT_TRUE(has_server("10.2.0.22"));
	CU_ASSERT_FALSE(has_server("255.255.255.255"));
	services_pass();
	CU_ASSERT_EQUAL(held[1], 0);
	CU_ASSERT_EQUAL(held[2], 1);
	services_apply(&services, &spec, 1); /* the mark that it left does not come along */
	CU_ASSERT_STRING_EQUAL(name_at(DNS), "dns");
	services_end(&services);
}

static void
an_address_that_another_has_is_refused_and_nothing_changes(void)
{
	struct lb_svc_server_spec servers[] = { server("10.2.0.25", 5) };
	struct lb_svc_spec moved = service("web", DNS, "rr", servers, 1);
	struct lb_svc_spec added = service("new", DNS, "rr", servers, 1);

	begin();
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &moved, &services.err), -EEXIST);
	CU_ASSERT_STRING_EQUAL(services.err.text,
		"service \"web\": 10.1.0.101:80 (TCP) belongs to service \"dns\" already; change "
		"one of them");
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &added, &services.err), -EEXIST);
	CU_ASSERT_EQUAL(lb_svc_revision(services.set), 1);
	CU_ASSERT_STRING_EQUAL(name_at(DNS), "dns");
	CU_ASSERT_STRING_EQUAL(name_at(WEB), "web");
	CU_ASSERT_EQUAL(held[5], 0);
	CU_ASSERT_FALSE(has_server("10.2.0.25"));
	services_end(&services);
}

/* Marks of what went count too, so tables are never full of them. */
static void
tables_that_are_full_want_a_whole_version(void)
{
	struct lb_svc_server_spec servers[] = { server("10.2.0.21", 1) };
	struct lb_svc_spec spec = service("new", NEW, "rr", servers, 1);
	int rc = 0, put_n = 0;

	begin();
	for (; put_n < 100 && rc == 0; put_n++) {
		spec.at.addr.ip4 = rte_cpu_to_be_32(UINT32_C(0x0a010100) + (uint32_t)put_n);
		rc = lb_svc_put(services.set, &spec, &services.err);
	}
	CU_ASSERT_EQUAL(rc, -EXFULL);
	CU_ASSERT_TRUE(put_n > 1 && put_n < 100);
	CU_ASSERT_STRING_EQUAL(name_at(WEB), "web");
	services_apply(&services, &spec, 1);
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), 0);
	services_end(&services);
}

static void
a_service_with_matches_wants_a_whole_version(void)
{
	static const struct lb_svc_match match = {
		.protocol = IPPROTO_TCP, .first = 80, .last = 80
	};
	struct lb_svc_server_spec servers[] = { server("10.2.0.21", 1) };
	struct lb_svc_spec spec = service("web", WEB, "rr", servers, 1);

	begin();
	spec.at = (struct lb_endpoint){ 0 };
	spec.protocol = 0;
	spec.matches = &match;
	spec.matches_n = 1;
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), -EXFULL);
	services_apply(&services, &spec, 1);
	spec.unknown = LB_SVC_UNKNOWN_DROP;
	CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), 0);
	CU_ASSERT_EQUAL(
		lb_svc_match4(lb_svc_root(services.set), 1, rte_cpu_to_be_16(80), IPPROTO_TCP)
			->unknown,
		LB_SVC_UNKNOWN_DROP);
	CU_ASSERT_EQUAL(lb_svc_remove(services.set, "web"), -EXFULL);
	services_end(&services);
}

static void
addresses_of_both_families_are_kept_apart(void)
{
	/* a01:65:: begins with the bytes of 10.1.0.101 */
	static const char *const addrs[] = { "a01:65::", "a01:65::1", "fd00::a01:65" };
	struct lb_svc_server_spec servers[] = { server("10.2.0.25", 5) };
	char name[8];

	begin();
	for (size_t i = 0; i < RTE_DIM(addrs); i++) {
		struct lb_svc_spec spec = service(name, addrs[i], "rr", servers, 1);

		snprintf(name, sizeof(name), "six%zu", i);
		services.err.code = 0;
		CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), 0);
		spec.name = "twice";
		CU_ASSERT_EQUAL(lb_svc_put(services.set, &spec, &services.err), -EEXIST);
	}
	CU_ASSERT_STRING_EQUAL(services.err.text,
		"service \"twice\": [fd00::a01:65]:80 (TCP) belongs to service \"six2\" already; "
		"change one of them");
	CU_ASSERT_STRING_EQUAL(name_at(DNS), "dns");
	services_end(&services);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_service_that_is_put_is_found_beside_the_others),
	UNIT_TEST(a_changed_service_takes_the_place_of_the_old_one),
	UNIT_TEST(a_service_that_moves_is_found_at_its_new_address_only),
	UNIT_TEST(a_service_that_is_taken_out_hides_no_other),
	UNIT_TEST(an_address_that_another_has_is_refused_and_nothing_changes),
	UNIT_TEST(tables_that_are_full_want_a_whole_version),
	UNIT_TEST(a_service_with_matches_wants_a_whole_version),
	UNIT_TEST(addresses_of_both_families_are_kept_apart),
	UNIT_END,
};

const struct unit_suite unit_svc_one = { "one", tests };
