/*
 * Whoever the mode admits may read; uid 0 and the owner of the socket may change. Only root can be
 * somebody else: run by another user, just the first test looks at anything.
 */

#include "child.h"

static struct bed bed;
static struct child child;

static void
ask(mode_t mode, const char *group, uid_t uid)
{
	bed_init(&bed);
	bed.conf.mode = mode;
	bed.conf.group = group;
	bed_serve(&bed);
	child_ask(&child, &bed, uid);
	bed_end(&bed);
}

static void
owner_may_read_and_change(void)
{
	ask(0600, NULL, geteuid());
	CU_ASSERT_STRING_EQUAL(child.said, "test.types: done\ntest.change: done\n");
	CU_ASSERT_EQUAL(bed.changes_n, 1);
}

static void
others_are_admitted_by_the_mode_and_may_only_read(void)
{
	if (geteuid() != 0)
		return;
	ask(0666, NULL, CHILD_NOBODY);
	CU_ASSERT_STRING_EQUAL(child.said, "test.types: done\n-32001 not_permitted: test.change: "
					   "uid 65534 may only read; call "
					   "it as root or as the owner of the socket\n");
	CU_ASSERT_EQUAL(bed.changes_n, 0);
}

static void
group_is_admitted_by_the_mode_and_may_only_read(void)
{
	if (geteuid() != 0)
		return;
	ask(0660, "nogroup", CHILD_NOBODY);
	CU_ASSERT_STRING_EQUAL(child.said, "test.types: done\n-32001 not_permitted: test.change: "
					   "uid 65534 may only read; call "
					   "it as root or as the owner of the socket\n");
	CU_ASSERT_EQUAL(bed.changes_n, 0);
}

static void
others_are_kept_out_by_the_mode(void)
{
	if (geteuid() != 0)
		return;
	ask(0660, NULL, CHILD_NOBODY);
	CU_ASSERT_STRING_EQUAL(child.said, "not connected: Permission denied\n");
}

static void
owner_other_than_root_may_change(void)
{
	if (geteuid() != 0)
		return;
	bed_init(&bed);
	CU_ASSERT_EQUAL(chown(bed.directory, CHILD_NOBODY, CHILD_NOBODY), 0);
	CU_ASSERT_EQUAL(seteuid(CHILD_NOBODY), 0);
	bed_serve(&bed);
	CU_ASSERT_EQUAL(seteuid(0), 0);
	child_ask(&child, &bed, CHILD_NOBODY);
	CU_ASSERT_STRING_EQUAL(child.said, "test.types: done\ntest.change: done\n");
	child_ask(&child, &bed, 0);
	CU_ASSERT_STRING_EQUAL(child.said, "test.types: done\ntest.change: done\n");
	CU_ASSERT_EQUAL(bed.changes_n, 2);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(owner_may_read_and_change),
	UNIT_TEST(others_are_admitted_by_the_mode_and_may_only_read),
	UNIT_TEST(group_is_admitted_by_the_mode_and_may_only_read),
	UNIT_TEST(others_are_kept_out_by_the_mode),
	UNIT_TEST(owner_other_than_root_may_change),
	UNIT_END,
};

const struct unit_suite unit_rpc_rights = { "rights", tests };
