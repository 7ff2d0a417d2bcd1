/*
 * Neighbours by Neighbor Discovery: what RFC 4861 section 7.2 lets a message change. Frames were
 * made with scapy.
 */

#include "bed.h"
#include "hex.h"
#include "neigh_machine.h"

/* fe80::33 asks the group of fe80::5, and fe80::5 itself at 06:00:00:00:00:05. */
static const char asks_all[] =
	"3333ff00000502000000003386dd6000000000203afffe800000000000000000000000000033ff020000000000"
	"00"
	"00000001ff00000587007a2d00000000fe8000000000000000000000000000050101020000000033";
static const char asks_it[] =
	"06000000000502000000003386dd6000000000203afffe800000000000000000000000000033fe800000000000"
	"00"
	"0000000000000005870079b100000000fe8000000000000000000000000000050101020000000033";

static uint32_t
get6(struct bed *bed, uint8_t n)
{
	struct lb_addr addr = bed_addr6(n);

	return lb_neigh_get(bed->table, BED_PORT, &addr, bed->now);
}

static uint32_t
find6(const struct bed *bed, uint8_t n)
{
	struct lb_addr addr = bed_addr6(n);

	return lb_neigh_find(bed->view, BED_PORT, &addr);
}

/* fe80::n asks from MAC m. */
static void
hear_question(struct bed *bed, uint8_t n, uint32_t m, bool ours)
{
	const struct lb_nd nd = {
		.type = LB_ND_SOLICIT,
		.has_mac = true,
		.mac = bed_mac(m),
		.src = bed_addr6(n),
		.dst = bed_addr6(0x33),
		.target = bed_addr6(0x33),
	};

	lb_neigh_heard6(bed->table, BED_PORT, &nd, ours, bed->now);
}

/* Somebody says that fe80::n is at MAC m; 0: he tells none. */
static void
hear_advert(struct bed *bed, uint8_t n, uint32_t m, bool solicited, bool override)
{
	const struct lb_nd nd = {
		.type = LB_ND_ADVERT,
		.solicited = solicited,
		.override = override,
		.has_mac = m != 0,
		.mac = bed_mac(m),
		.src = bed_addr6(n),
		.dst = bed_addr6(0x33),
		.target = bed_addr6(n),
	};

	lb_neigh_heard6(bed->table, BED_PORT, &nd, false, bed->now);
}

static bool
is_at(const struct bed *bed, uint32_t index, uint32_t m)
{
	struct rte_ether_addr mac = bed_mac(m);
	struct lb_neigh_info info;

	return lb_neigh_info(bed->table, index, &info) && rte_is_same_ether_addr(&info.mac, &mac);
}

static void
pinned_is_asked_for_by_its_group_then_by_itself(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = get6(&bed, 5);
	CU_ASSERT_NOT_EQUAL_FATAL(index, 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 2500), 3);
	CU_ASSERT_TRUE(hex_equal(bed.frame, bed.len, asks_all));
	CU_ASSERT_EQUAL(bed.port, BED_PORT);
	hear_advert(&bed, 5, 5, true, true);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_REACHABLE);
	CU_ASSERT_EQUAL(bed_pass(&bed, 3000), 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 2000), 1);
	CU_ASSERT_TRUE(hex_equal(bed.frame, bed.len, asks_it));
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	bed_fini(&bed);
}

/* An answer to one host may leave the MAC out. */
static void
answered_probe_without_mac_proves_that_it_lives(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = get6(&bed, 5);
	hear_advert(&bed, 5, 0, true, false);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_INCOMPLETE);
	hear_advert(&bed, 5, 5, true, false);
	bed_pass(&bed, 5000);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	hear_advert(&bed, 5, 0, false, false);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	hear_advert(&bed, 5, 0, true, false);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_REACHABLE);
	CU_ASSERT_TRUE(is_at(&bed, index, 5));
	bed_fini(&bed);
}

static void
another_mac_is_believed_only_with_override(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = get6(&bed, 5);
	hear_advert(&bed, 5, 5, true, true);
	hear_advert(&bed, 5, 6, true, false);
	CU_ASSERT_TRUE(is_at(&bed, index, 5));
	hear_advert(&bed, 5, 6, false, true);
	CU_ASSERT_TRUE(is_at(&bed, index, 6));
	bed_fini(&bed);
}

static void
who_asks_us_is_learnt_and_who_advertises_himself_is_not(void)
{
	struct bed bed;

	bed_init(&bed, 16, 16);
	hear_advert(&bed, 5, 5, false, true);
	CU_ASSERT_EQUAL(find6(&bed, 5), 0);
	hear_question(&bed, 6, 6, false);
	CU_ASSERT_EQUAL(find6(&bed, 6), 0);
	hear_question(&bed, 7, 7, true);
	CU_ASSERT_NOT_EQUAL_FATAL(find6(&bed, 7), 0);
	CU_ASSERT_TRUE(is_at(&bed, find6(&bed, 7), 7));
	hear_question(&bed, 7, 8, false);
	CU_ASSERT_TRUE(is_at(&bed, find6(&bed, 7), 8));
	bed_fini(&bed);
}

static void
question_from_no_address_or_without_mac_teaches_nothing(void)
{
	struct lb_nd nd = { .type = LB_ND_SOLICIT, .has_mac = true, .mac = bed_mac(1) };

	CU_ASSERT_EQUAL(lb_addr_parse("::", &nd.src), 0);
	CU_ASSERT_EQUAL(neigh_on_nd(&nd, NULL, NULL, true), NEIGH_IGNORE);
	nd.src = bed_addr6(1);
	CU_ASSERT_EQUAL(neigh_on_nd(&nd, NULL, NULL, true), NEIGH_LEARN);
	nd.has_mac = false;
	CU_ASSERT_EQUAL(neigh_on_nd(&nd, NULL, NULL, true), NEIGH_IGNORE);
}

static void
fixed_neighbour_is_deaf_to_both(void)
{
	struct rte_ether_addr mac = bed_mac(1);
	struct lb_addr addr = bed_addr6(5);
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = lb_neigh_fix(bed.table, BED_PORT, &addr, &mac, bed.now);
	hear_question(&bed, 5, 9, true);
	hear_advert(&bed, 5, 9, true, true);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PERMANENT);
	CU_ASSERT_TRUE(is_at(&bed, index, 1));
	bed_fini(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(pinned_is_asked_for_by_its_group_then_by_itself),
	UNIT_TEST(answered_probe_without_mac_proves_that_it_lives),
	UNIT_TEST(another_mac_is_believed_only_with_override),
	UNIT_TEST(who_asks_us_is_learnt_and_who_advertises_himself_is_not),
	UNIT_TEST(question_from_no_address_or_without_mac_teaches_nothing),
	UNIT_TEST(fixed_neighbour_is_deaf_to_both),
	UNIT_END,
};

const struct unit_suite unit_neigh_nd = { "nd", tests };
