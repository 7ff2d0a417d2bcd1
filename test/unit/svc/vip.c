/* Our addresses: found or not, published while workers look, served while the lease lasts. */

#include <stdlib.h>
#include <string.h>

#include "lb_rcu.h"
#include "lb_vip.h"
#include "unit.h"

static struct lb_addr
addr(const char *text)
{
	struct lb_addr a;

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(text, &a), 0);
	return a;
}

static void
nothing_is_ours_without_a_table(void)
{
	struct lb_vip_table *empty = lb_vip_build(NULL, 0);
	struct lb_addr a = addr("10.1.0.100");

	CU_ASSERT_PTR_NULL(lb_vip_find(NULL, &a));
	CU_ASSERT_PTR_NULL(lb_vip_find4(NULL, a.ip4));
	CU_ASSERT_PTR_NOT_NULL_FATAL(empty);
	CU_ASSERT_PTR_NULL(lb_vip_find4(empty, a.ip4));
	lb_vip_destroy(empty);
	lb_vip_destroy(NULL);
}

static void
address_is_found_with_what_it_is(void)
{
	const struct lb_vip list[] = {
		{ .addr = addr("10.1.0.100"), .kind = LB_VIP_VIP, .port = 1, .instance = 7 },
		{ .addr = addr("10.1.0.11"), .kind = LB_VIP_LOCAL, .port = 2 },
		{ .addr = addr("fd01::100"), .kind = LB_VIP_VIP, .port = 3, .instance = 9 },
	};
	struct lb_vip_table *table = lb_vip_build(list, 3);
	struct lb_addr six = addr("fd01::100"), other = addr("fd01::101");
	/* The four bytes of 10.1.0.100, in an IPv6 address. */
	struct lb_addr alike = addr("a01:64::");

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	for (size_t i = 0; i < 3; i++) {
		const struct lb_vip *vip = lb_vip_find(table, &list[i].addr);

		CU_ASSERT_PTR_NOT_NULL_FATAL(vip);
		CU_ASSERT_EQUAL(vip->kind, list[i].kind);
		CU_ASSERT_EQUAL(vip->port, list[i].port);
		CU_ASSERT_EQUAL(vip->instance, list[i].instance);
	}
	CU_ASSERT_EQUAL(lb_vip_find4(table, list[1].addr.ip4)->kind, LB_VIP_LOCAL);
	CU_ASSERT_PTR_NOT_NULL(lb_vip_find(table, &six));
	CU_ASSERT_PTR_NULL(lb_vip_find(table, &other));
	CU_ASSERT_PTR_NULL(lb_vip_find(table, &alike));
	CU_ASSERT_PTR_NULL(lb_vip_find4(table, addr("10.1.0.101").ip4));
	lb_vip_destroy(table);
}

static void
each_of_ten_thousand_is_found_and_no_neighbour(void)
{
	enum {
		N = 10000
	};
	struct lb_vip *list = calloc(N, sizeof(*list));
	struct lb_vip_table *table;
	unsigned int wrong = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	for (uint32_t i = 0; i < N; i++)
		list[i] = (struct lb_vip){
			.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a000000) + 2 * i)),
			.kind = LB_VIP_VIP,
			.instance = (uint8_t)i,
		};
	table = lb_vip_build(list, N);
	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	for (uint32_t i = 0; i < N; i++) {
		const struct lb_vip *vip =
			lb_vip_find4(table, rte_cpu_to_be_32(UINT32_C(0x0a000000) + 2 * i));

		wrong += vip == NULL || vip->instance != (uint8_t)i;
		wrong +=
			lb_vip_find4(table, rte_cpu_to_be_32(UINT32_C(0x0a000001) + 2 * i)) != NULL;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	lb_vip_destroy(table);
	free(list);
}

static void
published_table_lives_until_the_worker_has_passed(void)
{
	const struct lb_vip one = { .addr = addr("10.1.0.100"), .kind = LB_VIP_VIP };
	const struct lb_vip_table *seen;

	unit_eal();
	CU_ASSERT_EQUAL_FATAL(lb_rcu_init(1), 0);
	lb_rcu_online(0);
	CU_ASSERT_PTR_NULL(lb_vip_current());
	lb_vip_publish(lb_vip_build(&one, 1));
	seen = lb_vip_current();
	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	lb_vip_publish(lb_vip_build(NULL, 0));
	CU_ASSERT_PTR_NULL(lb_vip_find4(lb_vip_current(), one.addr.ip4));
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	CU_ASSERT_PTR_NOT_NULL(lb_vip_find4(seen, one.addr.ip4));
	lb_rcu_quiescent(0);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	lb_vip_publish(NULL);
	CU_ASSERT_PTR_NULL(lb_vip_current());
	lb_rcu_offline(0);
	lb_rcu_fini();
}

static void
instance_is_active_until_its_lease_has_passed(void)
{
	CU_ASSERT_FALSE(lb_vip_is_active(5, 0));
	lb_vip_set_active(5, true, 1000);
	CU_ASSERT_TRUE(lb_vip_is_active(5, 999));
	CU_ASSERT_FALSE(lb_vip_is_active(5, 1000));
	CU_ASSERT_FALSE(lb_vip_is_active(6, 999));
	lb_vip_set_active(5, true, 2000);
	CU_ASSERT_TRUE(lb_vip_is_active(5, 1999));
	lb_vip_set_active(5, false, 2000);
	CU_ASSERT_FALSE(lb_vip_is_active(5, 0));
}

static void
lease_of_static_addresses_never_ends(void)
{
	CU_ASSERT_FALSE(lb_vip_is_active(LB_VIP_STATIC, 0));
	lb_vip_set_active(LB_VIP_STATIC, true, 1);
	CU_ASSERT_TRUE(lb_vip_is_active(LB_VIP_STATIC, UINT64_MAX - 1));
	lb_vip_set_active(LB_VIP_STATIC, false, 1);
	CU_ASSERT_FALSE(lb_vip_is_active(LB_VIP_STATIC, 0));
}

static const struct unit_test tests[] = {
	UNIT_TEST(nothing_is_ours_without_a_table),
	UNIT_TEST(address_is_found_with_what_it_is),
	UNIT_TEST(each_of_ten_thousand_is_found_and_no_neighbour),
	UNIT_TEST(published_table_lives_until_the_worker_has_passed),
	UNIT_TEST(instance_is_active_until_its_lease_has_passed),
	UNIT_TEST(lease_of_static_addresses_never_ends),
	UNIT_END,
};

const struct unit_suite unit_svc_vip = { "vip", tests };
