/*
 * Whole routers on one link: machines that talk through the codec, over a link that delays and
 * loses. Whatever happened before, on a link that works again there is one Active, and it stays.
 */

#include "bed.h"
#include "lb_vrrp_packet.h"

#define ROUTERS 3
#define RUNS 12000
#define FLIGHT 256
#define DELAY 2000 /* longest time on the link, us */

struct router {
	struct lb_vrrp_conf conf;
	struct lb_vrrp vrrp;
	bool vips;
	uint32_t sent; /* adverts, since somebody set it to 0 */
	uint32_t told; /* of another owner */
};

struct frame {
	uint64_t at; /* time of arrival */
	const struct router *from;
	struct router *to;
	uint8_t bytes[32];
	uint16_t len;
};

struct link {
	struct router routers[ROUTERS];
	unsigned int n;
	struct frame flight[FLIGHT];
	unsigned int flying;
	uint64_t now;
	uint32_t loss;            /* of 100 frames */
	const struct router *cut; /* is heard by nobody */
};

static struct lb_addr vip;

static uint32_t
draw(uint32_t n)
{
	static uint64_t state = 0x853c49e6748fea9b;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)((state >> 33) % n);
}

static void
link_send(struct link *link, struct router *from, uint8_t priority)
{
	const struct lb_vrrp_dest group = lb_vrrp_group(AF_INET);

	CU_ASSERT_TRUE_FATAL(from->vips);
	from->sent++;
	for (unsigned int i = 0; i < link->n; i++) {
		struct router *to = &link->routers[i];
		struct frame *frame = &link->flight[link->flying];

		if (to == from || from == link->cut || draw(100) < link->loss)
			continue;
		CU_ASSERT_TRUE_FATAL(link->flying < FLIGHT);
		frame->at = link->now + draw(DELAY);
		frame->from = from;
		frame->to = to;
		frame->len = lb_vrrp_write(frame->bytes, &from->conf, &group.addr, priority);
		link->flying++;
	}
}

/* Do what the machine says, and see that it says it in a sensible order. */
static void
link_act(struct link *link, struct router *router, const struct lb_vrrp_actions *actions)
{
	for (uint8_t i = 0; i < actions->n; i++) {
		switch (actions->list[i]) {
		case LB_VRRP_VIPS_ON:
			CU_ASSERT_FALSE_FATAL(router->vips);
			router->vips = true;
			break;
		case LB_VRRP_VIPS_OFF:
			CU_ASSERT_TRUE_FATAL(router->vips);
			router->vips = false;
			break;
		case LB_VRRP_SEND:
			CU_ASSERT_EQUAL_FATAL(actions->priority, router->vrrp.priority);
			link_send(link, router, actions->priority);
			break;
		case LB_VRRP_LEAVE:
			link_send(link, router, 0);
			break;
		case LB_VRRP_ANNOUNCE:
			CU_ASSERT_TRUE_FATAL(router->vips);
			break;
		case LB_VRRP_CONTEST:
			CU_ASSERT_EQUAL_FATAL(router->conf.priority, LB_VRRP_OWNER);
			router->told++;
			break;
		}
	}
	CU_ASSERT_EQUAL_FATAL(router->vips, router->vrrp.state == LB_VRRP_ACTIVE);
}

static void
link_event(struct link *link, struct router *router, enum lb_vrrp_event_kind kind,
	const struct lb_vrrp_advert *advert)
{
	const struct lb_vrrp_event event = {
		.kind = kind,
		.now = link->now,
		.advert = advert,
		.priority = 1 + (int)draw(254),
	};
	struct lb_vrrp_actions actions;

	lb_vrrp_step(&router->vrrp, &event, &actions);
	link_act(link, router, &actions);
}

static void
link_arrive(struct link *link, unsigned int i)
{
	const struct frame frame = link->flight[i];
	const struct lb_vrrp_packet packet = {
		.src = frame.from->conf.source,
		.dst = lb_vrrp_group(AF_INET).addr,
		.src_mac = frame.from->conf.mac,
		.ttl = 255,
		.message = frame.bytes,
		.len = frame.len,
	};
	struct lb_vrrp_advert advert;

	link->flight[i] = link->flight[--link->flying];
	if (!frame.to->vrrp.link)
		return;
	CU_ASSERT_EQUAL_FATAL(lb_vrrp_read(&packet, &advert), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL_FATAL(lb_vrrp_admit(&frame.to->conf, &packet, &advert), LB_VRRP_TAKEN);
	link_event(link, frame.to, LB_VRRP_ADVERT, &advert);
}

/* Go to the next thing that happens until then; false: nothing does. Arrivals come before timers.
 */
static bool
link_step(struct link *link, uint64_t until)
{
	struct router *due = NULL;
	unsigned int arriving = FLIGHT;
	uint64_t at = until;

	for (unsigned int i = 0; i < link->n; i++)
		if (link->routers[i].vrrp.deadline < at) {
			due = &link->routers[i];
			at = due->vrrp.deadline;
		}
	for (unsigned int i = 0; i < link->flying; i++)
		if (link->flight[i].at <= at) {
			arriving = i;
			at = link->flight[i].at;
		}
	link->now = at;
	if (arriving != FLIGHT)
		link_arrive(link, arriving);
	else if (due != NULL)
		link_event(link, due, LB_VRRP_TIMER, NULL);
	return arriving != FLIGHT || due != NULL;
}

static void
link_run(struct link *link, uint64_t us)
{
	uint64_t until = link->now + us;

	while (link_step(link, until))
		continue;
}

static void
link_init(struct link *link, unsigned int n)
{
	memset(link, 0, sizeof(*link));
	vip = bed_addr("10.9.0.100");
	link->n = n;
	link->now = BED_BEGIN;
	for (unsigned int i = 0; i < n; i++)
		link->routers[i].conf = (struct lb_vrrp_conf){
			.version = 3,
			.vrid = 51,
			.priority = 100,
			.preempt = true,
			.interval_us = 10 * CS,
			.source = lb_addr_ip4(rte_cpu_to_be_32(0x0a090001 + i)),
			.mac = lb_vrrp_mac(AF_INET, 51),
			.addrs = &vip,
			.n_addrs = 1,
		};
}

static void
link_start(struct link *link)
{
	for (unsigned int i = 0; i < link->n; i++) {
		lb_vrrp_init(&link->routers[i].vrrp, &link->routers[i].conf);
		link_event(link, &link->routers[i], LB_VRRP_START, NULL);
	}
}

/* The one Active; there is exactly one. */
static struct router *
link_active(struct link *link)
{
	struct router *active = NULL;
	unsigned int count = 0;

	for (unsigned int i = 0; i < link->n; i++)
		if (link->routers[i].vips) {
			active = &link->routers[i];
			count++;
		}
	CU_ASSERT_EQUAL_FATAL(count, 1);
	return active;
}

static void
v49_after_a_silent_failure_only_the_next_in_priority_speaks(void)
{
	static struct link link;

	for (int run = 0; run < 100; run++) {
		link_init(&link, 3);
		link.routers[0].conf.priority = 250;
		link.routers[1].conf.priority = 100;
		link.routers[2].conf.priority = 200;
		link_start(&link);
		link_run(&link, 3 * SECOND);
		CU_ASSERT_PTR_EQUAL_FATAL(link_active(&link), &link.routers[0]);
		link.cut = &link.routers[0];
		link_run(&link, 3 * SECOND);
		CU_ASSERT_EQUAL(link.routers[1].sent, 0);
		CU_ASSERT_TRUE(link.routers[2].sent > 20);
		CU_ASSERT_TRUE(link.routers[2].vips);
	}
}

static void
v48_of_two_owners_one_stays_active_and_both_tell(void)
{
	static struct link link;

	for (int run = 0; run < 100; run++) {
		link_init(&link, 2);
		link.routers[0].conf.priority = LB_VRRP_OWNER;
		link.routers[1].conf.priority = LB_VRRP_OWNER;
		link_start(&link);
		CU_ASSERT_TRUE(link.routers[0].vips && link.routers[1].vips);
		link_run(&link, 10 * CS);
		CU_ASSERT_PTR_EQUAL(link_active(&link), &link.routers[1]);
		CU_ASSERT(link.routers[0].told > 0 && link.routers[1].told > 0);
		link_run(&link, 100 * SECOND);
		CU_ASSERT_PTR_EQUAL(link_active(&link), &link.routers[1]);
	}
}

/* Some routers that can share a link: one version, and in version 2 one interval. */
static void
random_routers(struct link *link)
{
	static const uint64_t intervals[] = { CS, 2 * CS, 5 * CS, 10 * CS };
	bool version2 = draw(4) == 0;

	link_init(link, 2 + draw(2));
	for (unsigned int i = 0; i < link->n; i++) {
		struct lb_vrrp_conf *conf = &link->routers[i].conf;

		conf->version = version2 ? 2 : 3;
		conf->interval_us = version2 ? SECOND : intervals[draw(RTE_DIM(intervals))];
		conf->priority = (uint8_t)(draw(3) == 0 ? 100 : 1 + draw(255));
		conf->preempt = draw(2);
		conf->quiet = draw(2);
		conf->sum = draw(2) ? LB_VRRP_SUM_RFC5798 : LB_VRRP_SUM_RFC9568;
		conf->preempt_delay_us = draw(2) * draw(5) * conf->interval_us;
		conf->start_delay_us = draw(2) * draw(5) * conf->interval_us;
		conf->up_delay_us = draw(2) * draw(5) * conf->interval_us;
	}
}

/* Frames get lost, links go, routers stop and change their minds; then all is well again. */
static void
random_trouble(struct link *link, uint64_t interval)
{
	static const enum lb_vrrp_event_kind kinds[] = { LB_VRRP_START, LB_VRRP_SHUTDOWN,
		LB_VRRP_LINK_DOWN, LB_VRRP_LINK_UP, LB_VRRP_PRIORITY };
	unsigned int events = draw(20);

	link->loss = draw(100);
	for (unsigned int i = 0; i < events; i++) {
		link_run(link, draw((uint32_t)interval * 3));
		link_event(link, &link->routers[draw(link->n)], kinds[draw(RTE_DIM(kinds))], NULL);
	}
	link->loss = 0;
	for (unsigned int i = 0; i < link->n; i++) {
		link_event(link, &link->routers[i], LB_VRRP_LINK_UP, NULL);
		link_event(link, &link->routers[i], LB_VRRP_START, NULL);
	}
}

static uint64_t
longest_interval(const struct link *link)
{
	uint64_t longest = 0;

	for (unsigned int i = 0; i < link->n; i++)
		longest = RTE_MAX(longest, link->routers[i].conf.interval_us);
	return longest;
}

/* One Active for a while, and nobody else speaks. */
static struct router *
watch(struct link *link, uint64_t us)
{
	uint64_t until = link->now + us;
	struct router *active = link_active(link);

	for (unsigned int i = 0; i < link->n; i++)
		link->routers[i].sent = 0;
	while (link_step(link, until))
		CU_ASSERT_PTR_EQUAL_FATAL(link_active(link), active);
	for (unsigned int i = 0; i < link->n; i++)
		CU_ASSERT_EQUAL_FATAL(link->routers[i].sent != 0, &link->routers[i] == active);
	return active;
}

/* Whoever has a higher priority than the Active may not preempt. */
static void
winner_is_right(const struct link *link, const struct router *active)
{
	for (unsigned int i = 0; i < link->n; i++) {
		const struct router *router = &link->routers[i];

		if (router->vrrp.priority <= active->vrrp.priority)
			continue;
		CU_ASSERT_FALSE_FATAL(router->conf.preempt);
		CU_ASSERT_NOT_EQUAL_FATAL(router->conf.priority, LB_VRRP_OWNER);
	}
}

static void
random_run(bool trouble)
{
	static struct link link;
	uint64_t interval;

	random_routers(&link);
	interval = longest_interval(&link);
	link_start(&link);
	if (trouble)
		random_trouble(&link, interval);
	link_run(&link, 30 * interval);
	winner_is_right(&link, watch(&link, 10 * interval));
}

static void
on_a_lossless_link_there_is_one_active(void)
{
	for (int run = 0; run < RUNS; run++)
		random_run(false);
}

static void
on_a_healed_link_there_is_one_active(void)
{
	for (int run = 0; run < RUNS; run++)
		random_run(true);
}

static const struct unit_test tests[] = {
	UNIT_TEST(v49_after_a_silent_failure_only_the_next_in_priority_speaks),
	UNIT_TEST(v48_of_two_owners_one_stays_active_and_both_tell),
	UNIT_TEST(on_a_lossless_link_there_is_one_active),
	UNIT_TEST(on_a_healed_link_there_is_one_active),
	UNIT_END,
};

const struct unit_suite unit_vrrp_election = { "election", tests };
