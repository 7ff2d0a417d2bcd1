/* Routers that were heard, and both versions of one. */

#include "bed.h"
#include "lb_vrrp_routers.h"
#include "wire.h"

/* An advert of 100 ms in version 3, as version 2 says it 1 s. */
static enum lb_vrrp_refusal
take(struct lb_vrrp_routers *routers, const char *sender, uint8_t version, uint64_t now)
{
	const struct lb_vrrp_advert advert = {
		.sender = bed_addr(sender),
		.version = version,
		.priority = 120,
		.interval_us = version == 2 ? SECOND : 10 * CS,
	};

	return lb_vrrp_routers_take(routers, &advert, now);
}

static void
version_2_of_who_is_heard_in_version_3_is_ignored(void)
{
	struct lb_vrrp_routers routers = { 0 };

	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 3, BED_BEGIN), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 2, BED_BEGIN + 1), LB_VRRP_REPEATED);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 3, BED_BEGIN + 10 * CS), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 2, BED_BEGIN + 20 * CS), LB_VRRP_REPEATED);
}

static void
version_2_of_others_is_taken(void)
{
	struct lb_vrrp_routers routers = { 0 };

	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 3, BED_BEGIN), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.30", 2, BED_BEGIN), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.30", 2, BED_BEGIN + SECOND), LB_VRRP_TAKEN);
}

static void
who_falls_silent_in_version_3_is_heard_in_version_2(void)
{
	struct lb_vrrp_routers routers = { 0 };

	take(&routers, "10.9.0.20", 3, BED_BEGIN);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 2, BED_BEGIN + 40 * CS - 1), LB_VRRP_REPEATED);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 2, BED_BEGIN + 40 * CS), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(take(&routers, "10.9.0.20", 2, BED_BEGIN + 41 * CS), LB_VRRP_TAKEN);
}

static void
the_last_advert_says_what_a_router_is(void)
{
	struct lb_vrrp_routers routers = { 0 };
	struct lb_addr addr = bed_addr("10.9.0.20"), other = bed_addr("10.9.0.30");
	const struct lb_vrrp_router *router;

	take(&routers, "10.9.0.20", 2, BED_BEGIN);
	take(&routers, "10.9.0.20", 3, BED_BEGIN + SECOND);
	router = lb_vrrp_routers_find(&routers, &addr);
	CU_ASSERT_PTR_NOT_NULL_FATAL(router);
	CU_ASSERT_EQUAL(router->priority, 120);
	CU_ASSERT_EQUAL(router->interval_us, 10 * CS);
	CU_ASSERT_EQUAL(router->heard_us, BED_BEGIN + SECOND);
	CU_ASSERT_PTR_NULL(lb_vrrp_routers_find(&routers, &other));
}

static void
each_form_of_advert_is_counted(void)
{
	struct lb_vrrp_advert advert = { .sender = bed_addr("10.9.0.20"),
		.version = 3,
		.priority = 120,
		.interval_us = SECOND,
		.sum = LB_VRRP_SUM_RFC5798 };
	struct lb_vrrp_routers routers = { 0 };
	const struct lb_vrrp_router *router;

	lb_vrrp_routers_take(&routers, &advert, BED_BEGIN);
	lb_vrrp_routers_take(&routers, &advert, BED_BEGIN);
	advert.sum = LB_VRRP_SUM_RFC9568;
	lb_vrrp_routers_take(&routers, &advert, BED_BEGIN);
	advert.version = 2;
	for (int i = 0; i < 4; i++)
		lb_vrrp_routers_take(&routers, &advert, BED_BEGIN);
	router = lb_vrrp_routers_find(&routers, &advert.sender);
	CU_ASSERT_PTR_NOT_NULL_FATAL(router);
	CU_ASSERT_EQUAL(router->adverts[LB_VRRP_FORM_V2], 4);
	CU_ASSERT_EQUAL(router->adverts[LB_VRRP_FORM_RFC5798], 2);
	CU_ASSERT_EQUAL(router->adverts[LB_VRRP_FORM_RFC9568], 1);
	CU_ASSERT_STRING_EQUAL(lb_vrrp_form_name(LB_VRRP_FORM_V2), "v2");
	CU_ASSERT_STRING_EQUAL(lb_vrrp_form_name(LB_VRRP_FORM_RFC5798), "rfc5798");
	CU_ASSERT_STRING_EQUAL(lb_vrrp_form_name(LB_VRRP_FORM_RFC9568), "rfc9568");
}

/* An advert of 1 s from 10.9.0.20 at a time, while we are Active or not. */
static uint32_t
rival(struct lb_vrrp_routers *routers, uint8_t priority, uint64_t now, bool active)
{
	const struct lb_vrrp_advert advert = {
		.sender = bed_addr("10.9.0.20"),
		.version = 3,
		.priority = priority,
		.interval_us = SECOND,
	};

	lb_vrrp_routers_take(routers, &advert, now);
	return lb_vrrp_routers_rival(routers, &advert, active);
}

static void
other_active_is_told_until_it_yields_leaves_or_is_silent(void)
{
	struct lb_vrrp_routers routers = { 0 };
	uint64_t now = BED_BEGIN;

	CU_ASSERT_EQUAL(rival(&routers, 50, now, false), 0);
	CU_ASSERT_PTR_NULL(lb_vrrp_routers_other(&routers, now));
	CU_ASSERT_EQUAL(rival(&routers, 50, now, true), 1);
	CU_ASSERT_EQUAL(rival(&routers, 50, now += SECOND, true), 2);
	CU_ASSERT_PTR_EQUAL(lb_vrrp_routers_other(&routers, now), &routers.list[0]);
	CU_ASSERT_PTR_EQUAL(
		lb_vrrp_routers_other(&routers, now + 4 * SECOND - 1), &routers.list[0]);
	CU_ASSERT_PTR_NULL(lb_vrrp_routers_other(&routers, now + 4 * SECOND));
	CU_ASSERT_EQUAL(rival(&routers, 50, now += 4 * SECOND, true), 1);
	CU_ASSERT_EQUAL(rival(&routers, 0, now, true), 0);
	CU_ASSERT_PTR_NULL(lb_vrrp_routers_other(&routers, now));
	CU_ASSERT_EQUAL(rival(&routers, 50, now, true), 1);
	CU_ASSERT_EQUAL(rival(&routers, 200, now, false), 0);
	CU_ASSERT_PTR_NULL(lb_vrrp_routers_other(&routers, now));
}

/* Read, admitted and noted, as the daemon does it. */
static enum lb_vrrp_refusal
judge(struct lb_vrrp_routers *routers, const struct lb_vrrp_conf *conf, const struct wire *wire)
{
	struct wire_copy copy;
	enum lb_vrrp_refusal refusal = wire_read(wire, &copy);

	if (refusal == LB_VRRP_TAKEN)
		refusal = lb_vrrp_admit(conf, &copy.packet, &copy.advert);
	if (refusal == LB_VRRP_TAKEN)
		refusal = lb_vrrp_routers_take(routers, &copy.advert, BED_BEGIN);
	wire_free(&copy);
	return refusal;
}

/* The other director's instance, of version 3. */
static struct lb_vrrp_conf
receiver(void)
{
	static struct lb_addr addrs[2];

	addrs[0] = bed_addr("10.9.0.100");
	addrs[1] = bed_addr("10.9.0.101");
	return (struct lb_vrrp_conf){
		.version = 3,
		.vrid = 51,
		.priority = 100,
		.interval_us = 10 * CS,
		.source = bed_addr("10.9.0.2"),
		.mac = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } },
		.addrs = addrs,
		.n_addrs = 2,
	};
}

static void
v22_either_checksum_is_taken_and_counted_and_one_wrong_in_both_is_refused(void)
{
	struct lb_vrrp_routers routers = { 0 };
	struct lb_vrrp_conf conf = receiver();
	struct lb_addr first = bed_addr("10.9.0.1"), second = bed_addr("10.9.0.3");
	struct wire wrong = wire_v3, other = wire_v3_plain;
	const struct lb_vrrp_router *router;

	other.src = "10.9.0.3";
	for (int sum = LB_VRRP_SUM_RFC5798; sum <= LB_VRRP_SUM_RFC9568; sum++) {
		conf.sum = (enum lb_vrrp_sum)sum; /* what we send ourselves does not matter */
		CU_ASSERT_EQUAL(judge(&routers, &conf, &wire_v3), LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(judge(&routers, &conf, &wire_v3), LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(judge(&routers, &conf, &wire_v3_plain), LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(judge(&routers, &conf, &other), LB_VRRP_TAKEN);
		for (uint32_t checksum = 0; checksum <= UINT16_MAX; checksum++) {
			wrong.bytes[6] = (uint8_t)(checksum >> 8);
			wrong.bytes[7] = checksum & 0xff;
			if (checksum != 0x3948 && checksum != 0x23e5)
				CU_ASSERT_EQUAL(
					judge(&routers, &conf, &wrong), LB_VRRP_BAD_CHECKSUM);
		}
	}
	router = lb_vrrp_routers_find(&routers, &first);
	CU_ASSERT_PTR_NOT_NULL_FATAL(router);
	CU_ASSERT_EQUAL(router->adverts[LB_VRRP_FORM_RFC5798], 4);
	CU_ASSERT_EQUAL(router->adverts[LB_VRRP_FORM_RFC9568], 2);
	router = lb_vrrp_routers_find(&routers, &second);
	CU_ASSERT_PTR_NOT_NULL_FATAL(router);
	CU_ASSERT_EQUAL(router->adverts[LB_VRRP_FORM_RFC5798], 0);
	CU_ASSERT_EQUAL(router->adverts[LB_VRRP_FORM_RFC9568], 2);
}

static bool
says(const struct lb_vrrp_conf *conf, const struct wire *wire)
{
	struct lb_addr group = lb_vrrp_group(AF_INET).addr;
	uint8_t out[64];

	return lb_vrrp_write(out, conf, &group, 150) == wire->len &&
	       memcmp(out, wire->bytes, wire->len) == 0;
}

static void
v62_both_versions_are_said_and_version_2_of_who_says_3_is_ignored(void)
{
	struct lb_vrrp_routers routers = { 0 };
	struct lb_vrrp_conf conf = receiver(), v2;
	struct wire other = wire_v2;

	conf.both_versions = true;
	other.src = "10.9.0.3";
	CU_ASSERT_EQUAL(judge(&routers, &conf, &wire_v3), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(judge(&routers, &conf, &wire_v2), LB_VRRP_REPEATED);
	CU_ASSERT_EQUAL(judge(&routers, &conf, &other), LB_VRRP_TAKEN);
	conf.source = bed_addr("10.9.0.1");
	v2 = lb_vrrp_conf_v2(&conf);
	CU_ASSERT_TRUE(says(&conf, &wire_v3));
	CU_ASSERT_TRUE(says(&v2, &wire_v2));
}

static void
of_too_many_the_longest_silent_one_is_forgotten(void)
{
	struct lb_vrrp_routers routers = { 0 };
	struct lb_addr addr;
	char text[LB_ADDR_TEXT];

	for (unsigned int i = 0; i <= LB_VRRP_ROUTERS; i++) {
		snprintf(text, sizeof(text), "10.9.0.%u", 20 + i);
		take(&routers, text, 3, BED_BEGIN + i);
		if (i == 0)
			take(&routers, "10.9.0.21", 3, BED_BEGIN);
		if (i == 2)
			take(&routers, "10.9.0.20", 3, BED_BEGIN + 2);
	}
	addr = bed_addr("10.9.0.21");
	CU_ASSERT_PTR_NULL(lb_vrrp_routers_find(&routers, &addr));
	addr = bed_addr("10.9.0.20");
	CU_ASSERT_PTR_NOT_NULL(lb_vrrp_routers_find(&routers, &addr));
}

static const struct unit_test tests[] = {
	UNIT_TEST(version_2_of_who_is_heard_in_version_3_is_ignored),
	UNIT_TEST(version_2_of_others_is_taken),
	UNIT_TEST(who_falls_silent_in_version_3_is_heard_in_version_2),
	UNIT_TEST(the_last_advert_says_what_a_router_is),
	UNIT_TEST(each_form_of_advert_is_counted),
	UNIT_TEST(other_active_is_told_until_it_yields_leaves_or_is_silent),
	UNIT_TEST(v22_either_checksum_is_taken_and_counted_and_one_wrong_in_both_is_refused),
	UNIT_TEST(v62_both_versions_are_said_and_version_2_of_who_says_3_is_ignored),
	UNIT_TEST(of_too_many_the_longest_silent_one_is_forgotten),
	UNIT_END,
};

const struct unit_suite unit_vrrp_routers = { "routers", tests };
