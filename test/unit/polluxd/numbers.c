/* Which number in the VIP table an instance has, and that it keeps it through a reload. */

#include "fixture.h"
#include "vrrp_run.h"

#define INSTANCE(name, vrid, more)                                                                 \
	"{ name = \"" name "\"; port = \"wan\"; vrid = " vrid "; addresses = [ \"10.1.0." vrid     \
	"/24\" ]; " more " }"
#define INSTANCES(list) NETS "vrrp: { instances = ( " list " ); };\n"

/* What runs, by a text, each instance under the number that it is given. */
static void
run_text(struct vrrp_run *run, const char *text)
{
	static const struct rte_ether_addr mac;
	struct lb_conf *conf = fixture_good(text);
	uint8_t numbers[LB_CONF_VRRP_MAX];

	run->list = calloc(LB_VIP_INSTANCES, sizeof(*run->list));
	CU_ASSERT_PTR_NOT_NULL_FATAL(run->list);
	vrrp_run_numbers(run, conf, numbers);
	run->n = (uint32_t)conf->vrrp_n;
	for (uint32_t i = 0; i < run->n; i++) {
		run->numbers[i] = numbers[i];
		vrrp_conf_fill(&run->list[numbers[i]], conf, &conf->vrrp[i], &mac);
	}
	lb_conf_destroy(conf);
}

static void
expect(const char *running, const char *next, const uint8_t *expected, size_t n)
{
	struct vrrp_run run = { 0 };
	uint8_t numbers[LB_CONF_VRRP_MAX];
	struct lb_conf *conf;

	run_text(&run, running);
	conf = fixture_good(next);
	vrrp_run_numbers(&run, conf, numbers);
	CU_ASSERT_EQUAL(conf->vrrp_n, n);
	for (size_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(numbers[i], expected[i]);
	lb_conf_destroy(conf);
	free(run.list);
}

static void
first_instances_are_numbered_from_1_behind_the_static_vips(void)
{
	expect(NETS, INSTANCES(INSTANCE("a", "51", "") ", " INSTANCE("b", "52", "")),
		(const uint8_t[]){ 1, 2 }, 2);
}

static void
same_router_keeps_its_number_when_another_goes_or_comes_before_it(void)
{
	expect(INSTANCES(INSTANCE("a", "51", "") ", " INSTANCE("b", "52", "")),
		INSTANCES(INSTANCE("c", "53", "") ", " INSTANCE("b", "52", "")),
		(const uint8_t[]){ 3, 2 }, 2);
}

static void
other_priority_interval_and_addresses_are_the_same_router(void)
{
	expect(INSTANCES(INSTANCE("a", "51", "")),
		INSTANCES("{ name = \"a\"; port = \"wan\"; vrid = 51; priority = 7;"
			  "  interval_ms = 50; addresses = [ \"10.1.0.99/24\" ]; }"),
		(const uint8_t[]){ 1 }, 1);
}

static void
other_vrid_mac_or_port_is_another_router(void)
{
	static const char one[] = INSTANCES(INSTANCE("a", "51", ""));

	expect(one, INSTANCES(INSTANCE("a", "52", "")), (const uint8_t[]){ 2 }, 1);
	expect(one, INSTANCES(INSTANCE("a", "51", "mac = \"physical\";")), (const uint8_t[]){ 2 },
		1);
	expect(one,
		INSTANCES("{ name = \"a\"; port = \"lan\"; vrid = 51;"
			  "  addresses = [ \"10.2.0.51/24\" ]; }"),
		(const uint8_t[]){ 2 }, 1);
}

static const struct unit_test tests[] = {
	UNIT_TEST(first_instances_are_numbered_from_1_behind_the_static_vips),
	UNIT_TEST(same_router_keeps_its_number_when_another_goes_or_comes_before_it),
	UNIT_TEST(other_priority_interval_and_addresses_are_the_same_router),
	UNIT_TEST(other_vrid_mac_or_port_is_another_router),
	UNIT_END,
};

const struct unit_suite unit_polluxd_numbers = { "numbers", tests };
