/* A configuration from another that differs in one service, and finding services. */

#include "fixture.h"

#define SERVICE(name, port, servers)                                                               \
	"{ name = \"" name "\"; address = \"10.1.0.200\"; port = " port "; servers = (" servers    \
	" ); }"
#define A "{ address = \"10.2.0.21\"; }"
#define B "{ address = \"10.2.0.22\"; weight = 7; }"

static const char file[] = NETS "services = ( " SERVICE("x", "80", A) "," SERVICE(
	"y", "81", A) "," SERVICE("z", "82", A) " );\n";

static struct lb_conf *
with(const struct lb_conf *conf, size_t at, const char *service)
{
	struct lb_error err = { 0 };
	char text[512];
	int n = snprintf(text, sizeof(text), "services = ( %s );\n", service);

	return lb_conf_with_service(conf, at, text, (size_t)n, &err);
}

static size_t
place_of(const struct lb_conf *conf, const char *name)
{
	const struct lb_conf_service *service = lb_conf_find_service(conf, name);

	return service == NULL ? SIZE_MAX : (size_t)(service - conf->services);
}

static size_t
place_at(const struct lb_conf *conf, uint16_t port, uint8_t protocol)
{
	struct lb_endpoint at = { .port = rte_cpu_to_be_16(port) };
	const struct lb_conf_service *service;

	CU_ASSERT_EQUAL(lb_addr_parse("10.1.0.200", &at.addr), 0);
	service = lb_conf_find_service_at(conf, protocol, &at);
	return service == NULL ? SIZE_MAX : (size_t)(service - conf->services);
}

static void
services_are_found_by_name_and_by_address(void)
{
	struct lb_conf *conf = fixture_good(file), *none = fixture_good(NETS);

	CU_ASSERT_EQUAL(place_of(conf, "x"), 0);
	CU_ASSERT_EQUAL(place_of(conf, "z"), 2);
	CU_ASSERT_EQUAL(place_of(conf, "w"), SIZE_MAX);
	CU_ASSERT_EQUAL(place_of(conf, ""), SIZE_MAX);
	CU_ASSERT_EQUAL(place_at(conf, 81, IPPROTO_TCP), 1);
	CU_ASSERT_EQUAL(place_at(conf, 81, IPPROTO_UDP), SIZE_MAX);
	CU_ASSERT_EQUAL(place_at(conf, 83, IPPROTO_TCP), SIZE_MAX);
	CU_ASSERT_EQUAL(place_of(none, "x"), SIZE_MAX);
	lb_conf_destroy(conf);
	lb_conf_destroy(none);
}

static void
a_service_is_changed_in_its_place_and_the_rest_is_shared(void)
{
	struct lb_conf *conf = fixture_good(file);
	struct lb_conf *made = with(conf, 1, SERVICE("y", "90", A "," B));

	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	CU_ASSERT_EQUAL(made->services_n, 3);
	CU_ASSERT_EQUAL(made->services[1].servers_n, 2);
	CU_ASSERT_EQUAL(made->services[1].servers[1].weight, 7);
	CU_ASSERT_TRUE(made->services[1].servers[1].on_link);
	CU_ASSERT_EQUAL(place_at(made, 90, IPPROTO_TCP), 1);
	CU_ASSERT_EQUAL(place_at(made, 81, IPPROTO_TCP), SIZE_MAX);
	CU_ASSERT_PTR_EQUAL(made->services[0].name, conf->services[0].name);
	CU_ASSERT_PTR_NOT_EQUAL(made->services[1].name, conf->services[1].name);
	CU_ASSERT_EQUAL(conf->services[1].servers_n, 1);
	lb_conf_destroy(conf); /* whichever lives longer */
	CU_ASSERT_STRING_EQUAL(made->services[2].name, "z");
	CU_ASSERT_STRING_EQUAL(made->ports[0].name, "wan");
	lb_conf_destroy(made);
}

static void
changes_follow_each_other(void)
{
	struct lb_conf *conf = fixture_good(file), *next;
	struct lb_error err = { 0 };

	for (int i = 0; i < 10; i++) {
		next = with(conf, (size_t)i % 3,
			i % 3 == 0   ? SERVICE("x", "80", B)
			: i % 3 == 1 ? SERVICE("y", "81", B)
				     : SERVICE("z", "82", B));
		CU_ASSERT_PTR_NOT_NULL_FATAL(next);
		lb_conf_destroy(conf);
		conf = next;
	}
	next = with(conf, 3, SERVICE("w", "83", A));
	CU_ASSERT_PTR_NOT_NULL_FATAL(next);
	CU_ASSERT_EQUAL(place_of(next, "w"), 3);
	lb_conf_destroy(conf);
	conf = lb_conf_without_service(next, 1, &err);
	lb_conf_destroy(next);
	CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
	CU_ASSERT_EQUAL(conf->services_n, 3);
	CU_ASSERT_EQUAL(place_of(conf, "y"), SIZE_MAX);
	CU_ASSERT_EQUAL(place_of(conf, "z"), 1);
	CU_ASSERT_EQUAL(place_of(conf, "w"), 2);
	CU_ASSERT_EQUAL(conf->services[0].servers[0].weight, 7);
	lb_conf_destroy(conf);
}

static void
what_is_wrong_or_concerns_others_is_refused(void)
{
	static const struct {
		size_t at;
		const char *service;
	} wrong[] = {
		{ 1, SERVICE("x", "81", A) },
		{ 3, SERVICE("x", "83", A) },
		{ 1, SERVICE("y", "80", A) },
		{ 3, SERVICE("w", "82", A) },
		{ 1, SERVICE("y", "81", A "," A) },
		{ 1, SERVICE("y", "81", "{ address = \"10.1.0.200\"; }") },
		{ 1, SERVICE("y", "70000", A) },
		{ 1, "{ name = \"y\"; address = \"10.1.0.201\"; port = 81; servers = ( ); }" },
		{ 1, "{ name = \"y\"; match = ( { address = \"0.0.0.0/0\"; port = 80; } ); }" },
		{ 1, SERVICE("y", "81", A) "," SERVICE("w", "83", A) },
		{ 1, "" },
		{ 1, "{" },
	};
	struct lb_conf *conf = fixture_good(file);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_PTR_NULL(with(conf, wrong[i].at, wrong[i].service));
	CU_ASSERT_EQUAL(place_of(conf, "y"), 1);
	lb_conf_destroy(conf);
}

/* It is tracked by its name, and found by its number. */
static void
a_name_that_may_be_tracked_is_for_the_whole(void)
{
	static const char tracking[] = NETS
		"vrrp: { instances = ( { name = \"i\"; port = \"wan\"; vrid = 1;\n"
		"addresses = [ \"10.1.0.100/24\" ]; track = ( { service = \"y\"; } ); } ); };\n"
		"services = ( " SERVICE("x", "80", A) "," SERVICE("y", "81", A) " );\n";
	struct lb_conf *conf = fixture_good(tracking), *made;
	struct lb_error err = { 0 };

	CU_ASSERT_PTR_NULL(lb_conf_without_service(conf, 0, &err));
	CU_ASSERT_PTR_NULL(with(conf, 1, SERVICE("w", "81", A)));
	made = with(conf, 1, SERVICE("y", "81", B));
	CU_ASSERT_PTR_NOT_NULL(made);
	lb_conf_destroy(made);
	lb_conf_destroy(conf);
}

static const struct unit_test tests[] = {
	UNIT_TEST(services_are_found_by_name_and_by_address),
	UNIT_TEST(a_service_is_changed_in_its_place_and_the_rest_is_shared),
	UNIT_TEST(changes_follow_each_other),
	UNIT_TEST(what_is_wrong_or_concerns_others_is_refused),
	UNIT_TEST(a_name_that_may_be_tracked_is_for_the_whole),
	UNIT_END,
};

const struct unit_suite unit_conf_one = { "one", tests };
