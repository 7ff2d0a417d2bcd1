/* What people are told of a router that works, but is configured otherwise: one line, once. */

#include "wire.h"

#include <unistd.h>

#include "bed.h"
#include "vrrp_run.h"

static int saved_stderr;
static int log_pipe[2];

/* Let lines of the log go into a pipe. */
static void
capture_begin(void)
{
	CU_ASSERT_EQUAL_FATAL(pipe(log_pipe), 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(log_pipe[1], STDERR_FILENO);
}

/* How many of the lines have this in them; all lines: "\n". */
static uint32_t
capture_end(const char *part)
{
	char text[4096];
	uint32_t count = 0;
	ssize_t n;

	fflush(stderr);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	close(log_pipe[1]);
	n = read(log_pipe[0], text, sizeof(text) - 1);
	CU_ASSERT_TRUE_FATAL(n >= 0);
	text[n] = '\0';
	close(log_pipe[0]);
	for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
		count++;
	return count;
}

/* The other director's instance. */
static void
init(struct vrrp_instance *instance, uint8_t version, uint64_t interval_us)
{
	*instance = (struct vrrp_instance){ .name = "wan",
		.conf = {
			.version = version,
			.vrid = 51,
			.priority = 100,
			.interval_us = interval_us,
			.source = wire_addr("10.9.0.2"),
			.mac = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } },
			.n_addrs = 2,
		} };
	instance->addrs[0] = wire_addr("10.9.0.100");
	instance->addrs[1] = wire_addr("10.9.0.101");
	instance->conf.addrs = instance->addrs;
}

/* As an advert goes that has arrived. */
static enum lb_vrrp_refusal
hear(struct vrrp_instance *instance, const struct wire *wire)
{
	struct wire_copy copy;
	enum lb_vrrp_refusal refusal = wire_read(wire, &copy);

	if (refusal == LB_VRRP_TAKEN)
		refusal = lb_vrrp_admit(&instance->conf, &copy.packet, &copy.advert);
	if (refusal == LB_VRRP_TAKEN)
		refusal = lb_vrrp_routers_take(&instance->routers, &copy.advert, BED_BEGIN);
	if (refusal == LB_VRRP_TAKEN)
		vrrp_log_difference(instance, &copy.advert);
	wire_free(&copy);
	return refusal;
}

/* From another router. */
static struct wire
from(const struct wire *wire, const char *src)
{
	struct wire other = *wire;

	other.src = src;
	wire_fix(&other);
	return other;
}

static void
v27_other_interval_is_refused_in_version_2_and_told_once_in_3(void)
{
	struct wire second = from(&wire_v3, "10.9.0.3");
	struct vrrp_instance instance;

	init(&instance, 2, 2 * SECOND);
	capture_begin();
	CU_ASSERT_EQUAL(hear(&instance, &wire_v2), LB_VRRP_OTHER_INTERVAL);
	CU_ASSERT_EQUAL(capture_end("\n"), 0);
	init(&instance, 3, SECOND);
	capture_begin();
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(hear(&instance, &wire_v3), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(capture_end("10.9.0.1 advertises other intervals than ours"), 1);
	capture_begin();
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(hear(&instance, &second), LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(hear(&instance, &wire_v3), LB_VRRP_TAKEN);
	}
	CU_ASSERT_EQUAL(capture_end("10.9.0.3 advertises other intervals than ours"), 1);
	init(&instance, 3, 10 * CS);
	capture_begin();
	CU_ASSERT_EQUAL(hear(&instance, &wire_v3), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(capture_end("\n"), 0);
}

static void
v29_other_addresses_are_told_or_with_strict_addresses_refused(void)
{
	static const char sentence[] = "10.9.0.1 advertises other addresses than ours";
	struct wire swapped = wire_with(&wire_v3, 11, 101), other = wire_with(&wire_v3, 15, 102);
	struct wire fewer = wire_v3;
	struct vrrp_instance instance;

	swapped = wire_with(&swapped, 15, 100);
	fewer.len = 12;
	fewer = wire_with(&fewer, 3, 1);
	for (int strict = 0; strict < 2; strict++) {
		init(&instance, 3, 10 * CS);
		instance.conf.strict_addrs = strict;
		capture_begin();
		CU_ASSERT_EQUAL(hear(&instance, &wire_v3), LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(hear(&instance, &swapped), LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(capture_end("\n"), 0);
		capture_begin();
		CU_ASSERT_EQUAL(
			hear(&instance, &other), strict ? LB_VRRP_OTHER_ADDRS : LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(
			hear(&instance, &fewer), strict ? LB_VRRP_OTHER_ADDRS : LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(capture_end(sentence), strict ? 0 : 1);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(v27_other_interval_is_refused_in_version_2_and_told_once_in_3),
	UNIT_TEST(v29_other_addresses_are_told_or_with_strict_addresses_refused),
	UNIT_END,
};

const struct unit_suite unit_vrrp_told = { "told", tests };
