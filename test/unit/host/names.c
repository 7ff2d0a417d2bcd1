/* Ways to the kernel are found by name; the one that leads nowhere does nothing. */

#include "lb_host.h"
#include "unit.h"

static void
way_is_found_by_its_whole_name(void)
{
	CU_ASSERT_STRING_EQUAL(lb_host_find(lb_host_table, "tap")->name, "tap");
	CU_ASSERT_STRING_EQUAL(lb_host_find(lb_host_table, "none")->name, "none");
	CU_ASSERT_PTR_NULL(lb_host_find(lb_host_table, "ta"));
	CU_ASSERT_PTR_NULL(lb_host_find(lb_host_table, "taps"));
	CU_ASSERT_PTR_NULL(lb_host_find(lb_host_table, ""));
}

static void
names_are_listed_in_the_order_of_the_table(void)
{
	static const struct lb_host_ops tap = { .name = "tap" }, none = { .name = "none" };
	static const struct lb_host_ops *const both[] = { &tap, &none, NULL };
	static const struct lb_host_ops *const nobody[] = { NULL };
	char out[32], small[6];

	CU_ASSERT_STRING_EQUAL(lb_host_names(both, out, sizeof(out)), "tap, none");
	CU_ASSERT_STRING_EQUAL(lb_host_names(both, small, sizeof(small)), "tap, ");
	CU_ASSERT_STRING_EQUAL(lb_host_names(nobody, out, sizeof(out)), "");
}

static void
none_leads_nowhere(void)
{
	const struct lb_host_ops *none = lb_host_find(lb_host_table, "none");
	struct lb_host_conf conf = { .port = "wan", .interface = "", .mtu = 1500 };
	struct lb_error err = { 0 };
	uint8_t frame[60] = { 0 };
	void *state;

	CU_ASSERT_FALSE(none->leads);
	CU_ASSERT_EQUAL(none->check(&conf, &err), 0);
	state = none->create(&conf, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state);
	CU_ASSERT_EQUAL(none->fd(state), -1);
	CU_ASSERT_FALSE(none->put(state, frame, sizeof(frame)));
	CU_ASSERT_EQUAL(none->get(state, frame, sizeof(frame)), 0);
	none->set_link(state, false);
	none->destroy(state);
}

static const struct unit_test tests[] = {
	UNIT_TEST(way_is_found_by_its_whole_name),
	UNIT_TEST(names_are_listed_in_the_order_of_the_table),
	UNIT_TEST(none_leads_nowhere),
	UNIT_END,
};

const struct unit_suite unit_host_names = { "names", tests };
