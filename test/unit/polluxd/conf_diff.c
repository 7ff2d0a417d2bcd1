/* Servers that one configuration has and another has not. */

#include "conf_diff.h"
#include "fixture.h"

#include <stdlib.h>

#define SERVICE(name, address, servers)                                                            \
	"{ name = \"" name "\"; address = \"10.1.0.200\"; port = " address "; servers = (" servers \
	" ); }"
#define A "{ address = \"10.2.0.21\"; }"
#define B "{ address = \"10.2.0.22\"; }"
#define B2 "{ address = \"10.2.0.22\"; port = 81; }"
#define C "{ address = \"10.2.0.23\"; weight = 5; }"
#define C0 "{ address = \"10.2.0.23\"; weight = 0; forward = \"nat\"; }"

static void
tell(void *arg, const struct lb_conf_service *service, const struct lb_conf_server *server)
{
	char *out = arg, text[LB_ADDR_TEXT];

	snprintf(out + strlen(out), 128, "%s/%s ", service->name,
		lb_endpoint_text(&server->at, text));
}

/* What is only in `of`, and what is only in `in`. */
static void
differ(const char *of, const char *in, const char *gone, const char *come)
{
	struct lb_conf *first = fixture_good(of), *second = fixture_good(in);
	char text[1024] = "";

	for (size_t i = 0; i < first->services_n; i++)
		conf_diff_servers(&first->services[i], second, tell, text);
	CU_ASSERT_STRING_EQUAL(text, gone);
	text[0] = '\0';
	for (size_t i = 0; i < second->services_n; i++)
		conf_diff_servers(&second->services[i], first, tell, text);
	CU_ASSERT_STRING_EQUAL(text, come);
	lb_conf_destroy(first);
	lb_conf_destroy(second);
}

static void
same_servers_in_any_order_do_not_differ(void)
{
	differ(NETS
		"services = ( " SERVICE("x", "80", A "," B "," C) "," SERVICE("y", "81", B) " );",
		NETS
		"services = ( " SERVICE("y", "81", B) "," SERVICE("x", "80", C0 "," A "," B) " );",
		"", "");
	differ(NETS, NETS, "", "");
}

static void
servers_are_compared_within_their_service(void)
{
	differ(NETS "services = ( " SERVICE("x", "80", A "," B) "," SERVICE("y", "81", C) " );",
		NETS
		"services = ( " SERVICE("x", "80", A "," C) "," SERVICE("y", "81", C "," B2) " );",
		"x/10.2.0.22:80 ", "x/10.2.0.23:80 y/10.2.0.22:81 ");
}

static void
all_servers_of_a_service_go_with_it(void)
{
	differ(NETS "services = ( " SERVICE("x", "80", A "," B) "," SERVICE("y", "81", C) " );",
		NETS "services = ( " SERVICE("y", "81", C) "," SERVICE("z", "80", A) " );",
		"x/10.2.0.21:80 x/10.2.0.22:80 ", "z/10.2.0.21:80 ");
	differ(NETS, NETS "services = ( " SERVICE("x", "80", A) " );", "", "x/10.2.0.21:80 ");
}

static const struct unit_test tests[] = {
	UNIT_TEST(same_servers_in_any_order_do_not_differ),
	UNIT_TEST(servers_are_compared_within_their_service),
	UNIT_TEST(all_servers_of_a_service_go_with_it),
	UNIT_END,
};

const struct unit_suite unit_polluxd_conf_diff = { "conf_diff", tests };
