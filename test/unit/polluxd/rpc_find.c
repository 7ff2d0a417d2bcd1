/* How parameters of the management socket name services and servers. */

#include <errno.h>

#include "fixture.h"
#include "rpc_find.h"

static struct lb_conf *
two_services(void)
{
	return fixture_good(
		NETS "services = (\n"
		     "{ name = \"web\"; address = \"10.1.0.200\"; port = 80; servers = ( ); },\n"
		     "{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; "
		     "protocol = \"udp\"; servers = ( ); } );\n");
}

static void
finds(const char *name, const char *service)
{
	struct lb_conf *conf = two_services();
	struct lb_error err = { 0 };
	const struct lb_conf_service *found = rpc_find_service(conf, name, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	CU_ASSERT_STRING_EQUAL(found->name, service);
	CU_ASSERT_EQUAL(err.code, 0);
	lb_conf_destroy(conf);
}

static void
finds_none(const char *name)
{
	struct lb_conf *conf = two_services();
	struct lb_error err = { 0 };

	CU_ASSERT_PTR_NULL(rpc_find_service(conf, name, &err));
	CU_ASSERT_EQUAL(err.code, ENOENT);
	lb_conf_destroy(conf);
}

static void
a_service_is_found_by_its_name(void)
{
	finds("web", "web");
	finds("dns", "dns");
	finds_none("we");
	finds_none("");
}

static void
a_service_is_found_by_protocol_address_and_port(void)
{
	finds("tcp:10.1.0.200:80", "web");
	finds("udp:10.1.0.200:53", "dns");
	finds_none("udp:10.1.0.200:80");
	finds_none("tcp:10.1.0.200:53");
	finds_none("tcp:10.1.0.201:80");
	finds_none("10.1.0.200:80");
	finds_none("tcp:10.1.0.200");
}

static void
the_sentence_names_what_is_missing(void)
{
	struct lb_conf *conf = two_services();
	struct lb_error err = { 0 };

	rpc_find_service(conf, "shop", &err);
	CU_ASSERT_STRING_EQUAL(err.text,
		"service \"shop\": there is none; give a name that service.list shows, or "
		"protocol, address and port as tcp:10.1.0.100:80");
	lb_conf_destroy(conf);
}

static void
an_endpoint_is_an_address_and_a_port(void)
{
	struct lb_endpoint at;
	char text[LB_ADDR_TEXT];

	CU_ASSERT_EQUAL(rpc_read_endpoint("10.2.0.21:8080", &at), 0);
	CU_ASSERT_STRING_EQUAL(lb_endpoint_text(&at, text), "10.2.0.21:8080");
	CU_ASSERT_EQUAL(rpc_read_endpoint("[fd01::1]:80", &at), 0);
	CU_ASSERT_STRING_EQUAL(lb_endpoint_text(&at, text), "[fd01::1]:80");
}

static void
what_is_no_endpoint_is_refused(void)
{
	static const char *const bad[] = { "", ":", ":80", "10.2.0.21", "10.2.0.21:", "10.2.0.21:0",
		"10.2.0.21:65536", "10.2.0.21:+80", "10.2.0.21:80x", "shop:80", "[]:80", "[:80",
		"99999999999999999999999999999999999999999999999999999999999999:80" };
	struct lb_endpoint at;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(rpc_read_endpoint(bad[i], &at), -EINVAL);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_service_is_found_by_its_name),
	UNIT_TEST(a_service_is_found_by_protocol_address_and_port),
	UNIT_TEST(the_sentence_names_what_is_missing),
	UNIT_TEST(an_endpoint_is_an_address_and_a_port),
	UNIT_TEST(what_is_no_endpoint_is_refused),
	UNIT_END,
};

const struct unit_suite unit_polluxd_rpc_find = { "rpc_find", tests };
