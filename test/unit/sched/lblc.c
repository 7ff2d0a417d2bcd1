/*
 * lblc and lblcr, by S13 and S14 of the description of Linux Virtual Server, and the map of
 * destinations that they share. Time is counted in cycles of a clock of 1 GHz.
 */

#include "dest_map.h"
#include "picks.h"

#define SECOND UINT64_C(1000000000)
#define HOUR (3600 * SECOND)

static void
begin(struct picks *picks, const char *scheduler, const char *servers)
{
	lb_clock = (struct lb_clock){
		.scale = (uint64_t)(((unsigned __int128)LB_TICKS_PER_SECOND << 64) / SECOND),
	};
	picks_begin(picks, scheduler, servers, 0, 1);
	picks->now = HOUR;
}

/* The server for a destination, now. */
static char
to(struct picks *picks, uint32_t destination)
{
	picks->virtual = destination;
	return picks_next(picks, 1)[0];
}

static void
destination_moves_from_a_busy_server_to_an_idle_one(void)
{
	struct picks picks;

	begin(&picks, "lblc", "A2 B5"); /* S13.1 */
	CU_ASSERT_EQUAL(to(&picks, 1), 'A');
	picks_load(&picks, "A3:0 B2:0");
	CU_ASSERT_EQUAL(to(&picks, 1), 'B'); /* 3 > 2 and 4 < 5 */
	picks_load(&picks, "A0:0 B2:0");
	CU_ASSERT_EQUAL(to(&picks, 1), 'B'); /* it has moved, and stays */
	picks_end(&picks);
}

static void
destination_stays_while_nobody_is_idle(void)
{
	struct picks picks;

	begin(&picks, "lblc", "A2 B5"); /* S13.2 */
	CU_ASSERT_EQUAL(to(&picks, 1), 'A');
	picks_load(&picks, "A3:0 B3:0");
	CU_ASSERT_EQUAL(to(&picks, 1), 'A'); /* 6 < 5 is not true */
	CU_ASSERT_EQUAL(to(&picks, 2), 'B'); /* a new one goes where wlc sends it */
	picks_load(&picks, "A2:0 B0:0");
	CU_ASSERT_EQUAL(to(&picks, 1), 'A'); /* 2 > 2 is not true */
	picks_end(&picks);
}

static void
destination_leaves_a_server_that_takes_no_flows(void)
{
	static const char *const both[] = { "lblc", "lblcr" };

	for (int i = 0; i < 2; i++) {
		struct picks picks;

		begin(&picks, both[i], "A1 B1 C1");
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		picks_close(&picks, 'A', true);
		CU_ASSERT_EQUAL(to(&picks, 1), 'B');
		picks_edit(&picks, "A1 B0 C1");
		CU_ASSERT_EQUAL(to(&picks, 1), 'C');
		picks_edit(&picks, "B0");
		CU_ASSERT_EQUAL(to(&picks, 1), '-');
		picks_edit(&picks, "");
		CU_ASSERT_EQUAL(to(&picks, 1), '-');
		picks_end(&picks);
	}
}

/* Let a server be at its limit, or below it. */
static void
set_full(struct picks *picks, char server, bool full)
{
	uint64_t bit = lb_sched_closed_bit((uint32_t)(server - 'A'), LB_SCHED_FULL);

	picks->closed[0] = full ? picks->closed[0] | bit : picks->closed[0] & ~bit;
	picks_tell(picks, (uint32_t)(server - 'A'));
}

/* In Linux lblc does not look at limits where a destination is remembered (S13). */
static void
full_server_is_left_also_where_it_is_remembered(void)
{
	static const char *const both[] = { "lblc", "lblcr" };

	for (int i = 0; i < 2; i++) {
		struct picks picks;

		begin(&picks, both[i], "A1 B1");
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		set_full(&picks, 'A', true);
		CU_ASSERT_EQUAL(to(&picks, 1), 'B');
		set_full(&picks, 'B', true);
		CU_ASSERT_EQUAL(to(&picks, 1), '-');
		set_full(&picks, 'A', false);
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		picks_end(&picks);
	}
}

/* In Linux A would be busy, because of B, and C be chosen, since 256 / 1 < 768 / 2. */
static void
full_server_is_no_idle_one(void)
{
	static const char *const both[] = { "lblc", "lblcr" };

	for (int i = 0; i < 2; i++) {
		struct picks picks;

		begin(&picks, both[i], "A2 B9 C1");
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		picks_load(&picks, "A3:0 B2:0 C1:0");
		set_full(&picks, 'B', true);
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		set_full(&picks, 'B', false);
		CU_ASSERT_EQUAL(to(&picks, 1), 'B');
		picks_end(&picks);
	}
}

static void
destinations_outlive_versions(void)
{
	static const char *const both[] = { "lblc", "lblcr" };

	for (int i = 0; i < 2; i++) {
		struct picks picks;

		begin(&picks, both[i], "A1 B1 C1");
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		picks_load(&picks, "A1:0");
		CU_ASSERT_EQUAL(to(&picks, 2), 'B');
		picks_load(&picks, "B1:0");
		CU_ASSERT_EQUAL(to(&picks, 3), 'C');
		picks_edit(&picks, "D7 C2 X5 A2");
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		CU_ASSERT_EQUAL(to(&picks, 2), 'D'); /* its server is gone */
		CU_ASSERT_EQUAL(to(&picks, 3), 'C');
		picks_end(&picks);
	}
}

static void
set_grows_by_an_idle_server_and_shrinks_by_the_most_loaded(void)
{
	struct picks picks;

	begin(&picks, "lblcr", "A2 B5");
	CU_ASSERT_EQUAL(to(&picks, 1), 'A');
	picks_load(&picks, "A3:0 B2:0");
	CU_ASSERT_EQUAL(to(&picks, 1), 'B'); /* S14.1: B joins */
	CU_ASSERT_EQUAL(to(&picks, 1), 'B'); /* 512 / 5 < 768 / 2 */
	picks_load(&picks, "A0:0");
	CU_ASSERT_EQUAL(to(&picks, 1), 'A'); /* still of the set */
	picks_load(&picks, "A2:0");
	picks.now += 20 * HOUR;
	CU_ASSERT_EQUAL(to(&picks, 1), 'B');
	picks.now += 4 * HOUR + SECOND;
	CU_ASSERT_EQUAL(to(&picks, 1), 'B'); /* S14.2: A leaves */
	picks_load(&picks, "A0:0");
	CU_ASSERT_EQUAL(to(&picks, 1), 'B');
	picks_end(&picks);
}

static void
destination_that_nobody_asked_for_is_forgotten(void)
{
	static const struct lb_sched_option expiry = {
		.name = "expiry_ms",
		.type = LB_SCHED_OPTION_INT,
		.number = 60000,
	};
	static const struct lb_sched_options minute = { .n = 1, .list = &expiry };
	static const char *const both[] = { "lblc", "lblcr" };

	for (int i = 0; i < 2; i++) {
		struct picks picks;

		begin(&picks, both[i], "A1 B1");
		picks.options = &minute;
		picks_edit(&picks, "A1 B1");
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		picks_load(&picks, "A1:0");
		picks.now += 59 * SECOND;
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		picks.now += 59 * SECOND;
		CU_ASSERT_EQUAL(to(&picks, 1), 'A');
		picks.now += 61 * SECOND;
		CU_ASSERT_EQUAL(to(&picks, 1), 'B');
		picks_end(&picks);
	}
}

/* Destinations beyond the room of the map get their servers all the same. */
static void
full_map_forgets_nobody_and_refuses_nobody(void)
{
	static const char *const both[] = { "lblc", "lblcr" };

	for (int i = 0; i < 2; i++) {
		unsigned int refused = 0, moved = 0;
		struct picks picks;

		begin(&picks, both[i], "A1 B1");
		for (uint32_t k = 0; k < 2 * DEST_MAP_ENTRIES; k++)
			refused += to(&picks, k) != 'A';
		picks_load(&picks, "A1:0");
		for (uint32_t k = 0; k < DEST_MAP_ENTRIES; k++)
			moved += to(&picks, k) != 'A';
		CU_ASSERT_EQUAL(refused, 0);
		CU_ASSERT_EQUAL(moved, 0);
		CU_ASSERT_EQUAL(to(&picks, DEST_MAP_ENTRIES), 'B'); /* was not remembered */
		picks_end(&picks);
	}
}

/* What the map is asked for, with values that are counted when they go. */
static unsigned int dropped;

static void
count_drop(void *arg, uint32_t value)
{
	(void)arg;
	dropped += value != 0;
}

static struct dest_map *
map_of(uint32_t n, uint32_t now)
{
	struct dest_map *map = calloc(1, sizeof(*map));

	CU_ASSERT_PTR_NOT_NULL_FATAL(map);
	for (uint32_t i = 0; i < n; i++) {
		struct lb_addr addr = lb_addr_ip4(i);
		struct dest_entry *entry = dest_map_add(map, &addr, now);

		CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
		entry->value = i + 1;
	}
	dropped = 0;
	return map;
}

/* Sweep until a minute is done. */
static void
sweep(struct dest_map *map, uint32_t now)
{
	for (uint32_t i = 0; i < DEST_MAP_ENTRIES / DEST_MAP_PIECE + 1; i++)
		dest_map_sweep(map, now, 24 * 60 * DEST_MAP_MINUTE, count_drop, NULL);
}

static uint32_t
found(struct dest_map *map, uint32_t n)
{
	uint32_t there = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct lb_addr addr = lb_addr_ip4(i);
		struct dest_entry *entry = dest_map_find(map, &addr);

		there += entry != NULL && entry->value == i + 1;
	}
	return there;
}

static void
map_holds_so_many_and_takes_freed_entries_again(void)
{
	struct dest_map *map = map_of(DEST_MAP_ENTRIES, 0);
	struct lb_addr addr = lb_addr_ip4(UINT32_MAX), first = lb_addr_ip4(0);

	CU_ASSERT_EQUAL(found(map, DEST_MAP_ENTRIES), DEST_MAP_ENTRIES);
	CU_ASSERT_PTR_NULL(dest_map_add(map, &addr, 0));
	dest_map_remove(map, dest_map_find(map, &first));
	CU_ASSERT_PTR_NULL(dest_map_find(map, &first));
	CU_ASSERT_PTR_NOT_NULL(dest_map_add(map, &addr, 0));
	CU_ASSERT_PTR_NOT_NULL(dest_map_find(map, &addr));
	CU_ASSERT_PTR_NULL(dest_map_add(map, &first, 0));
	CU_ASSERT_EQUAL(found(map, DEST_MAP_ENTRIES), DEST_MAP_ENTRIES - 1);
	free(map);
}

/* (entries - 16384) * 4 / 3 a minute, but no more than 8192, of those idle for 6 minutes. */
static void
crowded_map_loses_a_part_of_its_idle_entries_each_minute(void)
{
	struct dest_map *map = map_of(DEST_MAP_GOAL + 300, 0);
	uint32_t now = 6 * DEST_MAP_MINUTE;

	sweep(map, now - 1);
	CU_ASSERT_EQUAL(dropped, 0);
	sweep(map, now); /* less than a minute later */
	CU_ASSERT_EQUAL(dropped, 0);
	now += DEST_MAP_MINUTE;
	sweep(map, now);
	CU_ASSERT_EQUAL(dropped, 400);
	CU_ASSERT_EQUAL(map->n, DEST_MAP_GOAL - 100);
	CU_ASSERT_EQUAL(found(map, DEST_MAP_GOAL + 300), DEST_MAP_GOAL - 100);
	sweep(map, now + DEST_MAP_MINUTE);
	CU_ASSERT_EQUAL(dropped, 400);
	free(map);
	map = map_of(DEST_MAP_ENTRIES, 0);
	sweep(map, now);
	CU_ASSERT_EQUAL(dropped, 8192);
	free(map);
}

static void
entries_that_were_idle_for_a_day_go(void)
{
	struct dest_map *map = map_of(1000, 0);
	struct lb_addr kept = lb_addr_ip4(500);

	dest_map_find(map, &kept)->used = 2 * DEST_MAP_MINUTE;
	sweep(map, 24 * 60 * DEST_MAP_MINUTE - 1);
	CU_ASSERT_EQUAL(dropped, 0);
	sweep(map, 24 * 60 * DEST_MAP_MINUTE + DEST_MAP_MINUTE);
	CU_ASSERT_EQUAL(dropped, 999);
	CU_ASSERT_EQUAL(map->n, 1);
	CU_ASSERT_PTR_NOT_NULL(dest_map_find(map, &kept));
	free(map);
}

static const struct unit_test tests[] = {
	UNIT_TEST(destination_moves_from_a_busy_server_to_an_idle_one),
	UNIT_TEST(destination_stays_while_nobody_is_idle),
	UNIT_TEST(destination_leaves_a_server_that_takes_no_flows),
	UNIT_TEST(full_server_is_left_also_where_it_is_remembered),
	UNIT_TEST(full_server_is_no_idle_one),
	UNIT_TEST(destinations_outlive_versions),
	UNIT_TEST(set_grows_by_an_idle_server_and_shrinks_by_the_most_loaded),
	UNIT_TEST(destination_that_nobody_asked_for_is_forgotten),
	UNIT_TEST(full_map_forgets_nobody_and_refuses_nobody),
	UNIT_TEST(map_holds_so_many_and_takes_freed_entries_again),
	UNIT_TEST(crowded_map_loses_a_part_of_its_idle_entries_each_minute),
	UNIT_TEST(entries_that_were_idle_for_a_day_go),
	UNIT_END,
};

const struct unit_suite unit_sched_lblc = { "lblc", tests };
