/* What the daemon makes of a configuration: where adverts come from, what they list, who goes on.
 */

#include <stdlib.h>

#include "bed.h"
#include "lb_conf.h"
#include "vrrp_run.h"

#define ETHER 14
#define IP4 20
#define IP6 40

/* Two ports' worth of addresses, and the keys of one instance. */
#define CONF(addresses, keys)                                                                      \
	"ports = ( { name = \"wan\"; device = \"d0\"; addresses = [ " addresses " ]; } );\n"       \
	"vrrp: { instances = ( { name = \"wan\"; port = \"wan\"; " keys " } ); };"
#define OWN4 "\"10.1.0.11/24\", \"10.1.0.9/24\""
#define OWN6 "\"10.1.0.11/24\", \"fd01::11/64\""
#define VIPS4 "addresses = [ \"10.1.0.100/24\", \"10.1.0.7/24\" ]; "
#define VIPS6 "addresses = [ \"fe80::5e:100/64\", \"fd01::100/64\" ]; "

static const struct rte_ether_addr port_mac = { { 0x02, 0x4c, 0x42, 0x00, 0x00, 0x01 } };

/* The configuration and its instance; conf_end() afterwards. */
struct made {
	struct lb_conf *conf;
	struct vrrp_instance instance;
	uint8_t frame[LB_VRRP_FRAME_MAX];
	uint16_t len;
};

/* NULL: it is refused, with the sentence. */
static struct lb_conf *
parse(const char *text, struct lb_error *err)
{
	char *copy = strdup(text);
	struct lb_conf *conf = lb_conf_parse("pollux.conf", copy, strlen(copy), err);

	free(copy);
	return conf;
}

static void
refill(struct made *made)
{
	vrrp_conf_fill(&made->instance, made->conf, &made->conf->vrrp[0], &port_mac);
}

static void
make(struct made *made, const char *text)
{
	struct lb_error err = { 0 };

	memset(made, 0, sizeof(*made));
	made->conf = parse(text, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(made->conf);
	CU_ASSERT_EQUAL(vrrp_check(made->conf, &err), 0);
	refill(made);
}

static void
make_advert(struct made *made, const char *text, uint8_t priority)
{
	struct lb_vrrp_dest group;

	make(made, text);
	group = lb_vrrp_group(made->instance.conf.source.family);
	made->len = lb_vrrp_frame(made->frame, &made->instance.conf, &group, priority);
}

static void
unmake(struct made *made)
{
	lb_conf_destroy(made->conf);
}

static void
refused(const char *text, const char *sentence)
{
	struct lb_error err = { 0 };

	CU_ASSERT_PTR_NULL(parse(text, &err));
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
}

static void
comes_from_mac(const char *text, uint8_t net, uint8_t vrid)
{
	const uint8_t expected[] = { 0x00, 0x00, 0x5e, 0x00, net, vrid };
	static const uint8_t said[] = { 0, 1, 254 };
	struct made made;

	for (size_t i = 0; i < RTE_DIM(said); i++) {
		make_advert(&made, text, said[i]);
		CU_ASSERT_EQUAL(memcmp(made.frame + 6, expected, sizeof(expected)), 0);
		unmake(&made);
	}
}

static void
v03_adverts_come_from_the_virtual_mac_of_their_family_and_vrid(void)
{
	comes_from_mac(CONF(OWN4, "vrid = 1; " VIPS4), 1, 1);
	comes_from_mac(CONF(OWN4, "vrid = 51; version = 2; " VIPS4), 1, 51);
	comes_from_mac(CONF(OWN4, "vrid = 255; " VIPS4), 1, 255);
	comes_from_mac(CONF(OWN6, "vrid = 1; " VIPS6), 2, 1);
	comes_from_mac(CONF(OWN6, "vrid = 255; " VIPS6), 2, 255);
}

static void
comes_from(const char *text, const char *source)
{
	struct lb_addr addr = bed_addr(source);
	bool ip6 = addr.family == AF_INET6;
	struct made made;

	make_advert(&made, text, 100);
	CU_ASSERT_EQUAL(memcmp(made.frame + ETHER + (ip6 ? 8 : 12), addr.bytes, ip6 ? 16 : 4), 0);
	unmake(&made);
}

/* The link-local address of 02:4c:42:00:00:01 is fe80::4c:42ff:fe00:1 (RFC 4291 appendix A). */
static void
v04_adverts_come_from_the_port_s_first_or_link_local_address(void)
{
	comes_from(CONF(OWN4, "vrid = 51; " VIPS4), "10.1.0.11");
	comes_from(CONF(OWN4, "vrid = 51; version = 2; " VIPS4), "10.1.0.11");
	comes_from(CONF(OWN6, "vrid = 51; " VIPS6), "fe80::4c:42ff:fe00:1");
	comes_from(CONF(OWN6 ", \"fe80::11/64\"", "vrid = 51; " VIPS6), "fe80::11");
	comes_from(CONF(OWN4, "vrid = 51; " VIPS4 "unicast = { source = \"10.1.0.9\"; "
			      "peers = [ \"10.1.0.12\" ]; };"),
		"10.1.0.9");
}

static void
lists(const char *text, uint16_t head, const uint8_t *expected, uint16_t len)
{
	struct made made;

	make_advert(&made, text, 100);
	CU_ASSERT_EQUAL(made.frame[head + 3], 2);
	CU_ASSERT_EQUAL(made.len, head + 8 + len);
	CU_ASSERT_EQUAL(memcmp(made.frame + head + 8, expected, len), 0);
	unmake(&made);
}

static void
v11_adverts_count_and_list_the_addresses_that_are_not_excluded(void)
{
	static const uint8_t ip4[] = { 10, 1, 0, 100, 10, 1, 0, 7 };
	static const uint8_t ip6[] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0x01,
		0x00, 0xfd, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00 };

	lists(CONF(OWN4, "vrid = 51; " VIPS4), ETHER + IP4, ip4, sizeof(ip4));
	lists(CONF(OWN4, "vrid = 51; " VIPS4
			 "addresses_excluded = [ \"10.1.0.101/24\", \"192.0.2.1/32\" ];"),
		ETHER + IP4, ip4, sizeof(ip4));
	lists(CONF(OWN6, "vrid = 51; " VIPS6 "addresses_excluded = [ \"fd01::101/64\" ];"),
		ETHER + IP6, ip6, sizeof(ip6));
	refused(CONF(OWN4, "vrid = 51; addresses = [ ];"),
		"pollux.conf:2: vrrp: instance \"wan\": addresses is empty; an instance needs at "
		"least one, as in addresses = [ \"10.1.0.100/24\" ]");
	refused(CONF(OWN4, "vrid = 51; addresses = [ ]; "
			   "addresses_excluded = [ \"10.1.0.101/24\" ];"),
		"pollux.conf:2: vrrp: instance \"wan\": addresses is empty; an instance needs at "
		"least one, as in addresses = [ \"10.1.0.100/24\" ]");
}

/* From the peer to us, by unicast. */
static enum lb_vrrp_refusal
admits(const struct made *made, uint8_t ttl)
{
	const struct lb_vrrp_conf *conf = &made->instance.conf;
	const struct lb_vrrp_packet packet = {
		.src = conf->peers[0],
		.dst = conf->source,
		.ttl = ttl,
	};
	struct lb_vrrp_advert advert = {
		.sender = conf->peers[0],
		.version = 3,
		.vrid = 51,
		.priority = 100,
		.interval_us = SECOND,
	};

	return lb_vrrp_admit(conf, &packet, &advert);
}

/* Of all TTLs it takes those from min to max. */
static void
takes_ttls(const char *text, unsigned int min, unsigned int max)
{
	struct made made;

	make(&made, text);
	for (unsigned int ttl = 0; ttl <= UINT8_MAX; ttl++)
		CU_ASSERT_EQUAL(admits(&made, (uint8_t)ttl),
			ttl >= min && ttl <= max ? LB_VRRP_TAKEN : LB_VRRP_BAD_TTL);
	unmake(&made);
}

#define UNICAST4(more)                                                                             \
	CONF(OWN4, "vrid = 51; " VIPS4 "unicast = { peers = [ \"10.1.0.12\" ]; " more " };")
#define UNICAST6(more)                                                                             \
	CONF(OWN6, "vrid = 51; " VIPS6 "unicast = { peers = [ \"fd01::12\" ]; " more " };")

static void
v16_unicast_has_a_range_of_ttls_which_is_255_or_64_to_255_for_ip6(void)
{
	takes_ttls(UNICAST4(""), 255, 255);
	takes_ttls(UNICAST6(""), 64, 255);
	takes_ttls(UNICAST4("ttl_min = 253; ttl_max = 254;"), 253, 254);
	takes_ttls(UNICAST4("ttl_min = 1;"), 1, 255);
	takes_ttls(UNICAST4("ttl_max = 254;"), 254, 254);
	takes_ttls(UNICAST6("ttl_min = 255;"), 255, 255);
	takes_ttls(UNICAST6("ttl_max = 63;"), 63, 63);
}

#define SAME CONF(OWN4, "vrid = 51; priority = 120; interval_ms = 10; " VIPS4)

static void
count_actions(void *arg, const struct lb_vrrp_group_step *step)
{
	*(uint32_t *)arg += step->actions->n;
}

/* What a reload does to an instance: it is the same router, is told the same, and is settled. */
static uint32_t
reload(struct made *made, uint64_t now)
{
	struct lb_vrrp machine = made->instance.machine;
	struct lb_error err = { 0 };
	struct lb_conf *again = parse(SAME, &err);
	uint32_t actions = 0;
	struct lb_vrrp_group group = {
		.members = { &made->instance.machine },
		.n = 1,
		.act = count_actions,
		.arg = &actions,
	};

	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	CU_ASSERT_TRUE(vrrp_conf_continues(&made->instance, again, &again->vrrp[0]));
	lb_conf_destroy(made->conf);
	made->conf = again;
	refill(made);
	lb_vrrp_group_settle(&group, now);
	CU_ASSERT_EQUAL(made->instance.machine.state, machine.state);
	CU_ASSERT_EQUAL(made->instance.machine.priority, machine.priority);
	CU_ASSERT_EQUAL(made->instance.machine.learned, machine.learned);
	CU_ASSERT_EQUAL(made->instance.machine.deadline, machine.deadline);
	return actions;
}

static void
step(struct made *made, enum lb_vrrp_event_kind kind, uint64_t now, struct lb_vrrp_actions *did)
{
	const struct lb_vrrp_event event = { .kind = kind, .now = now };

	lb_vrrp_step(&made->instance.machine, &event, did);
}

/* 136 of 256 parts of 10 ms are its skew. */
static void
v64_reload_without_a_change_is_not_noticed(void)
{
	struct lb_vrrp_actions did;
	uint64_t now = BED_BEGIN;
	struct made made;

	make(&made, SAME);
	lb_vrrp_init(&made.instance.machine, &made.instance.conf);
	step(&made, LB_VRRP_START, now, &did);
	CU_ASSERT_EQUAL(reload(&made, now + CS), 0);
	CU_ASSERT_EQUAL(made.instance.machine.deadline, now + 3 * CS + 5312);
	now += 3 * CS + 5312;
	step(&made, LB_VRRP_TIMER, now, &did);
	CU_ASSERT_EQUAL_FATAL(made.instance.machine.state, LB_VRRP_ACTIVE);
	for (int i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(reload(&made, now + CS / 2), 0);
		step(&made, LB_VRRP_TIMER, now += CS, &did);
		CU_ASSERT(did.n == 1 && did.list[0] == LB_VRRP_SEND && did.priority == 120);
	}
	unmake(&made);
}

static void
other_vrid_port_address_or_version_is_another_router(void)
{
	static const char *const others[] = {
		CONF(OWN4, "vrid = 52; " VIPS4),
		CONF(OWN4, "vrid = 51; version = 2; " VIPS4),
		CONF(OWN4, "vrid = 51; mac = \"physical\"; " VIPS4),
		CONF("\"10.1.0.9/24\", \"10.1.0.11/24\"", "vrid = 51; " VIPS4),
		CONF(OWN6, "vrid = 51; " VIPS6),
	};
	struct made made, other;

	make(&made, CONF(OWN4, "vrid = 51; " VIPS4));
	for (size_t i = 0; i < RTE_DIM(others); i++) {
		make(&other, others[i]);
		CU_ASSERT_FALSE(
			vrrp_conf_continues(&made.instance, other.conf, &other.conf->vrrp[0]));
		unmake(&other);
	}
	unmake(&made);
}

static const struct unit_test tests[] = {
	UNIT_TEST(v03_adverts_come_from_the_virtual_mac_of_their_family_and_vrid),
	UNIT_TEST(v04_adverts_come_from_the_port_s_first_or_link_local_address),
	UNIT_TEST(v11_adverts_count_and_list_the_addresses_that_are_not_excluded),
	UNIT_TEST(v16_unicast_has_a_range_of_ttls_which_is_255_or_64_to_255_for_ip6),
	UNIT_TEST(v64_reload_without_a_change_is_not_noticed),
	UNIT_TEST(other_vrid_port_address_or_version_is_another_router),
	UNIT_END,
};

const struct unit_suite unit_vrrp_instance = { "instance", tests };
