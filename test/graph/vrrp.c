/*
 * VRRP through the graph and the control loop: an instance with 10 ms between adverts. Frames in
 * hexadecimal were made from RFC 9568 by a program of their own.
 */

#include "harness.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "director.h"
#include "lb_log.h"
#include "unit.h"

#define VRRP_VIP IP(10, 1, 0, 100)
#define VIRTUAL_MAC UINT64_C(0x00005e000133)

/* Longer than the 36 ms after which it takes over. */
#define LONG_MS 2000

#define OWN                                                                                        \
	"01005e00001200005e000133080045c0002000004000ff70908f0a01000be0000012"                     \
	"31336401000175ca0a010064"
#define OWN_LEAVES                                                                                 \
	"01005e00001200005e000133080045c0002000004000ff70908f0a01000be0000012"                     \
	"313300010001d9ca0a010064"
#define HIGHER                                                                                     \
	"01005e00001200005e000133080045c0002000004000ff70908e0a01000ce0000012"                     \
	"3133c801000111c90a010064"
#define HIGHER_LEAVES                                                                              \
	"01005e00001200005e000133080045c0002000004000ff70908e0a01000ce0000012"                     \
	"313300010001d9c90a010064"
#define LOWER                                                                                      \
	"01005e00001200005e000133080045c0002000004000ff70908e0a01000ce0000012"                     \
	"313332010001a7c90a010064"

#define INSTANCE(more)                                                                             \
	"{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10;"                           \
	"  addresses = [ \"10.1.0.100/24\" ]; " more " }"

/* Until it sends its first advert. */
static struct director *
boot_active(const char *instance)
{
	struct director *director = graph_boot_met(&(struct graph_setup){ .vrrp = instance });
	struct frame advert = { 0 };

	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &advert, LONG_MS));
	return director;
}

static void
advert_from(const char *hex)
{
	struct frame frame = frame_hex(hex);

	graph_send(WAN, &frame);
}

static const char *
state_of(const struct director *director)
{
	struct vrrp_info info;

	vrrp_run_info(director, 0, &info);
	return info.state;
}

static struct frame
question(void)
{
	return frame_arp(ARP_REQUEST, BROADCAST_MAC, ROUTER_MAC, ROUTER_IP, 0, VRRP_VIP);
}

static void
nobody_heard_makes_it_active_and_adverts_are_as_the_rfc_says(void)
{
	struct frame expected = frame_hex(OWN), advert = { 0 };
	struct director *director = graph_boot_met(&(struct graph_setup){ .vrrp = INSTANCE("") });

	CU_ASSERT_STRING_EQUAL(state_of(director), "backup");
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &advert, LONG_MS));
	CU_ASSERT_TRUE(frame_equal(&advert, &expected));
	CU_ASSERT_STRING_EQUAL(state_of(director), "active");
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &advert, LONG_MS));
	CU_ASSERT_TRUE(frame_equal(&advert, &expected));
	graph_end();
}

static void
active_announces_the_address_with_its_virtual_mac(void)
{
	struct frame expected =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, VIRTUAL_MAC, VRRP_VIP, VIRTUAL_MAC, VRRP_VIP);
	struct frame arp = { 0 };

	graph_boot_met(&(struct graph_setup){ .vrrp = INSTANCE("") });
	do {
		CU_ASSERT_TRUE_FATAL(graph_wait(WAN, TYPE_ARP, &arp, LONG_MS));
	} while (frame_get_mac(&arp, 6) != VIRTUAL_MAC);
	CU_ASSERT_TRUE(frame_equal(&arp, &expected));
	graph_end();
}

static void
active_answers_arp_with_the_virtual_mac_from_the_ports_own(void)
{
	struct frame asked = question(), expected, answer = { 0 };

	boot_active(INSTANCE("garp: { delay_ms = 0; };"));
	graph_settle();
	graph_drain(WAN, TYPE_ARP);
	graph_send(WAN, &asked);
	expected = frame_arp(ARP_REPLY, ROUTER_MAC, VIRTUAL_MAC, VRRP_VIP, ROUTER_MAC, ROUTER_IP);
	frame_put_mac(&expected, 6, WAN_MAC);
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_ARP, &answer, LONG_MS));
	CU_ASSERT_TRUE(frame_equal(&answer, &expected));
	graph_end();
}

static void
higher_advert_makes_it_backup_that_takes_no_frame_and_answers_nothing(void)
{
	struct frame echo = frame_icmp(CLIENT_IP(0), VRRP_VIP, ICMP_ECHO, 0), asked = question();
	struct director *director = boot_active(INSTANCE(""));

	frame_put_mac(&echo, 0, VIRTUAL_MAC);
	graph_send(WAN, &echo);
	CU_ASSERT_EQUAL(graph_count("icmp4_input"), 1);
	advert_from(HIGHER);
	CU_ASSERT_STRING_EQUAL(state_of(director), "backup");
	graph_drain(WAN, TYPE_ARP);
	graph_send(WAN, &asked);
	CU_ASSERT_EQUAL(graph_count("drop_vip_backup"), 1);
	graph_send(WAN, &echo);
	CU_ASSERT_EQUAL(graph_count("drop_eth_not_ours"), 1);
	frame_put_mac(&echo, 0, WAN_MAC);
	graph_send(WAN, &echo);
	CU_ASSERT_EQUAL(graph_count("drop_vip_backup"), 2);
	GRAPH_SILENT(WAN, TYPE_ARP);
	graph_end();
}

/* Of a question and an echo request in one walk, how many find the VIP served. */
static uint64_t
served(void)
{
	struct frame asked = question(), echo = frame_icmp(CLIENT_IP(0), VRRP_VIP, ICMP_ECHO, 0);
	uint64_t before = graph_count("punt_arp_vip") + graph_count("icmp4_input");

	graph_put(WAN, 0, &asked);
	graph_put(WAN, 0, &echo);
	graph_walk(0);
	return graph_count("punt_arp_vip") + graph_count("icmp4_input") - before;
}

static void
v59_traffic_and_arp_follow_the_state_together(void)
{
	struct director *director =
		graph_boot_met(&(struct graph_setup){ .vrrp = "{ name = \"wan\"; port = \"wan\"; "
							      "vrid = 51; interval_ms = 100; "
							      "addresses = [ "
							      "\"10.1.0.100/24\" ]; }" });
	struct frame higher = frame_hex(HIGHER);
	uint32_t backup = 0;

	while (strcmp(state_of(director), "backup") == 0 && backup < 1000000) {
		CU_ASSERT_EQUAL(served(), 0);
		lb_control_turn(director->control);
		backup++;
	}
	CU_ASSERT_TRUE(backup > 1);
	CU_ASSERT_STRING_EQUAL(state_of(director), "active");
	CU_ASSERT_EQUAL(served(), 2);
	graph_put(WAN, 0, &higher);
	graph_walk(0);
	CU_ASSERT_EQUAL(served(), 2);
	lb_control_turn(director->control);
	CU_ASSERT_STRING_EQUAL(state_of(director), "backup");
	CU_ASSERT_EQUAL(served(), 0);
	graph_end();
}

static void
adverts_are_counted_by_what_became_of_them(void)
{
	struct frame damaged = frame_hex(HIGHER);
	struct director *director = boot_active(INSTANCE(""));
	struct vrrp_info info;

	advert_from(LOWER);
	advert_from(OWN);
	damaged.bytes[FRAME_L4 + 2] ^= 1; /* priority */
	graph_send(WAN, &damaged);
	vrrp_run_info(director, 0, &info);
	CU_ASSERT_EQUAL(info.received, 1);
	CU_ASSERT_EQUAL(info.refused[LB_VRRP_OWN], 1);
	CU_ASSERT_EQUAL(info.refused[LB_VRRP_BAD_CHECKSUM], 1);
	CU_ASSERT_STRING_EQUAL(info.state, "active");
	graph_end();
}

/* That of the other port's instance. */
static void
v23_vrid_of_another_port_is_nobodys(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){
		.vrrp = INSTANCE("") ", { name = \"lan\"; port = \"lan\"; vrid "
				     "= 52; addresses = [ \"10.2.0.100/24\" "
				     "]; }" });
	struct frame frame = frame_hex(HIGHER);
	struct vrrp_info info;

	graph_send(LAN, &frame);
	CU_ASSERT_EQUAL(director->vrrp.refused[LB_VRRP_OTHER_VRID], 1);
	for (uint32_t i = 0; i < 2; i++) {
		vrrp_run_info(director, i, &info);
		CU_ASSERT_EQUAL(info.received, 0);
		CU_ASSERT_EQUAL(info.refused[LB_VRRP_OTHER_VRID], 0);
	}
	graph_send(WAN, &frame);
	vrrp_run_info(director, 0, &info);
	CU_ASSERT_EQUAL(info.received, 1);
	graph_end();
}

/* Send it, and count the lines of the log that say why it is refused. */
static uint32_t
lines_about(const struct frame *frame, uint32_t times, const char *why)
{
	int out[2], saved = dup(STDERR_FILENO);
	char text[4096];
	uint32_t count = 0;
	ssize_t n;

	CU_ASSERT_EQUAL_FATAL(pipe(out), 0);
	dup2(out[1], STDERR_FILENO);
	close(out[1]);
	lb_log_set_level(LB_LOG_WARN);
	while (times-- > 0)
		graph_send(WAN, frame);
	lb_log_set_level(LB_LOG_ERROR);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(out[0], text, sizeof(text) - 1);
	close(out[0]);
	text[n < 0 ? 0 : n] = '\0';
	for (const char *at = text; (at = strstr(at, why)) != NULL; at += strlen(why))
		count++;
	return count;
}

static void
refusal_is_logged_once_in_10_s_for_each_reason(void)
{
	struct director *director = boot_active(INSTANCE(""));
	struct frame damaged = frame_hex(HIGHER), far = damaged;

	damaged.bytes[FRAME_L4 + 2] ^= 1; /* priority */
	far.bytes[FRAME_IP_TTL] = 254;
	frame_seal(&far);
	CU_ASSERT_EQUAL(lines_about(&damaged, 3, "is wrong"), 1);
	CU_ASSERT_EQUAL(lines_about(&damaged, 3, "is wrong"), 0);
	CU_ASSERT_EQUAL(lines_about(&far, 3, "TTL is 254"), 1);
	director->vrrp.told_us[LB_VRRP_BAD_CHECKSUM] -= 10000000;
	CU_ASSERT_EQUAL(lines_about(&damaged, 3, "is wrong"), 1);
	graph_end();
}

static void
who_leaves_is_succeeded_after_the_skew(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){ .vrrp = INSTANCE("") });
	struct frame advert = { 0 };

	advert_from(HIGHER);
	CU_ASSERT_STRING_EQUAL(state_of(director), "backup");
	advert_from(HIGHER_LEAVES);
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &advert, LONG_MS));
	CU_ASSERT_STRING_EQUAL(state_of(director), "active");
	graph_end();
}

static void
other_packets_to_the_group_go_nowhere(void)
{
	struct frame frame = frame_hex(HIGHER);

	graph_boot_met(&(struct graph_setup){ .vrrp = INSTANCE(""), .transit = "route" });
	frame.bytes[FRAME_IP_PROTOCOL] = 17;
	frame_seal(&frame);
	graph_send(WAN, &frame);
	frame = frame_hex(HIGHER);
	frame.bytes[FRAME_IP_CHECKSUM] ^= 1;
	graph_send(WAN, &frame);
	CU_ASSERT_EQUAL(graph_count("drop_eth_group"), 2);
	frame = frame_hex(HIGHER);
	frame_put_mac(&frame, 0, WAN_MAC);
	graph_send(WAN, &frame);
	CU_ASSERT_EQUAL(graph_count("drop_ip4_not_ours"), 1);
	graph_end();
}

static void
stopping_an_active_sends_priority_0_once_and_serves_no_longer(void)
{
	struct frame expected = frame_hex(OWN_LEAVES), advert = { 0 };
	struct director *director = boot_active(INSTANCE(""));

	graph_drain(WAN, TYPE_IP4);
	vrrp_run_stop(director);
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &advert));
	CU_ASSERT_TRUE(frame_equal(&advert, &expected));
	CU_ASSERT_FALSE(lb_vip_is_active(director->vrrp.numbers[0], rte_rdtsc()));
	graph_pause(30);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

/* A worker that sends on the shared queue, and is kept from its CPU for a while. */
static void *
hold_the_queue(void *arg)
{
	struct lb_netif_port *port = arg;

	usleep(3000);
	rte_spinlock_unlock(&port->tx_lock);
	return NULL;
}

static void
stopping_waits_a_moment_for_who_has_the_shared_queue(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){
		.vrrp = "{ name = \"lan\"; port = \"lan\"; vrid = 51; interval_ms = 10;"
			"  addresses = [ \"10.2.0.100/24\" ]; }" });
	struct lb_netif_port *port = director->ports[LAN];
	struct frame advert = { 0 };
	pthread_t worker;

	CU_ASSERT_TRUE(graph_wait(LAN, TYPE_IP4, &advert, LONG_MS));
	graph_settle();
	graph_drain(LAN, TYPE_IP4);
	rte_spinlock_lock(&port->tx_lock);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&worker, NULL, hold_the_queue, port), 0);
	vrrp_run_stop(director);
	pthread_join(worker, NULL);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &advert));
	CU_ASSERT_EQUAL(advert.bytes[FRAME_L4 + 2], 0); /* priority */
	graph_end();
}

/* Gratuitous or a question to the router: whatever says where the port's address is. */
static void
owner_is_active_at_once_and_its_address_has_the_virtual_mac_alone(void)
{
	struct director *director = graph_boot(&(struct graph_setup){
		.vrrp = "{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10;"
			"  priority = 255; addresses = [ \"10.1.0.11/24\" ]; }" });
	struct frame arp = { 0 };
	uint32_t said = 0;

	CU_ASSERT_STRING_EQUAL(state_of(director), "active");
	while (graph_wait(WAN, TYPE_ARP, &arp, 100)) {
		if (frame_get32(&arp, 28) != WAN_IP)
			continue;
		CU_ASSERT_EQUAL(frame_get_mac(&arp, 22), VIRTUAL_MAC);
		said++;
	}
	CU_ASSERT(said >= 6);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(nobody_heard_makes_it_active_and_adverts_are_as_the_rfc_says),
	UNIT_TEST(active_announces_the_address_with_its_virtual_mac),
	UNIT_TEST(active_answers_arp_with_the_virtual_mac_from_the_ports_own),
	UNIT_TEST(higher_advert_makes_it_backup_that_takes_no_frame_and_answers_nothing),
	UNIT_TEST(v59_traffic_and_arp_follow_the_state_together),
	UNIT_TEST(adverts_are_counted_by_what_became_of_them),
	UNIT_TEST(v23_vrid_of_another_port_is_nobodys),
	UNIT_TEST(refusal_is_logged_once_in_10_s_for_each_reason),
	UNIT_TEST(who_leaves_is_succeeded_after_the_skew),
	UNIT_TEST(owner_is_active_at_once_and_its_address_has_the_virtual_mac_alone),
	UNIT_TEST(other_packets_to_the_group_go_nowhere),
	UNIT_TEST(stopping_an_active_sends_priority_0_once_and_serves_no_longer),
	UNIT_TEST(stopping_waits_a_moment_for_who_has_the_shared_queue),
	UNIT_END,
};

const struct unit_suite graph_vrrp = { "vrrp", tests };
