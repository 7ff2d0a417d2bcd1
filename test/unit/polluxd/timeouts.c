/* Classes of timeouts: who shares one, when one is used anew. */

#include "timeouts.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "lb_clock.h"

#define SERVICE(name, port, more)                                                                  \
	"{ name = \"" name "\"; address = \"10.1.0.200\"; port = " port "; " more                  \
	"  servers = ( ); }"

static const char file[] =
	NETS "timeouts: { udp_ms = 5000; };\n"
	     "services = (" SERVICE("a", "80", "") "," SERVICE(
		     "b", "81", "timeouts = { close_ms = 4000; };") "," SERVICE("c", "82",
		     "timeouts = { close_ms = 4000; udp_ms = 5000; };") "," SERVICE("d", "83",
		     "timeouts = { established_ms = 1500; };") " );\n";

static struct timeouts *
timeouts_new(void)
{
	struct timeouts *timeouts = calloc(1, sizeof(*timeouts));

	CU_ASSERT_PTR_NOT_NULL_FATAL(timeouts);
	lb_conn_timeouts_init();
	return timeouts;
}

static void
defaults_are_those_of_the_table(void)
{
	struct lb_conf *conf = fixture_good(NETS);
	struct lb_conn_timeouts read = timeouts_of(conf, NULL);

	lb_conn_timeouts_init();
	CU_ASSERT_EQUAL(memcmp(&read, &lb_conn_timeouts[0], sizeof(read)), 0);
	lb_conf_destroy(conf);
}

static void
services_with_the_same_timeouts_share_a_class(void)
{
	struct timeouts *timeouts = timeouts_new();
	struct lb_conf *conf = fixture_good(file);

	timeouts_begin(timeouts, conf);
	CU_ASSERT_EQUAL(timeouts_class(timeouts, conf, &conf->services[0], NULL), 0);
	CU_ASSERT_EQUAL(timeouts_class(timeouts, conf, &conf->services[1], NULL), 1);
	CU_ASSERT_EQUAL(timeouts_class(timeouts, conf, &conf->services[2], NULL), 1);
	CU_ASSERT_EQUAL(timeouts_class(timeouts, conf, &conf->services[3], NULL), 2);
	CU_ASSERT_NOT_EQUAL(lb_conn_timeout(0, IPPROTO_UDP, LB_CONN_NO), 5 * LB_TICKS_PER_SECOND);
	timeouts_publish(timeouts);
	CU_ASSERT_EQUAL(lb_conn_timeout(0, IPPROTO_UDP, LB_CONN_NO), 5 * LB_TICKS_PER_SECOND);
	CU_ASSERT_EQUAL(lb_conn_timeout(0, IPPROTO_TCP, LB_CONN_CL), 10 * LB_TICKS_PER_SECOND);
	CU_ASSERT_EQUAL(lb_conn_timeout(1, IPPROTO_TCP, LB_CONN_CL), 4 * LB_TICKS_PER_SECOND);
	CU_ASSERT_EQUAL(lb_conn_timeout(1, IPPROTO_UDP, LB_CONN_NO), 5 * LB_TICKS_PER_SECOND);
	CU_ASSERT_EQUAL(lb_conn_timeout(2, IPPROTO_TCP, LB_CONN_ES), 3 * LB_TICKS_PER_SECOND / 2);
	lb_conf_destroy(conf);
	free(timeouts);
}

/* The class of service "b" whose close_ms is this, in a plan of its own. */
static int
class_with(struct timeouts *timeouts, struct lb_conf *conf, uint32_t close_ms, struct lb_error *err)
{
	conf->services[1].timeouts.ms[LB_CONF_TIMEOUT_CLOSE] = close_ms;
	return timeouts_class(timeouts, conf, &conf->services[1], err);
}

static void
class_is_used_anew_when_no_version_has_it(void)
{
	struct timeouts *timeouts = timeouts_new();
	struct lb_conf *conf = fixture_good(file);

	for (uint32_t i = 1; i < LB_CONN_TIMEOUT_CLASSES; i++) {
		timeouts_begin(timeouts, conf);
		CU_ASSERT_EQUAL(class_with(timeouts, conf, 20000 + 1000 * i, NULL), (int)i);
	}
	/* the one that was last used first */
	timeouts_begin(timeouts, conf);
	CU_ASSERT_EQUAL(class_with(timeouts, conf, 5000000, NULL), 1);
	CU_ASSERT_EQUAL(lb_conn_timeout(1, IPPROTO_TCP, LB_CONN_CL), 5000 * LB_TICKS_PER_SECOND);
	timeouts_begin(timeouts, conf);
	CU_ASSERT_EQUAL(class_with(timeouts, conf, 20000 + 1000 * 3, NULL), 3);
	CU_ASSERT_EQUAL(class_with(timeouts, conf, 6000000, NULL), 2);
	lb_conf_destroy(conf);
	free(timeouts);
}

static void
more_classes_than_there_are_are_refused(void)
{
	struct timeouts *timeouts = timeouts_new();
	struct lb_conf *conf = fixture_good(file);
	struct lb_error err = { 0 };

	timeouts_begin(timeouts, conf);
	for (uint32_t i = 1; i < LB_CONN_TIMEOUT_CLASSES; i++)
		CU_ASSERT_TRUE(class_with(timeouts, conf, 20000 + 1000 * i, &err) > 0);
	CU_ASSERT_EQUAL(class_with(timeouts, conf, 5000000, &err), -ENOSPC);
	CU_ASSERT_STRING_EQUAL(err.text,
		"service \"b\": more than 1023 different timeouts; let services share some");
	lb_conf_destroy(conf);
	free(timeouts);
}

static const struct unit_test tests[] = {
	UNIT_TEST(defaults_are_those_of_the_table),
	UNIT_TEST(services_with_the_same_timeouts_share_a_class),
	UNIT_TEST(class_is_used_anew_when_no_version_has_it),
	UNIT_TEST(more_classes_than_there_are_are_refused),
	UNIT_END,
};

const struct unit_suite unit_polluxd_timeouts = { "timeouts", tests };
