/*
 * Adverts of anybody's choice: read, explained when refused, written back, judged by an instance
 * and given to its state machine, between timers and links that come and go.
 *
 * Input: a byte that chooses the instance, then steps. A step is a byte of flags and two that say
 * how much time passes; that of an advert goes on with a length and so many bytes of message.
 */

#include "lb_vrrp.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "vrrp_message.h"

/* Flags of a step. The low three bits are an event; those beyond the last are adverts. */
#define EVENT 7
#define SEALED 8 /* The checksum is made right, in the form of version 3 that says */
#define PLAIN 16 /* this one. */
#define UNICAST 32
#define OTHER_TTL 64
#define IP6 128

/* Flags of the instance. */
#define VERSION2 1
#define PEERS 2
#define STRICT 4
#define OWNER 8
#define NO_PREEMPT 16
#define QUIET 32
#define DELAYED 64
#define OVER_IP6 128

/* Where messages come from, and whom unicast goes to. */
static const struct lb_addr other4 = { .bytes = { 10, 9, 0, 20 }, .family = AF_INET };
static const struct lb_addr own4 = { .bytes = { 10, 9, 0, 10 }, .family = AF_INET };
static const struct lb_addr other6 = { .bytes = { 0xfe, 0x80, [15] = 20 }, .family = AF_INET6 };
static const struct lb_addr own6 = { .bytes = { 0xfe, 0x80, [15] = 10 }, .family = AF_INET6 };
static const struct lb_addr vips4[] = {
	{ .bytes = { 10, 9, 0, 100 }, .family = AF_INET },
	{ .bytes = { 10, 9, 0, 101 }, .family = AF_INET },
};
static const struct lb_addr vips6[] = {
	{ .bytes = { 0xfe, 0x80, [14] = 1 }, .family = AF_INET6 },
	{ .bytes = { 0xfd, 0x09, [14] = 1 }, .family = AF_INET6 },
};

/* An instance with a clock, and what its actions have said of the VIPs. */
struct bed {
	struct lb_vrrp_conf conf;
	struct lb_vrrp vrrp;
	uint64_t now;
	bool serves;
};

static struct lb_vrrp_conf
conf_of(uint8_t flags)
{
	bool ip6 = (flags & OVER_IP6) != 0;

	return (struct lb_vrrp_conf){
		.version = flags & VERSION2 && !ip6 ? 2 : 3,
		.vrid = 51,
		.priority = flags & OWNER ? LB_VRRP_OWNER : 100,
		.preempt = (flags & NO_PREEMPT) == 0,
		.quiet = (flags & QUIET) != 0,
		.strict_addrs = (flags & STRICT) != 0,
		.interval_us = VRRP_SECOND_US,
		.preempt_delay_us = flags & DELAYED ? 2500000 : 0,
		.start_delay_us = flags & DELAYED ? 1500000 : 0,
		.up_delay_us = flags & DELAYED ? 700000 : 0,
		.source = ip6 ? own6 : own4,
		.mac = lb_vrrp_mac(ip6 ? AF_INET6 : AF_INET, 51),
		.addrs = ip6 ? vips6 : vips4,
		.n_addrs = 2,
		.peers = ip6 ? &other6 : &other4,
		.n_peers = flags & PEERS ? 1 : 0,
		.ttl_min = 254,
		.ttl_max = 255,
	};
}

/* RFC 1071 over the big-endian words of bytes. */
static uint32_t
sum_add(uint32_t sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
	return (sum & 0xffff) + (sum >> 16);
}

static void
seal(uint8_t *message, uint16_t len, const struct lb_vrrp_packet *packet, bool plain)
{
	bool ip6 = packet->src.family == AF_INET6;
	const uint8_t rest[] = { 0, LB_VRRP_PROTOCOL, (uint8_t)(len >> 8), (uint8_t)len };
	uint32_t sum = 0;

	if (len < 8)
		return;
	message[6] = message[7] = 0;
	if (ip6 || (message[0] >> 4 == 3 && !plain)) {
		sum = sum_add(sum, packet->src.bytes, ip6 ? 16 : 4);
		sum = sum_add(sum, packet->dst.bytes, ip6 ? 16 : 4);
		sum = sum_add(sum, rest, sizeof(rest));
	}
	sum = sum_add(sum, message, len);
	sum = ~((sum & 0xffff) + (sum >> 16));
	message[6] = (uint8_t)(sum >> 8);
	message[7] = (uint8_t)sum;
}

/* The packet of a step; its message is in a block that ends with it, which the caller frees. */
static struct lb_vrrp_packet
packet_of(struct fuzz_input *input, uint8_t flags)
{
	bool ip6 = (flags & IP6) != 0;
	struct lb_vrrp_packet packet = {
		.src = ip6 ? other6 : other4,
		.dst = lb_vrrp_group(ip6 ? AF_INET6 : AF_INET).addr,
		.src_mac = { { 2, 0, 0, 0, 0, 20 } },
		.ttl = flags & OTHER_TTL ? 253 : 255,
	};
	size_t len = fuzz_take_byte(input);
	const uint8_t *bytes = fuzz_take_bytes(input, &len);
	uint8_t *message = malloc(len);

	FUZZ_HOLDS(message != NULL || len == 0);
	if (len != 0)
		memcpy(message, bytes, len);
	if (flags & UNICAST)
		packet.dst = ip6 ? own6 : own4;
	if (flags & SEALED)
		seal(message, (uint16_t)len, &packet, (flags & PLAIN) != 0);
	packet.message = message;
	packet.len = (uint16_t)len;
	return packet;
}

/* A refusal is told in one line that fits. */
static void
explain(enum lb_vrrp_refusal refusal, const struct lb_vrrp_packet *packet,
	const struct lb_vrrp_conf *conf)
{
	char text[LB_VRRP_TEXT];
	size_t n;

	memset(text, 'x', sizeof(text));
	lb_vrrp_explain(refusal, packet, conf, text);
	n = strnlen(text, sizeof(text));
	FUZZ_HOLDS(n < sizeof(text));
	FUZZ_HOLDS(strncmp(text, "advert of VRID ", 15) == 0);
	FUZZ_HOLDS(text[n - 1] != ' ' && strpbrk(text, "\r\n\t") == NULL);
	FUZZ_HOLDS(lb_vrrp_refusal_name(refusal) != NULL);
}

/* What it would take to say what the advert says. */
static struct lb_vrrp_conf
conf_from(const struct lb_vrrp_advert *advert, struct lb_addr addrs[LB_VRRP_ADDRS])
{
	for (uint8_t i = 0; i < advert->count; i++)
		addrs[i] = lb_vrrp_advert_addr(advert, i);
	return (struct lb_vrrp_conf){
		.version = advert->version,
		.vrid = advert->vrid,
		.priority = advert->priority,
		.sum = advert->sum,
		.interval_us = advert->interval_us,
		.source = advert->sender,
		.addrs = addrs,
		.n_addrs = advert->count,
	};
}

/* The advert is written and read again as the same; the addresses are the same bytes. */
static void
write_back(const struct lb_vrrp_packet *packet, const struct lb_vrrp_advert *advert)
{
	struct lb_addr addrs[LB_VRRP_ADDRS];
	struct lb_vrrp_conf conf = conf_from(advert, addrs);
	uint16_t size = lb_vrrp_size(conf.version, conf.source.family, conf.n_addrs);
	uint8_t *message = malloc(size);
	struct lb_vrrp_packet again = *packet;
	struct lb_vrrp_advert read;

	FUZZ_HOLDS(message != NULL && size <= packet->len);
	FUZZ_HOLDS(lb_vrrp_write(message, &conf, &packet->dst, conf.priority) == size);
	again.message = message;
	again.len = size;
	FUZZ_HOLDS(lb_vrrp_read(&again, &read) == LB_VRRP_TAKEN);
	FUZZ_HOLDS(read.version == advert->version && read.vrid == advert->vrid);
	FUZZ_HOLDS(read.priority == advert->priority && read.count == advert->count);
	FUZZ_HOLDS(read.interval_us == advert->interval_us && read.sum == advert->sum);
	FUZZ_HOLDS(memcmp(read.addrs, advert->addrs,
			   (size_t)read.count * vrrp_addr_len(read.sender.family)) == 0);
	free(message);
}

/* What an event may lead to: VIPs go on and off in turn, and a timer that runs has a time. */
static void
step(struct bed *bed, const struct lb_vrrp_event *event)
{
	struct lb_vrrp_actions actions;

	lb_vrrp_step(&bed->vrrp, event, &actions);
	FUZZ_HOLDS(actions.n <= LB_VRRP_ACTIONS);
	for (uint8_t i = 0; i < actions.n; i++) {
		if (actions.list[i] == LB_VRRP_VIPS_ON || actions.list[i] == LB_VRRP_VIPS_OFF) {
			FUZZ_HOLDS(bed->serves == (actions.list[i] == LB_VRRP_VIPS_OFF));
			bed->serves = !bed->serves;
		}
		if (actions.list[i] == LB_VRRP_SEND || actions.list[i] == LB_VRRP_LEAVE)
			FUZZ_HOLDS(bed->serves);
	}
	FUZZ_HOLDS(bed->serves == (bed->vrrp.state == LB_VRRP_ACTIVE));
	if (bed->vrrp.state == LB_VRRP_ACTIVE || bed->vrrp.state == LB_VRRP_BACKUP)
		FUZZ_HOLDS(bed->vrrp.deadline != LB_VRRP_NEVER);
	FUZZ_HOLDS(bed->vrrp.priority != 0);
}

/* A timer that has run is due later, or never: else the loop would not come to rest. */
static void
run_timer(struct bed *bed)
{
	const struct lb_vrrp_event event = { .kind = LB_VRRP_TIMER, .now = bed->now };

	step(bed, &event);
	FUZZ_HOLDS(bed->vrrp.deadline > bed->now);
}

static void
hear(struct bed *bed, struct fuzz_input *input, uint8_t flags)
{
	struct lb_vrrp_packet packet = packet_of(input, flags);
	struct lb_vrrp_advert advert;
	enum lb_vrrp_refusal refusal = lb_vrrp_read(&packet, &advert);
	const struct lb_vrrp_event event = {
		.kind = LB_VRRP_ADVERT,
		.now = bed->now,
		.advert = &advert,
	};

	if (refusal != LB_VRRP_TAKEN) {
		explain(refusal, &packet, NULL);
	} else {
		write_back(&packet, &advert);
		refusal = lb_vrrp_admit(&bed->conf, &packet, &advert);
		if (refusal == LB_VRRP_TAKEN)
			step(bed, &event);
		else
			explain(refusal, &packet, &bed->conf);
	}
	free((void *)(uintptr_t)packet.message);
}

static void
happen(struct bed *bed, struct fuzz_input *input)
{
	static const enum lb_vrrp_event_kind kinds[] = { LB_VRRP_START, LB_VRRP_SHUTDOWN,
		LB_VRRP_LINK_DOWN, LB_VRRP_LINK_UP, LB_VRRP_PRIORITY };
	uint8_t flags = fuzz_take_byte(input);
	uint16_t centiseconds = fuzz_take_word(input);
	struct lb_vrrp_event event = { .priority = centiseconds >> 4 };

	bed->now += (uint64_t)centiseconds * VRRP_CENTISECOND_US / 100;
	event.now = bed->now;
	if ((flags & EVENT) < RTE_DIM(kinds)) {
		event.kind = kinds[flags & EVENT];
		step(bed, &event);
	} else {
		hear(bed, input, flags);
	}
	run_timer(bed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct bed bed = { .conf = conf_of(fuzz_take_byte(&input)), .now = 987654321012 };
	const struct lb_vrrp_event start = { .kind = LB_VRRP_START, .now = bed.now };
	struct lb_error err = { 0 };

	FUZZ_HOLDS(lb_vrrp_conf_check(&bed.conf, 1500, &err) == 0);
	lb_vrrp_init(&bed.vrrp, &bed.conf);
	step(&bed, &start);
	while (input.left > 0)
		happen(&bed, &input);
	return 0;
}
