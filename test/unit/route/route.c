/* Routes: found as a plain walk over the list finds them, published and freed behind readers. */

#include "lb_rcu.h"
#include "lb_route.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct lb_route
route(const char *to, uint8_t port)
{
	struct lb_route r = { .port = port, .hop = port * 100u, .mtu = 1500 };

	CU_ASSERT_EQUAL_FATAL(lb_prefix_parse(to, &r.to), 0);
	return r;
}

/* Port of the route that is found; 0: none. */
static uint8_t
find(const struct lb_route_table *table, const char *text)
{
	const struct lb_route *found;
	struct lb_addr addr;

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(text, &addr), 0);
	found = lb_route_find(table, &addr);
	return found == NULL ? 0 : found->port;
}

static void
longest_prefix_wins(void)
{
	const struct lb_route list[] = { route("0.0.0.0/0", 1), route("10.0.0.0/8", 2),
		route("10.1.0.0/16", 3), route("10.1.7.0/24", 4), route("10.1.7.9/32", 5) };
	struct lb_route_table *table = lb_route_build(list, 5);

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	CU_ASSERT_EQUAL(find(table, "192.0.2.1"), 1);
	CU_ASSERT_EQUAL(find(table, "10.2.0.1"), 2);
	CU_ASSERT_EQUAL(find(table, "10.1.255.255"), 3);
	CU_ASSERT_EQUAL(find(table, "10.1.7.8"), 4);
	CU_ASSERT_EQUAL(find(table, "10.1.7.9"), 5);
	CU_ASSERT_EQUAL(find(table, "9.255.255.255"), 1);
	CU_ASSERT_EQUAL(find(table, "11.0.0.0"), 1);
	CU_ASSERT_EQUAL(find(table, "fd01::1"), 0);
	lb_route_destroy(table);
}

static void
families_are_apart(void)
{
	const struct lb_route list[] = { route("0.0.0.0/0", 1), route("::/0", 2),
		route("fd01::/64", 3), route("fd01::7/128", 4), route("a01::/16", 5),
		route("10.1.0.0/16", 6) };
	struct lb_route_table *table = lb_route_build(list, 6);
	const struct lb_addr none = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	CU_ASSERT_EQUAL(find(table, "fd01::8"), 3);
	CU_ASSERT_EQUAL(find(table, "fd01::7"), 4);
	CU_ASSERT_EQUAL(find(table, "fd01:0:0:1::7"), 2);
	CU_ASSERT_EQUAL(find(table, "a01:ffff::"), 5);
	CU_ASSERT_EQUAL(find(table, "10.1.0.0"), 6);
	CU_ASSERT_EQUAL(find(table, "10.2.0.0"), 1);
	CU_ASSERT_PTR_NULL(lb_route_find(table, &none));
	lb_route_destroy(table);
}

static void
host_bits_of_a_route_do_not_matter(void)
{
	const struct lb_route list[] = { route("10.1.0.11/24", 1), route("fd01::11/64", 2) };
	struct lb_route_table *table = lb_route_build(list, 2);

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	CU_ASSERT_EQUAL(find(table, "10.1.0.200"), 1);
	CU_ASSERT_EQUAL(find(table, "fd01::99"), 2);
	CU_ASSERT_EQUAL(find(table, "10.1.1.11"), 0);
	lb_route_destroy(table);
}

static void
route_is_found_with_all_that_it_says(void)
{
	struct lb_route want = route("10.1.0.0/24", 7);
	struct lb_route_table *table;
	const struct lb_route *found;

	want.mtu = 1400;
	CU_ASSERT_EQUAL_FATAL(lb_addr_parse("10.1.0.11", &want.source), 0);
	table = lb_route_build(&want, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	found = lb_route_find(table, &want.source);
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	CU_ASSERT_EQUAL(found->hop, 700);
	CU_ASSERT_EQUAL(found->mtu, 1400);
	CU_ASSERT_EQUAL(found->to.len, 24);
	CU_ASSERT_TRUE(lb_addr_equal(&found->source, &want.source));
	lb_route_destroy(table);
}

static void
prefix_twice_is_refused(void)
{
	const struct lb_route same[] = { route("10.1.0.0/24", 1), route("10.2.0.0/24", 1),
		route("10.1.0.99/24", 2) };
	const struct lb_route zeros[] = { route("0.0.0.0/0", 1), route("::/0", 1),
		route("0.0.0.0/1", 1) };
	struct lb_route_table *table;

	errno = 0;
	CU_ASSERT_PTR_NULL(lb_route_build(same, 3));
	CU_ASSERT_EQUAL(errno, EEXIST);
	table = lb_route_build(zeros, 3);
	CU_ASSERT_PTR_NOT_NULL(table);
	lb_route_destroy(table);
}

static void
no_table_and_no_routes_find_nothing(void)
{
	struct lb_route_table *table = lb_route_build(NULL, 0);

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	CU_ASSERT_EQUAL(find(table, "10.1.0.1"), 0);
	CU_ASSERT_EQUAL(find(NULL, "10.1.0.1"), 0);
	lb_route_destroy(table);
	lb_route_destroy(NULL);
}

/* A number from 0 to n - 1, the same in each run. */
static uint32_t
draw(uint32_t n)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)((state >> 33) % n);
}

/* Few values per byte, so that networks hold each other and addresses hit. */
static struct lb_addr
draw_addr(void)
{
	struct lb_addr addr = { .family = draw(3) == 0 ? AF_INET6 : AF_INET };

	for (int i = 0; i < (addr.family == AF_INET ? 4 : 16); i++)
		addr.bytes[i] = (uint8_t)(draw(8) == 0 ? draw(256) : draw(3));
	return addr;
}

static const struct lb_route *
model_find(const struct lb_route *list, size_t n, const struct lb_addr *addr)
{
	const struct lb_route *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (lb_prefix_contains(&list[i].to, addr) &&
			(best == NULL || list[i].to.len > best->to.len))
			best = &list[i];
	return best;
}

static bool
model_has(const struct lb_route *list, size_t n, const struct lb_prefix *to)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].to.len == to->len && lb_prefix_overlaps(&list[i].to, to))
			return true;
	return false;
}

static size_t
draw_routes(struct lb_route *list, size_t n)
{
	size_t made = 0;

	while (made < n) {
		struct lb_route *r = &list[made];

		memset(r, 0, sizeof(*r));
		r->to.addr = draw_addr();
		r->to.len = (uint8_t)draw(r->to.addr.family == AF_INET ? 33 : 129);
		r->hop = (uint32_t)made + 1;
		if (!model_has(list, made, &r->to))
			made++;
	}
	return made;
}

static void
compare_with_model(const struct lb_route *list, size_t n, int rounds)
{
	struct lb_route_table *table = lb_route_build(list, n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	for (int i = 0; i < rounds; i++) {
		struct lb_addr addr = i % 2 != 0 ? draw_addr() : list[draw((uint32_t)n)].to.addr;
		const struct lb_route *want = model_find(list, n, &addr);
		const struct lb_route *found = lb_route_find(table, &addr);

		if ((want == NULL) != (found == NULL) ||
			(want != NULL && want->hop != found->hop)) {
			CU_FAIL("not the route that a walk finds");
			break;
		}
	}
	lb_route_destroy(table);
}

static void
any_table_finds_what_a_walk_finds(void)
{
	struct lb_route *list = calloc(LB_ROUTES_MAX, sizeof(*list));

	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	for (int round = 0; round < 200; round++) {
		size_t n = 1 + draw(64);

		compare_with_model(list, draw_routes(list, n), 200);
	}
	compare_with_model(list, draw_routes(list, LB_ROUTES_MAX), 4000);
	free(list);
}

static void
old_table_outlives_its_readers(void)
{
	const struct lb_route first = route("0.0.0.0/0", 1), second = route("0.0.0.0/0", 2);
	const struct lb_route_table *held;

	unit_eal();
	CU_ASSERT_EQUAL_FATAL(lb_rcu_init(1), 0);
	CU_ASSERT_PTR_NULL(lb_route_current());
	lb_route_publish(lb_route_build(&first, 1));
	lb_rcu_online(0);
	held = lb_route_current();
	lb_route_publish(lb_route_build(&second, 1));
	CU_ASSERT_EQUAL(find(lb_route_current(), "10.1.0.1"), 2);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	CU_ASSERT_EQUAL(find(held, "10.1.0.1"), 1);
	lb_rcu_quiescent(0);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	lb_route_publish(NULL);
	CU_ASSERT_PTR_NULL(lb_route_current());
	lb_rcu_offline(0);
	lb_rcu_fini();
}

static const struct unit_test tests[] = {
	UNIT_TEST(longest_prefix_wins),
	UNIT_TEST(families_are_apart),
	UNIT_TEST(host_bits_of_a_route_do_not_matter),
	UNIT_TEST(route_is_found_with_all_that_it_says),
	UNIT_TEST(prefix_twice_is_refused),
	UNIT_TEST(no_table_and_no_routes_find_nothing),
	UNIT_TEST(any_table_finds_what_a_walk_finds),
	UNIT_TEST(old_table_outlives_its_readers),
	UNIT_END,
};

const struct unit_suite unit_route_route = { "route", tests };
