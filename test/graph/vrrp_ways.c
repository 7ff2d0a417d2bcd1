/*
 * The ways in which adverts go and come: version 2, and both versions. Frames in hexadecimal were
 * made from the RFCs by a program of their own.
 */

#include "harness.h"

#include "director.h"
#include "unit.h"

#define LONG_MS 2000

/* What we say with priority 100, 10.1.0.11 of VRID 51 to the group, for 10.1.0.100. */
#define OWN3                                                                                       \
	"01005e00001200005e000133080045c0002000004000ff70908f0a01000be0000012"                     \
	"31336401000175ca0a010064"
#define OWN2                                                                                       \
	"01005e00001200005e000133080045c0002800004000ff7090870a01000be0000012"                     \
	"21336401000170650a0100640000000000000000"
/* 10.1.0.12 with priority 200, in version 3 and 2. */
#define HIGHER3                                                                                    \
	"01005e00001200005e000133080045c0002000004000ff70908e0a01000ce0000012"                     \
	"3133c801000111c90a010064"
#define HIGHER2                                                                                    \
	"01005e00001200005e000133080045c0002800004000ff7090860a01000ce0000012"                     \
	"2133c80100010c650a0100640000000000000000"

#define INSTANCE(more)                                                                             \
	"{ name = \"wan\"; port = \"wan\"; vrid = 51; addresses = [ \"10.1.0.100/24\" ]; " more " }"
#define BOTH INSTANCE("interval_ms = 10; compat: { both_versions = true; };")

static struct vrrp_info
info_of(const struct director *director)
{
	struct vrrp_info info;

	vrrp_run_info(director, 0, &info);
	return info;
}

static void
advert_from(const char *hex)
{
	struct frame frame = frame_hex(hex);

	graph_send(WAN, &frame);
}

static bool
next_is(const char *hex)
{
	struct frame expected = frame_hex(hex), frame = { 0 };

	return graph_wait(WAN, TYPE_IP4, &frame, LONG_MS) && frame_equal(&frame, &expected);
}

static void
v6_version_2_takes_and_counts_its_own_version_alone(void)
{
	struct director *director = graph_boot_met(
		&(struct graph_setup){ .vrrp = INSTANCE("version = 2; interval_ms = 1000;") });

	advert_from(HIGHER2);
	CU_ASSERT_EQUAL(info_of(director).received, 1);
	advert_from(HIGHER3);
	CU_ASSERT_EQUAL(info_of(director).refused[LB_VRRP_OTHER_VERSION], 1);
	CU_ASSERT_EQUAL(info_of(director).received, 1);
	graph_end();
}

static void
v62_active_says_each_advert_in_both_versions(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){ .vrrp = BOTH });

	for (int i = 0; i < 3; i++) {
		CU_ASSERT_TRUE(next_is(OWN3));
		CU_ASSERT_TRUE(next_is(OWN2));
	}
	CU_ASSERT_TRUE(info_of(director).sent >= 6);
	graph_end();
}

static void
v62_backup_learns_from_version_3_what_version_2_repeats(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){ .vrrp = BOTH });

	advert_from(HIGHER3);
	advert_from(HIGHER2);
	CU_ASSERT_EQUAL(info_of(director).received, 1);
	CU_ASSERT_EQUAL(info_of(director).refused[LB_VRRP_REPEATED], 1);
	CU_ASSERT_EQUAL(info_of(director).learned_us, 10000);
	graph_end();
}

static void
v62_backup_learns_the_seconds_of_who_has_version_2_alone(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){ .vrrp = BOTH });

	advert_from(HIGHER2);
	CU_ASSERT_EQUAL(info_of(director).received, 1);
	CU_ASSERT_EQUAL(info_of(director).learned_us, 1000000);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(v6_version_2_takes_and_counts_its_own_version_alone),
	UNIT_TEST(v62_active_says_each_advert_in_both_versions),
	UNIT_TEST(v62_backup_learns_from_version_3_what_version_2_repeats),
	UNIT_TEST(v62_backup_learns_the_seconds_of_who_has_version_2_alone),
	UNIT_END,
};

const struct unit_suite graph_vrrp_ways = { "vrrp_ways", tests };
