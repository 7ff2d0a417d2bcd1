/* What a TAP interface can be called, and what the kernel refuses to one that is not there. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lb_host.h"
#include "lb_host_link.h"
#include "unit.h"

static int
checked(const char *interface, struct lb_error *err)
{
	struct lb_host_conf conf = { .port = "wan", .interface = interface, .mtu = 1500 };

	memset(err, 0, sizeof(*err));
	return lb_host_find(lb_host_table, "tap")->check(&conf, err);
}

static void
interface_has_at_most_15_letters(void)
{
	struct lb_error err;

	CU_ASSERT_EQUAL(checked("w", &err), 0);
	CU_ASSERT_EQUAL(checked("dir.wan-1_45678", &err), 0);
	CU_ASSERT_EQUAL(checked("dir.wan-1_456789", &err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text,
		"port \"wan\": the kernel cannot call an interface \"dir.wan-1_456789\"; set "
		"host_interface to a name of at most 15 letters");
}

static void
names_that_the_kernel_keeps_to_itself_are_refused(void)
{
	static const char *const names[] = { ".", "..", "all", "default", "lo" };
	struct lb_error err;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CU_ASSERT_EQUAL(checked(names[i], &err), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, names[i]));
	}
}

/* Without privilege the kernel refuses before it looks. */
static void
interface_that_is_not_there_cannot_be_set_up(void)
{
	struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, 1 } };
	struct lb_prefix address;
	int ret;

	ret = lb_host_link_set_up(INT_MAX, &mac, 1500);
	CU_ASSERT_TRUE(ret == -ENODEV || ret == -EPERM);
	CU_ASSERT_EQUAL_FATAL(lb_prefix_parse("10.1.0.11/24", &address), 0);
	ret = lb_host_link_set_address(INT_MAX, &address, true);
	CU_ASSERT_TRUE(ret == -ENODEV || ret == -EPERM);
	CU_ASSERT_EQUAL_FATAL(lb_prefix_parse("fd01::11/64", &address), 0);
	ret = lb_host_link_set_address(INT_MAX, &address, true);
	CU_ASSERT_TRUE(ret == -ENODEV || ret == -EPERM);
}

static const struct unit_test tests[] = {
	UNIT_TEST(interface_has_at_most_15_letters),
	UNIT_TEST(names_that_the_kernel_keeps_to_itself_are_refused),
	UNIT_TEST(interface_that_is_not_there_cannot_be_set_up),
	UNIT_END,
};

const struct unit_suite unit_host_tap = { "tap", tests };
