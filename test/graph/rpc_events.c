/* events.subscribe: what a client is told of, and from where on. */

#include <stdio.h>
#include <string.h>

#include "director.h"
#include "rpc_bed.h"
#include "unit.h"

#define INSTANCE                                                                                   \
	"{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10;"                           \
	"  addresses = [ \"10.1.0.100/24\" ]; }"

/* Of 10.1.0.12, with priority 50; made from RFC 9568 by a program of its own. */
#define LOWER                                                                                      \
	"01005e00001200005e000133080045c0002000004000ff70908e0a01000ce0000012"                     \
	"313332010001a7c90a010064"

static struct director *director;

static void
begin(void)
{
	director = bed_begin(&(struct graph_setup){ .workers = 1 });
}

static void
post(enum event_kind kind, const char *state)
{
	const struct event event = {
		.kind = kind,
		.object = "thing",
		.state = state,
		.before = "new",
		.reason = "the test says so",
	};

	events_post(director, &event);
}

/* The result of subscribing; what is told is not read yet. */
static json_int_t
subscribe(const char *params, bool lost)
{
	json_t *result = bed_call("events.subscribe", params);
	json_int_t sequence = json_integer_value(json_object_get(result, "sequence"));

	CU_ASSERT_EQUAL(json_is_true(json_object_get(result, "lost")), lost);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(result, "started")), director->events.start);
	json_decref(result);
	return sequence;
}

/* The next event, which is waited for; borrowed until the next one. */
static const json_t *
next_event(void)
{
	static json_t *line;

	json_decref(line);
	line = bed_await(bed_turn_all);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(line, "method")), "event");
	return json_object_get(line, "params");
}

static bool
is(const json_t *event, const char *key, const char *value)
{
	const char *text = json_string_value(json_object_get(event, key));

	return text != NULL && strcmp(text, value) == 0;
}

static void
expect(json_int_t sequence, const char *state)
{
	const json_t *event = next_event();

	CU_ASSERT_EQUAL(json_integer_value(json_object_get(event, "sequence")), sequence);
	CU_ASSERT_TRUE(is(event, "state", state));
}

static void
event_has_number_time_and_reason(void)
{
	const json_t *event;
	int year, milliseconds;
	char z;

	begin();
	CU_ASSERT_EQUAL(subscribe("{}", false), 0);
	post(EVENT_LINK, "up");
	event = next_event();
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(event, "sequence")), 1);
	CU_ASSERT_TRUE(is(event, "kind", "link"));
	CU_ASSERT_TRUE(is(event, "object", "thing"));
	CU_ASSERT_TRUE(is(event, "state", "up"));
	CU_ASSERT_TRUE(is(event, "before", "new"));
	CU_ASSERT_TRUE(is(event, "reason", "the test says so"));
	CU_ASSERT_EQUAL(sscanf(json_string_value(json_object_get(event, "time")),
				"%d-%*d-%*dT%*d:%*d:%*d.%3d%c", &year, &milliseconds, &z),
		3);
	CU_ASSERT_TRUE(year > 2000 && z == 'Z');
	bed_end();
}

static void
client_resumes_where_it_was(void)
{
	begin();
	post(EVENT_LINK, "a");
	post(EVENT_LINK, "b");
	post(EVENT_LINK, "c");
	CU_ASSERT_EQUAL(subscribe("{\"since\":1}", false), 3);
	expect(2, "b");
	expect(3, "c");
	CU_ASSERT_EQUAL(subscribe("{\"since\":3}", false), 3);
	CU_ASSERT_EQUAL(subscribe("{}", false), 3);
	post(EVENT_LINK, "d");
	expect(4, "d");
	bed_end();
}

static void
client_is_told_of_the_kinds_that_it_wants(void)
{
	begin();
	subscribe("{\"kinds\":[\"script\",\"worker\"]}", false);
	post(EVENT_LINK, "a");
	post(EVENT_SCRIPT, "b");
	post(EVENT_VRRP, "c");
	post(EVENT_WORKER, "d");
	expect(2, "b");
	expect(4, "d");
	bed_refused("events.subscribe", "{\"kinds\":[\"weather\"]}", "invalid_params",
		"parameter \"kinds\" has \"weather\"; give some of vrrp, group, script, link, "
		"reload, worker");
	bed_refused("events.subscribe", "{\"kinds\":[7]}", "invalid_params",
		"parameter \"kinds\" has \"no text\"; give some of vrrp, group, script, link, "
		"reload, worker");
	bed_refused("events.subscribe", "{\"since\":-1}", "invalid_params",
		"parameter \"since\" is -1; give the sequence of the last event that you know, or "
		"0");
	bed_end();
}

static void
last_events_are_kept_and_lost_ones_told(void)
{
	begin();
	for (int i = 0; i < EVENTS_KEPT + 10; i++)
		post(EVENT_LINK, "up");
	CU_ASSERT_EQUAL(subscribe("{\"since\":10}", false), EVENTS_KEPT + 10);
	for (int i = 11; i <= EVENTS_KEPT + 10; i++)
		expect(i, "up");
	subscribe("{\"since\":9}", true);
	for (int i = 11; i <= EVENTS_KEPT + 10; i++)
		expect(i, "up");
	bed_end();
}

/* A number that was never given out is of another polluxd: everything is told. */
static void
number_of_another_run_is_lost(void)
{
	begin();
	post(EVENT_LINK, "a");
	post(EVENT_LINK, "b");
	subscribe("{\"since\":3}", true);
	expect(1, "a");
	expect(2, "b");
	bed_end();
}

static void
more_than_is_kept_at_once_is_told_as_lost(void)
{
	const json_t *event;

	begin();
	subscribe("{\"kinds\":[\"link\"]}", false);
	for (int i = 0; i < EVENTS_KEPT + 10; i++)
		post(EVENT_LINK, "up");
	event = next_event();
	CU_ASSERT_TRUE(is(event, "kind", "lost"));
	CU_ASSERT_TRUE(is(event, "reason", "10 events came too quickly, and are no longer kept"));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(event, "sequence")), 10);
	expect(11, "up");
	bed_end();
}

static void
turn_sends_a_few(void)
{
	begin();
	for (int i = 0; i < 1000; i++)
		post(EVENT_LINK, "up");
	subscribe("{\"since\":0}", false);
	CU_ASSERT_EQUAL(events_run(director, 7), 7); /* it wants to go on */
	for (int i = 1; i <= 1000; i++)
		expect(i, "up");
	CU_ASSERT_EQUAL(events_run(director, 7), UINT64_MAX);
	bed_end();
}

static void
instance_tells_that_it_is_active_and_that_it_has_won(void)
{
	struct frame lower = frame_hex(LOWER);
	const json_t *event;

	director = bed_begin(&(struct graph_setup){ .workers = 1, .vrrp = INSTANCE });
	subscribe("{\"since\":0,\"kinds\":[\"vrrp\"]}", false);
	event = next_event();
	CU_ASSERT_TRUE(is(event, "object", "wan") && is(event, "state", "backup"));
	event = next_event();
	CU_ASSERT_TRUE(is(event, "before", "backup") && is(event, "state", "active"));
	CU_ASSERT_TRUE(is(event, "reason", "nobody else advertises"));
	graph_send(WAN, &lower);
	event = next_event();
	CU_ASSERT_TRUE(is(event, "before", "active") && is(event, "state", "active"));
	CU_ASSERT_TRUE(is(event, "reason",
		"10.1.0.12 was Active too, with priority 50, and has to give way"));
	graph_send(WAN, &lower); /* of the same conflict */
	graph_turn();
	post(EVENT_VRRP, "mark");
	CU_ASSERT_TRUE(is(next_event(), "state", "mark"));
	bed_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(event_has_number_time_and_reason),
	UNIT_TEST(client_resumes_where_it_was),
	UNIT_TEST(client_is_told_of_the_kinds_that_it_wants),
	UNIT_TEST(last_events_are_kept_and_lost_ones_told),
	UNIT_TEST(number_of_another_run_is_lost),
	UNIT_TEST(more_than_is_kept_at_once_is_told_as_lost),
	UNIT_TEST(turn_sends_a_few),
	UNIT_TEST(instance_tells_that_it_is_active_and_that_it_has_won),
	UNIT_END,
};

const struct unit_suite graph_rpc_events = { "rpc_events", tests };
