/*
 * IPv6 through the graph and the control loop: addresses of ports and of a VRRP instance with 10 ms
 * between adverts.
 */

#include "harness.h"

#include <string.h>

#include "director.h"
#include "lb_clock.h"
#include "six_frames.h"
#include "unit.h"

#define VIRTUAL_MAC UINT64_C(0x00005e000233)

/* Longer than anything here takes: MLD repeats itself within a second. */
#define LONG_MS 3000

#define ADDRESSES ", \"fd01::11/64\", \"fe80::11/64\""

#define INSTANCE6(more)                                                                            \
	"{ name = \"six\"; port = \"wan\"; vrid = 51; interval_ms = 10;"                           \
	"  addresses = [ \"fe80::5e:100/64\", \"fd01::100/64\" ]; " more " }"
#define INSTANCE4                                                                                  \
	"{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10;"                           \
	"  addresses = [ \"10.1.0.100/24\" ]; }"

/* Turn until exactly this IPv6 frame leaves; others are thrown away. */
static bool
leaves(const char *hex)
{
	uint64_t end = lb_clock_ms() + LONG_MS;
	struct frame expected = frame_hex(hex), frame;

	while (lb_clock_ms() < end)
		if (graph_wait(WAN, TYPE_IP6, &frame, 10) && frame_equal(&frame, &expected))
			return true;
	return false;
}

static void
comes(const char *hex)
{
	struct frame frame = frame_hex(hex);

	graph_send(WAN, &frame);
}

/* ICMPv6 that leaves without further time. */
static uint32_t
icmp_frames(void)
{
	struct frame frame;
	uint32_t n = 0;

	while (graph_take(WAN, TYPE_IP6, &frame))
		n += frame.bytes[20] == 58;
	return n;
}

static const char *
state_of(const struct director *director, uint32_t i)
{
	struct vrrp_info info;

	vrrp_run_info(director, i, &info);
	return info.state;
}

static struct director *
boot_active(const char *instances)
{
	struct director *director =
		graph_boot(&(struct graph_setup){ .wan6 = ADDRESSES, .vrrp = instances });

	CU_ASSERT_TRUE(leaves(OWN6));
	return director;
}

static void
question_about_a_ports_address_is_answered(void)
{
	graph_boot(&(struct graph_setup){ .wan6 = ADDRESSES });
	CU_ASSERT_TRUE(leaves(NA_PORT));
	comes(ASK_PORT);
	CU_ASSERT_TRUE(leaves(ANSWER_PORT));
	CU_ASSERT_EQUAL(graph_count("punt_neigh"), 1);
	graph_end();
}

static void
echo_is_answered_and_who_asked_before_is_known(void)
{
	graph_boot(&(struct graph_setup){ .wan6 = ADDRESSES });
	comes(ASK_PORT);
	comes(ECHO_PORT);
	CU_ASSERT_TRUE(leaves(REPLY_PORT));
	graph_end();
}

static void
echo_of_a_stranger_waits_until_he_is_found(void)
{
	graph_boot(&(struct graph_setup){ .wan6 = ADDRESSES });
	comes(ECHO_PORT);
	CU_ASSERT_TRUE(leaves(ASK_HOST));
	comes(HOST_IS_HERE);
	CU_ASSERT_TRUE(leaves(REPLY_PORT));
	graph_end();
}

static void
answer_to_a_link_local_address_leaves_by_the_same_port(void)
{
	boot_active(INSTANCE6(""));
	comes(ECHO_LOCAL);
	CU_ASSERT_TRUE(leaves(ASK_LOCAL_HOST));
	comes(LOCAL_HOST_IS_HERE);
	CU_ASSERT_TRUE(leaves(REPLY_LOCAL));
	graph_end();
}

static void
nobody_heard_makes_it_active_and_it_announces_each_address(void)
{
	struct director *director =
		graph_boot(&(struct graph_setup){ .wan6 = ADDRESSES, .vrrp = INSTANCE6("") });

	CU_ASSERT_STRING_EQUAL(state_of(director, 0), "backup");
	CU_ASSERT_TRUE(leaves(OWN6));
	CU_ASSERT_STRING_EQUAL(state_of(director, 0), "active");
	CU_ASSERT_TRUE(leaves(NA_LOCAL));
	CU_ASSERT_TRUE(leaves(NA_GLOBAL));
	CU_ASSERT_TRUE(leaves(OWN6));
	graph_end();
}

static void
active_answers_questions_with_the_virtual_mac_from_the_ports_own(void)
{
	boot_active(INSTANCE6(""));
	comes(ASK_VIP);
	CU_ASSERT_TRUE(leaves(ANSWER_VIP));
	CU_ASSERT_EQUAL(graph_count("punt_arp_vip"), 1);
	comes(ECHO_VIP);
	CU_ASSERT_TRUE(leaves(REPLY_VIP));
	graph_end();
}

static void
who_tries_a_vip_out_hears_that_it_is_taken(void)
{
	boot_active(INSTANCE6("garp: { repeat = 0; delay_ms = 0; };"));
	comes(TRY_VIP);
	CU_ASSERT_TRUE(leaves(ANSWER_TRY));
	graph_end();
}

static void
router_is_called_so_when_the_configuration_says_it(void)
{
	boot_active(INSTANCE6("router = true;"));
	comes(ASK_VIP);
	CU_ASSERT_TRUE(leaves(ANSWER_VIP_ROUTER));
	graph_end();
}

static void
vip_that_accepts_nothing_is_still_found(void)
{
	boot_active(INSTANCE6("accept = false;"));
	comes(ASK_VIP);
	CU_ASSERT_TRUE(leaves(ANSWER_VIP));
	comes(ECHO_VIP);
	CU_ASSERT_EQUAL(graph_count("drop_vip_accept"), 1);
	graph_end();
}

static void
physical_mac_has_the_addresses_where_that_is_wanted(void)
{
	struct frame frame = { 0 };

	graph_boot(&(struct graph_setup){
		.wan6 = ADDRESSES, .vrrp = INSTANCE6("mac = \"physical\";") });
	comes(ASK_PORT);
	do {
		CU_ASSERT_TRUE_FATAL(graph_wait(WAN, TYPE_IP6, &frame, LONG_MS));
	} while (frame.bytes[20] != 112);
	CU_ASSERT_EQUAL(frame_get_mac(&frame, 6), WAN_MAC);
	graph_settle();
	icmp_frames();
	comes(ASK_VIP);
	do {
		CU_ASSERT_TRUE_FATAL(graph_wait(WAN, TYPE_IP6, &frame, LONG_MS));
	} while (frame_get_mac(&frame, 0) != NEAR_MAC);
	CU_ASSERT_EQUAL(frame_get_mac(&frame, 6), WAN_MAC);
	CU_ASSERT_EQUAL(frame_get_mac(&frame, 80), WAN_MAC); /* in the option */
	graph_end();
}

static void
backup_answers_nothing_and_leaves_the_groups(void)
{
	struct frame echo = frame_hex(ECHO_VIP);
	struct director *director = boot_active(INSTANCE6(""));

	comes(HIGHER6);
	CU_ASSERT_STRING_EQUAL(state_of(director, 0), "backup");
	CU_ASSERT_TRUE(leaves(LEAVE_VIPS));
	graph_settle();
	icmp_frames();
	comes(ASK_VIP);
	CU_ASSERT_EQUAL(graph_count("drop_eth_not_ours"), 1);
	graph_send(WAN, &echo);
	CU_ASSERT_EQUAL(graph_count("drop_eth_not_ours"), 2);
	frame_put_mac(&echo, 0, WAN_MAC);
	graph_send(WAN, &echo);
	CU_ASSERT_EQUAL(graph_count("drop_vip_backup"), 1);
	CU_ASSERT_EQUAL(graph_count("icmp6_input"), 0);
	graph_end();
}

static void
groups_are_reported_when_joined_and_once_more(void)
{
	graph_boot(&(struct graph_setup){ .wan6 = ADDRESSES,
		.vrrp = INSTANCE6("start_delay_ms = "
				  "3000;") });
	CU_ASSERT_TRUE(leaves(JOIN_START));
	CU_ASSERT_TRUE(leaves(JOIN_START));
	graph_end();
	boot_active(INSTANCE6(""));
	CU_ASSERT_TRUE(leaves(JOIN_VIPS));
	graph_end();
}

static void
query_is_answered_with_the_groups_that_are_listened_to(void)
{
	graph_boot(&(struct graph_setup){ .wan6 = ADDRESSES,
		.vrrp = INSTANCE6("start_delay_ms = "
				  "3000;") });
	comes(QUERY);
	CU_ASSERT_TRUE(leaves(LISTENS));
	graph_end();
}

static void
instances_of_both_families_with_one_vrid_know_nothing_of_each_other(void)
{
	struct director *director = boot_active(INSTANCE4 ", " INSTANCE6(""));
	struct vrrp_info info;

	comes(HIGHER6);
	CU_ASSERT_STRING_EQUAL(state_of(director, 0), "active");
	CU_ASSERT_STRING_EQUAL(state_of(director, 1), "backup");
	vrrp_run_info(director, 0, &info);
	CU_ASSERT_EQUAL(info.received, 0);
	graph_end();
}

static void
advert_that_came_through_a_router_is_refused(void)
{
	struct director *director = boot_active(INSTANCE6(""));
	struct vrrp_info info;

	comes(HIGHER6_FAR);
	vrrp_run_info(director, 0, &info);
	CU_ASSERT_EQUAL(info.refused[LB_VRRP_BAD_TTL], 1);
	CU_ASSERT_STRING_EQUAL(info.state, "active");
	graph_end();
}

static void
packets_to_the_group_of_vrrp_go_nowhere(void)
{
	struct frame frame = frame_hex(HIGHER6);

	graph_boot(&(struct graph_setup){
		.wan6 = ADDRESSES,
		.vrrp = INSTANCE6("start_delay_ms = 3000;"),
		.transit = "route",
		.routes = "{ to = \"ff00::/8\"; via = \"fd01::1\"; }",
	});
	frame.bytes[20] = 17;
	graph_send(WAN, &frame);
	CU_ASSERT_EQUAL(graph_count("drop_ip6_group"), 1);
	frame_put_mac(&frame, 0, WAN_MAC);
	graph_send(WAN, &frame);
	CU_ASSERT_EQUAL(graph_count("drop_ip6_group"), 2);
	CU_ASSERT_EQUAL(graph_count("transit"), 0);
	graph_end();
}

static void
stopping_an_active_sends_priority_0(void)
{
	struct director *director = boot_active(INSTANCE6(""));

	graph_drain(WAN, 0);
	vrrp_run_stop(director);
	CU_ASSERT_TRUE(leaves(OWN6_LEAVES));
	CU_ASSERT_FALSE(lb_vip_is_active(director->vrrp.numbers[0], rte_rdtsc()));
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(question_about_a_ports_address_is_answered),
	UNIT_TEST(echo_is_answered_and_who_asked_before_is_known),
	UNIT_TEST(echo_of_a_stranger_waits_until_he_is_found),
	UNIT_TEST(answer_to_a_link_local_address_leaves_by_the_same_port),
	UNIT_TEST(nobody_heard_makes_it_active_and_it_announces_each_address),
	UNIT_TEST(active_answers_questions_with_the_virtual_mac_from_the_ports_own),
	UNIT_TEST(who_tries_a_vip_out_hears_that_it_is_taken),
	UNIT_TEST(router_is_called_so_when_the_configuration_says_it),
	UNIT_TEST(vip_that_accepts_nothing_is_still_found),
	UNIT_TEST(physical_mac_has_the_addresses_where_that_is_wanted),
	UNIT_TEST(backup_answers_nothing_and_leaves_the_groups),
	UNIT_TEST(groups_are_reported_when_joined_and_once_more),
	UNIT_TEST(query_is_answered_with_the_groups_that_are_listened_to),
	UNIT_TEST(instances_of_both_families_with_one_vrid_know_nothing_of_each_other),
	UNIT_TEST(advert_that_came_through_a_router_is_refused),
	UNIT_TEST(packets_to_the_group_of_vrrp_go_nowhere),
	UNIT_TEST(stopping_an_active_sends_priority_0),
	UNIT_END,
};

const struct unit_suite graph_six = { "six", tests };
