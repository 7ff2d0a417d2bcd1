/*
 * The ways in which adverts go and come: version 2, both versions, and unicast. Frames in
 * hexadecimal were made from the RFCs by a program of their own.
 */

#include <stdio.h>

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
/* By unicast: we to 10.1.0.12 and by the router to 198.18.9.2, and the first of them to us. */
#define TO_PEER                                                                                    \
	"02000001000c024c42000001080045c0002000004000ff7066950a01000b0a01000c"                     \
	"3133640100014bd00a010064"
#define TO_FAR                                                                                     \
	"020000010001024c42000001080045c0002000004000ff70a18d0a01000bc6120902"                     \
	"31336401000186c80a010064"
#define FROM_PEER                                                                                  \
	"024c4200000102000001000c080045c0002000004000ff7066950a01000c0a01000b"                     \
	"3133c8010001e7cf0a010064"
#define FROM_OTHER                                                                                 \
	"024c4200000102000001000c080045c0002000004000ff7066940a01000d0a01000b"                     \
	"3133c8010001e7ce0a010064"

#define PEER_IP IP(10, 1, 0, 12)
#define PEER_MAC UINT64_C(0x02000001000c)

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
v17_version_2_takes_and_counts_its_own_version_alone(void)
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

#define UNICAST(peers) INSTANCE("interval_ms = 10; unicast: { peers = [ " peers " ]; };")

static void
peer_says_where_he_is(void)
{
	struct frame arp = frame_arp(ARP_REPLY, WAN_MAC, PEER_MAC, PEER_IP, WAN_MAC, WAN_IP);

	graph_send(WAN, &arp);
}

static void
unicast_goes_to_each_peer_once_its_mac_is_known(void)
{
	struct director *director =
		graph_boot_met(&(struct graph_setup){ .vrrp = UNICAST("\"10.1.0.12\"") });
	struct frame frame = { 0 };

	while (info_of(director).unsent < 3)
		graph_pause(10);
	CU_ASSERT_EQUAL(info_of(director).sent, 0);
	CU_ASSERT_FALSE(graph_take(WAN, TYPE_IP4, &frame));
	peer_says_where_he_is();
	CU_ASSERT_TRUE(next_is(TO_PEER));
	CU_ASSERT_TRUE(next_is(TO_PEER));
	graph_end();
}

static void
unicast_to_who_is_far_goes_by_the_gateway(void)
{
	graph_boot_met(&(struct graph_setup){ .vrrp = UNICAST("\"198.18.9.2\"") });
	CU_ASSERT_TRUE(next_is(TO_FAR));
	graph_end();
}

static void
v32_unicast_is_taken_from_peers_alone(void)
{
	struct director *director =
		graph_boot_met(&(struct graph_setup){ .vrrp = UNICAST("\"10.1.0.12\"") });
	struct frame far = frame_hex(FROM_PEER);

	peer_says_where_he_is();
	CU_ASSERT_TRUE(next_is(TO_PEER));
	advert_from(FROM_OTHER);
	CU_ASSERT_EQUAL(info_of(director).refused[LB_VRRP_OTHER_SENDER], 1);
	far.bytes[FRAME_IP_TTL] = 254;
	frame_seal(&far);
	graph_send(WAN, &far);
	CU_ASSERT_EQUAL(info_of(director).refused[LB_VRRP_BAD_TTL], 1);
	CU_ASSERT_STRING_EQUAL(info_of(director).state, "active");
	advert_from(FROM_PEER);
	CU_ASSERT_STRING_EQUAL(info_of(director).state, "backup");
	graph_end();
}

static void
v33_multicast_and_unicast_do_not_mix(void)
{
	struct director *director =
		graph_boot_met(&(struct graph_setup){ .vrrp = INSTANCE("interval_ms = 1000;") });

	advert_from(FROM_PEER);
	CU_ASSERT_EQUAL(info_of(director).refused[LB_VRRP_OTHER_DEST], 1);
	advert_from(HIGHER3);
	CU_ASSERT_EQUAL(info_of(director).received, 1);
	graph_end();
	director = graph_boot_met(&(struct graph_setup){ .vrrp = UNICAST("\"10.1.0.12\"") });
	advert_from(HIGHER3);
	CU_ASSERT_EQUAL(info_of(director).received, 0);
	graph_end();
}

/* The address of a host in a frame to all, and the group in a frame to us. */
static void
frame_and_packet_must_both_go_to_one_or_to_the_group(void)
{
	struct director *director =
		graph_boot_met(&(struct graph_setup){ .vrrp = UNICAST("\"10.1.0.12\"") });
	struct frame frame = frame_hex(FROM_PEER);

	frame_put_mac(&frame, 0, UINT64_C(0x01005e000012));
	graph_send(WAN, &frame);
	CU_ASSERT_EQUAL(info_of(director).received, 0);
	graph_end();
}

static void
v29_strict_it_ignores_who_lists_other_addresses(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){
		.vrrp = "{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10;"
			"  addresses = [ \"10.1.0.101/24\" ];"
			"  compat = { strict_addresses = true; }; }" });

	advert_from(HIGHER3);
	CU_ASSERT_EQUAL(info_of(director).refused[LB_VRRP_OTHER_ADDRS], 1);
	CU_ASSERT_EQUAL(info_of(director).received, 0);
	graph_end();
}

/* An owner, Active at once, whose own next advert is 41 s away: does it answer a lower priority? */
static bool
answers_lower(const char *compat)
{
	char text[256];
	struct frame frame = { 0 };
	bool answered;

	snprintf(text, sizeof(text),
		"{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 40950; priority = 255;"
		"  addresses = [ \"10.1.0.11/24\" ]; %s }",
		compat);
	graph_boot_met(&(struct graph_setup){ .vrrp = text });
	graph_settle();
	graph_drain(WAN, TYPE_IP4);
	advert_from(HIGHER3);
	graph_settle();
	answered = graph_take(WAN, TYPE_IP4, &frame);
	graph_end();
	return answered;
}

static void
v47_quiet_it_leaves_lower_priorities_unanswered(void)
{
	CU_ASSERT_TRUE(answers_lower(""));
	CU_ASSERT_FALSE(answers_lower("compat = { quiet = true; };"));
}

static void
router_that_goes_on_beside_the_active_is_told(void)
{
	struct director *director = graph_boot_met(
		&(struct graph_setup){ .vrrp = INSTANCE("priority = 210; interval_ms "
							"= 10;") });
	struct frame frame = { 0 };

	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &frame, LONG_MS));
	CU_ASSERT_EQUAL(info_of(director).instance->routers.list[0].rivalry, 0);
	advert_from(HIGHER3);
	CU_ASSERT_EQUAL(info_of(director).instance->routers.list[0].rivalry, 1);
	CU_ASSERT_EQUAL(info_of(director).instance->routers.list[0].priority, 200);
	CU_ASSERT_EQUAL(
		info_of(director).instance->routers.list[0].adverts[LB_VRRP_FORM_RFC5798], 1);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(v17_version_2_takes_and_counts_its_own_version_alone),
	UNIT_TEST(v62_active_says_each_advert_in_both_versions),
	UNIT_TEST(v62_backup_learns_from_version_3_what_version_2_repeats),
	UNIT_TEST(v62_backup_learns_the_seconds_of_who_has_version_2_alone),
	UNIT_TEST(unicast_goes_to_each_peer_once_its_mac_is_known),
	UNIT_TEST(unicast_to_who_is_far_goes_by_the_gateway),
	UNIT_TEST(v32_unicast_is_taken_from_peers_alone),
	UNIT_TEST(v33_multicast_and_unicast_do_not_mix),
	UNIT_TEST(frame_and_packet_must_both_go_to_one_or_to_the_group),
	UNIT_TEST(v29_strict_it_ignores_who_lists_other_addresses),
	UNIT_TEST(v47_quiet_it_leaves_lower_priorities_unanswered),
	UNIT_TEST(router_that_goes_on_beside_the_active_is_told),
	UNIT_END,
};

const struct unit_suite graph_vrrp_ways = { "vrrp_ways", tests };
