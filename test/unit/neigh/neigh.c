/* The life of a neighbour, pinned and learnt, from the first request to the last. */

#include "bed.h"

/* Who has 10.1.0.21, tell 10.1.0.11 at 02:00:00:00:00:33; made with scapy. */
static const uint8_t request[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00,
	0x33, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00,
	0x00, 0x33, 0x0a, 0x01, 0x00, 0x0b, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x01, 0x00,
	0x15 };

/* The destination of a unicast request to bed_mac(0x11223344). */
static const uint8_t unicast[] = { 0x06, 0x00, 0x11, 0x22, 0x33, 0x44 };

#define SERVER 21
#define MAC 0x11223344

static void
expect_request(const struct bed *bed, bool to_all)
{
	CU_ASSERT_EQUAL(bed->port, BED_PORT);
	CU_ASSERT_EQUAL(memcmp(bed->frame, to_all ? request : unicast, 6), 0);
	CU_ASSERT_EQUAL(memcmp(bed->frame + 6, request + 6, sizeof(request) - 6), 0);
}

static void
pinned_is_asked_for_each_second_for_ever(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	CU_ASSERT_EQUAL(lb_neigh_run(bed.table, bed.now), UINT64_MAX);
	index = bed_get(&bed, SERVER);
	CU_ASSERT_NOT_EQUAL_FATAL(index, 0);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_INCOMPLETE);
	CU_ASSERT_EQUAL(lb_neigh_run(bed.table, bed.now), BED_START + 1000);
	CU_ASSERT_EQUAL(bed.sent, 1);
	expect_request(&bed, true);
	CU_ASSERT_EQUAL(lb_neigh_run(bed.table, bed.now + 999), BED_START + 1000);
	CU_ASSERT_EQUAL(bed.sent, 1);
	CU_ASSERT_EQUAL(bed_pass(&bed, 100000), 100);
	expect_request(&bed, true);
	CU_ASSERT_EQUAL(bed.ups + bed.downs, 0);
	bed_fini(&bed);
}

static void
learnt_is_forgotten_after_its_requests(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	bed_want(&bed, SERVER);
	index = bed_find(&bed, SERVER);
	CU_ASSERT_NOT_EQUAL_FATAL(index, 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 0), 1);
	expect_request(&bed, true);
	bed_want(&bed, SERVER);
	CU_ASSERT_EQUAL(bed_pass(&bed, 2999), 2);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	CU_ASSERT_EQUAL(bed_pass(&bed, 1), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0);
	CU_ASSERT_EQUAL(lb_neigh_run(bed.table, bed.now), UINT64_MAX);
	CU_ASSERT_EQUAL(bed.ups + bed.downs, 0);
	bed_fini(&bed);
}

static void
reply_makes_it_usable(void)
{
	struct lb_neigh_info info;
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_get(&bed, SERVER);
	bed_pass(&bed, 500);
	bed_hear(&bed, SERVER, MAC, true);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0x0203443322110006);
	CU_ASSERT_EQUAL(bed.ups, 1);
	CU_ASSERT_EQUAL(bed.changed, index);
	CU_ASSERT_TRUE_FATAL(lb_neigh_info(bed.table, index, &info));
	CU_ASSERT_EQUAL(info.state, LB_NEIGH_REACHABLE);
	CU_ASSERT_EQUAL(info.heard_ms, BED_START + 500);
	CU_ASSERT_EQUAL(info.port, BED_PORT);
	CU_ASSERT_TRUE(info.pinned);
	CU_ASSERT_EQUAL(info.addr.ip4, RTE_BE32(0x0a010015));
	CU_ASSERT_EQUAL(memcmp(&info.mac, unicast, 6), 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 3700), 0);
	bed_fini(&bed);
}

static void
silent_pinned_is_probed_then_asked_for_by_all(void)
{
	struct bed bed;
	uint32_t index;
	uint64_t probe;

	bed_init(&bed, 16, 16);
	index = bed_get(&bed, SERVER);
	bed_pass(&bed, 0);
	bed_hear(&bed, SERVER, MAC, true);
	probe = lb_neigh_run(bed.table, bed.now + 1000);
	CU_ASSERT_TRUE(probe > BED_START + 3750 && probe <= BED_START + 5000);

	CU_ASSERT_EQUAL(bed_pass(&bed, probe - bed.now), 1);
	expect_request(&bed, false);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0x0303443322110006);
	CU_ASSERT_EQUAL(bed_pass(&bed, 2999), 2);
	expect_request(&bed, false);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	CU_ASSERT_EQUAL(bed.downs, 0);

	CU_ASSERT_EQUAL(bed_pass(&bed, 1), 1);
	expect_request(&bed, true);
	CU_ASSERT_EQUAL(bed.downs, 1);
	CU_ASSERT_EQUAL(bed.changed, index);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0x0103000000000000);
	CU_ASSERT_EQUAL(bed_pass(&bed, 10000), 10);

	bed_hear(&bed, SERVER, MAC, true);
	CU_ASSERT_EQUAL(bed.ups, 2);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0x0203443322110006);
	bed_fini(&bed);
}

static void
answered_probe_changes_nothing_for_workers(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_get(&bed, SERVER);
	bed_hear(&bed, SERVER, MAC, true);
	/* At 6.5 s the second or the third is out, whatever the jitter: the first at 3.75 to 5 s.
	 */
	CU_ASSERT_TRUE(bed_pass(&bed, 6500) >= 2);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	bed_hear(&bed, SERVER, MAC, true);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_REACHABLE);
	CU_ASSERT_EQUAL(bed.ups, 1);
	CU_ASSERT_EQUAL(bed.downs, 0);
	/* It has all its probes again. */
	bed_pass(&bed, 3750);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_REACHABLE);
	bed_pass(&bed, 1250 + 2000);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	bed_fini(&bed);
}

static void
who_is_heard_is_not_probed(void)
{
	struct bed bed;

	bed_init(&bed, 16, 16);
	bed_get(&bed, SERVER);
	bed_hear(&bed, SERVER, MAC, true);
	for (int i = 0; i < 20; i++) {
		CU_ASSERT_EQUAL(bed_pass(&bed, 3700), 0);
		bed_hear(&bed, SERVER, MAC, i % 2 == 0);
	}
	CU_ASSERT_EQUAL(bed.ups, 1);
	bed_fini(&bed);
}

static void
changed_mac_moves_the_word_at_once(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_get(&bed, SERVER);
	bed_hear(&bed, SERVER, MAC, true);
	bed_hear(&bed, SERVER, 0x55667788, false);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0x0203887766550006);
	CU_ASSERT_EQUAL(bed.ups, 1);
	CU_ASSERT_EQUAL(bed.downs, 0);
	bed_fini(&bed);
}

static void
stranger_who_does_not_ask_us_is_ignored(void)
{
	struct bed bed;

	bed_init(&bed, 16, 16);
	bed_hear(&bed, 7, MAC, false);
	CU_ASSERT_EQUAL(bed_find(&bed, 7), 0);
	bed_hear(&bed, 7, MAC, true);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 7), 0);
	CU_ASSERT_EQUAL(bed_state(&bed, bed_find(&bed, 7)), LB_NEIGH_REACHABLE);
	CU_ASSERT_EQUAL(bed.ups, 1);
	CU_ASSERT_EQUAL(bed.sent, 0);
	bed_fini(&bed);
}

static void
sender_that_is_no_host_is_ignored(void)
{
	static const uint32_t senders[] = { 0, 0x7f000001, 0xe0000012, 0xffffffff };
	struct bed bed;

	bed_init(&bed, 16, 16);
	for (size_t i = 0; i < RTE_DIM(senders); i++) {
		struct lb_addr addr = lb_addr_ip4(rte_cpu_to_be_32(senders[i]));
		const struct lb_arp arp = {
			.op = RTE_ARP_OP_REQUEST,
			.sender_mac = bed_mac(1),
			.sender_ip = addr.ip4,
			.target_ip = RTE_BE32(0x0a01000b),
		};

		lb_neigh_heard(bed.table, BED_PORT, &arp, true, bed.now);
		lb_neigh_want(bed.table, BED_PORT, &addr, bed.now);
		CU_ASSERT_EQUAL(lb_neigh_find(bed.view, BED_PORT, &addr), 0);
	}
	CU_ASSERT_EQUAL(lb_neigh_run(bed.table, bed.now), UINT64_MAX);
	bed_fini(&bed);
}

static void
port_without_address_asks_and_learns_nothing(void)
{
	struct lb_addr addr = bed_addr(7);
	const struct lb_arp arp = {
		.op = RTE_ARP_OP_REQUEST, .sender_mac = bed_mac(1), .sender_ip = bed_addr(7).ip4
	};
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	lb_neigh_want(bed.table, BED_PORT_WITHOUT_ADDRESS, &addr, bed.now);
	lb_neigh_heard(bed.table, BED_PORT_WITHOUT_ADDRESS, &arp, true, bed.now);
	CU_ASSERT_EQUAL(lb_neigh_find(bed.view, BED_PORT_WITHOUT_ADDRESS, &addr), 0);
	index = lb_neigh_get(bed.table, BED_PORT_WITHOUT_ADDRESS, &addr, bed.now);
	CU_ASSERT_NOT_EQUAL(index, 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 5000), 0);
	lb_neigh_heard(bed.table, BED_PORT_WITHOUT_ADDRESS, &arp, false, bed.now);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_REACHABLE);
	bed_fini(&bed);
}

static void
same_address_on_two_ports_is_two_neighbours(void)
{
	struct lb_addr addr = bed_addr(SERVER);
	struct bed bed;
	uint32_t here, there;

	bed_init(&bed, 16, 16);
	here = bed_get(&bed, SERVER);
	there = lb_neigh_get(bed.table, 4, &addr, bed.now);
	CU_ASSERT_NOT_EQUAL(here, there);
	bed_hear(&bed, SERVER, MAC, true);
	CU_ASSERT_EQUAL(bed_state(&bed, here), LB_NEIGH_REACHABLE);
	CU_ASSERT_EQUAL(bed_state(&bed, there), LB_NEIGH_INCOMPLETE);
	CU_ASSERT_EQUAL(lb_neigh_port(lb_neigh_word(bed.view, there)), 4);
	bed_fini(&bed);
}

static void
address_is_found_whatever_pads_it(void)
{
	struct lb_addr addr;
	struct bed bed;

	bed_init(&bed, 16, 16);
	memset(&addr, 0xa5, sizeof(addr));
	addr.words[0] = addr.words[1] = 0;
	addr.ip4 = RTE_BE32(0x0a010015);
	addr.family = AF_INET;
	CU_ASSERT_EQUAL(lb_neigh_get(bed.table, BED_PORT, &addr, bed.now), bed_get(&bed, SERVER));
	bed_fini(&bed);
}

static void
learnt_in_use_is_probed_when_stale(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	bed_hear(&bed, SERVER, MAC, true);
	index = bed_find(&bed, SERVER);
	bed.used[index] = true;
	CU_ASSERT_EQUAL(bed_pass(&bed, 29999), 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 1), 1);
	expect_request(&bed, false);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	CU_ASSERT_EQUAL(bed_pass(&bed, 2999), 2);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	CU_ASSERT_EQUAL(bed_pass(&bed, 1), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0);
	CU_ASSERT_EQUAL(bed.downs, 1);
	bed_fini(&bed);
}

static void
idle_learnt_keeps_silent_until_forgotten(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	bed_hear(&bed, SERVER, MAC, true);
	index = bed_find(&bed, SERVER);
	CU_ASSERT_EQUAL(bed_pass(&bed, 299999), 0);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_REACHABLE);
	CU_ASSERT_EQUAL(bed_pass(&bed, 1), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), 0);
	CU_ASSERT_EQUAL(bed.downs, 1);
	bed_fini(&bed);
}

static void
idle_learnt_that_is_used_again_is_probed(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	bed_hear(&bed, SERVER, MAC, true);
	index = bed_find(&bed, SERVER);
	CU_ASSERT_EQUAL(bed_pass(&bed, 100000), 0);
	bed.used[index] = true;
	/* It is looked at each 30 s: at 120 s. */
	CU_ASSERT_EQUAL(bed_pass(&bed, 19999), 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 1), 1);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	bed_hear(&bed, SERVER, MAC, true);
	CU_ASSERT_EQUAL(bed_pass(&bed, 299999), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	bed_fini(&bed);
}

static void
pins_are_counted(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_get(&bed, SERVER);
	CU_ASSERT_EQUAL(bed_get(&bed, SERVER), index);
	lb_neigh_put(bed.table, index, bed.now);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	lb_neigh_put(bed.table, index, bed.now);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0);
	bed_fini(&bed);
}

static void
known_neighbour_changes_kind_and_keeps_its_index(void)
{
	struct lb_neigh_info info;
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	bed_hear(&bed, SERVER, MAC, true);
	index = bed_find(&bed, SERVER);
	bed_pass(&bed, 4000);
	CU_ASSERT_EQUAL(bed_get(&bed, SERVER), index);
	CU_ASSERT_TRUE(lb_neigh_info(bed.table, index, &info) && info.pinned);
	CU_ASSERT_TRUE(bed_pass(&bed, 1000) >= 1);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_PROBE);
	bed_hear(&bed, SERVER, MAC, true);

	lb_neigh_put(bed.table, index, bed.now);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	CU_ASSERT_TRUE(lb_neigh_info(bed.table, index, &info) && !info.pinned);
	CU_ASSERT_EQUAL(info.state, LB_NEIGH_REACHABLE);
	CU_ASSERT_EQUAL(bed_pass(&bed, 299999), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	bed_pass(&bed, 1);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), 0);
	CU_ASSERT_EQUAL(bed.ups, 1);
	CU_ASSERT_EQUAL(bed.downs, 1);
	bed_fini(&bed);
}

static void
probes_of_many_are_spread(void)
{
	struct bed bed;
	uint32_t total = 0;

	bed_init(&bed, 16, 4000);
	for (uint32_t n = 0; n < 4000; n++)
		bed_get(&bed, n);
	CU_ASSERT_EQUAL(bed_pass(&bed, 100), 4000);
	for (uint32_t n = 0; n < 4000; n++)
		bed_hear(&bed, n, n, true);
	CU_ASSERT_EQUAL(bed_pass(&bed, 3700), 0);
	/* Over 1250 ms 4000 evenly: 320 in 100 ms. The second request comes 1000 ms after. */
	for (int i = 0; i < 10; i++) {
		uint32_t sent = bed_pass(&bed, 100);

		CU_ASSERT_TRUE(sent <= 400);
		total += sent;
	}
	CU_ASSERT_TRUE(total >= 2800 && total <= 3400);
	bed_fini(&bed);
}

static void
burst_of_new_servers_is_asked_for_in_portions(void)
{
	struct bed bed;
	uint32_t before;

	bed_init(&bed, 65536, 100000);
	for (uint32_t n = 0; n < 100000; n++)
		CU_ASSERT_NOT_EQUAL_FATAL(bed_get(&bed, n), 0);
	before = bed.sent;
	CU_ASSERT_EQUAL(lb_neigh_run(bed.table, bed.now), bed.now + 1);
	CU_ASSERT_TRUE(bed.sent - before <= 1024);
	before = bed.sent - before;
	CU_ASSERT_EQUAL(bed_pass(&bed, 999), 100000 - before);
	bed_fini(&bed);
}

static void
what_is_not_there_has_no_info(void)
{
	struct lb_neigh_info info;
	struct bed bed;

	bed_init(&bed, 16, 16);
	CU_ASSERT_FALSE(lb_neigh_info(bed.table, 0, &info));
	CU_ASSERT_FALSE(lb_neigh_info(bed.table, 1, &info));
	CU_ASSERT_FALSE(lb_neigh_info(bed.table, UINT32_MAX, &info));
	bed_fini(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(pinned_is_asked_for_each_second_for_ever),
	UNIT_TEST(learnt_is_forgotten_after_its_requests),
	UNIT_TEST(reply_makes_it_usable),
	UNIT_TEST(silent_pinned_is_probed_then_asked_for_by_all),
	UNIT_TEST(answered_probe_changes_nothing_for_workers),
	UNIT_TEST(who_is_heard_is_not_probed),
	UNIT_TEST(changed_mac_moves_the_word_at_once),
	UNIT_TEST(stranger_who_does_not_ask_us_is_ignored),
	UNIT_TEST(sender_that_is_no_host_is_ignored),
	UNIT_TEST(port_without_address_asks_and_learns_nothing),
	UNIT_TEST(same_address_on_two_ports_is_two_neighbours),
	UNIT_TEST(address_is_found_whatever_pads_it),
	UNIT_TEST(learnt_in_use_is_probed_when_stale),
	UNIT_TEST(idle_learnt_keeps_silent_until_forgotten),
	UNIT_TEST(idle_learnt_that_is_used_again_is_probed),
	UNIT_TEST(pins_are_counted),
	UNIT_TEST(known_neighbour_changes_kind_and_keeps_its_index),
	UNIT_TEST(probes_of_many_are_spread),
	UNIT_TEST(burst_of_new_servers_is_asked_for_in_portions),
	UNIT_TEST(what_is_not_there_has_no_info),
	UNIT_END,
};

const struct unit_suite unit_neigh_neigh = { "neigh", tests };
