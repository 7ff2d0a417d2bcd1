/* How many packet buffers, how large, and in which kind of pool. */

#include <errno.h>
#include <string.h>

#include "lb_netif.h"
#include "unit.h"

/*
 * Places that can hold a packet: descriptors of all queues (a TX queue per worker and one for
 * control); per worker a walk of 512, a cache of 1.5 x 256, rings to control and 512 that are held;
 * the cache of control.
 */
static uint32_t
places(uint32_t ports, uint32_t rx_queues, uint32_t workers)
{
	uint32_t rings = 3 * 512 + 256 + 128 + 256;

	return ports * 1024 * (rx_queues + workers + 1) + workers * (512 + 384 + rings + 512) + 384;
}

static void
pool_covers_all_places_that_hold_packets(void)
{
	for (uint32_t ports = 1; ports <= LB_NETIF_PORTS; ports++)
		for (uint32_t queues = 1; queues <= 64; queues *= 2)
			for (uint32_t workers = 1; workers <= 64; workers++)
				CU_ASSERT_TRUE(lb_netif_pool_size(ports, queues, workers) >=
					       places(ports, queues, workers));
}

static void
pool_size_is_one_below_a_power_of_two(void)
{
	for (uint32_t workers = 1; workers <= 64; workers++) {
		uint32_t n = lb_netif_pool_size(2, 1, workers);

		CU_ASSERT_EQUAL(n & (n + 1), 0);
	}
}

static void
small_director_has_a_small_pool(void)
{
	CU_ASSERT_EQUAL(lb_netif_pool_size(1, 1, 1), 16383);
	CU_ASSERT_EQUAL(lb_netif_pool_size(2, 1, 1), 16383);
}

static void
mbuf_has_room_for_headroom_and_frame(void)
{
	CU_ASSERT_EQUAL(lb_netif_mbuf_size(576), 128 + 2048);
	CU_ASSERT_EQUAL(lb_netif_mbuf_size(1500), 128 + 2048);
	/* Ethernet header, two VLAN tags, CRC: 26 bytes beside the MTU */
	CU_ASSERT_EQUAL(lb_netif_mbuf_size(2048 - 26), 128 + 2048);
	CU_ASSERT_EQUAL(lb_netif_mbuf_size(2048 - 25), 128 + 3072);
	CU_ASSERT_EQUAL(lb_netif_mbuf_size(9000), 128 + 9216);
}

static const char *
kind_of_pool(bool shared_cpus)
{
	struct lb_error err = { 0 };
	struct rte_mempool *pool = lb_netif_pool("kind", 1023, 1500, shared_cpus, &err);
	const char *kind;

	CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
	CU_ASSERT_EQUAL(rte_pktmbuf_data_room_size(pool), 128 + 2048);
	CU_ASSERT_EQUAL(pool->size, 1023);
	kind = rte_mempool_get_ops(pool->ops_index)->name;
	rte_mempool_free(pool);
	return kind;
}

static void
lcores_on_one_cpu_get_a_pool_that_does_not_wait_for_them(void)
{
	unit_eal();
	CU_ASSERT_STRING_EQUAL(kind_of_pool(true), "ring_mt_rts");
	CU_ASSERT_STRING_EQUAL(kind_of_pool(false), "ring_mp_mc");
}

/* The n mbufs fill what n mbufs take, as net_af_xdp believes; else it becomes deaf. */
static void
mbufs_lie_one_behind_the_other(void)
{
	static struct rte_mbuf *mbufs[1023];
	struct lb_error err = { 0 };
	struct rte_mempool *pool;
	uintptr_t first = UINTPTR_MAX, last = 0;

	unit_eal();
	pool = lb_netif_pool("dense", 1023, 1500, false, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
	CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_alloc_bulk(pool, mbufs, 1023), 0);
	CU_ASSERT_PTR_NULL(rte_pktmbuf_alloc(pool));
	for (int i = 0; i < 1023; i++) {
		first = RTE_MIN(first, (uintptr_t)mbufs[i]);
		last = RTE_MAX(last, (uintptr_t)mbufs[i]);
		CU_ASSERT_EQUAL(mbufs[i]->buf_iova, (rte_iova_t)(uintptr_t)mbufs[i]->buf_addr);
	}
	CU_ASSERT_EQUAL(last - first, 1022 * rte_mempool_calc_obj_size(pool->elt_size, 0, NULL));
	rte_pktmbuf_free_bulk(mbufs, 1023);
	rte_mempool_free(pool);
}

static void
pool_that_does_not_fit_is_told_in_a_sentence(void)
{
	struct lb_error err = { 0 };

	unit_eal();
	CU_ASSERT_PTR_NULL(lb_netif_pool("large", (1 << 20) - 1, 1500, false, &err));
	CU_ASSERT_STRING_EQUAL(err.text,
		"memory: 1048575 packet buffers of 2176 bytes do not fit (Cannot allocate "
		"memory); raise memory.mb");
	CU_ASSERT_EQUAL(err.code, ENOMEM);
}

static const struct unit_test tests[] = {
	UNIT_TEST(pool_covers_all_places_that_hold_packets),
	UNIT_TEST(pool_size_is_one_below_a_power_of_two),
	UNIT_TEST(small_director_has_a_small_pool),
	UNIT_TEST(mbuf_has_room_for_headroom_and_frame),
	UNIT_TEST(lcores_on_one_cpu_get_a_pool_that_does_not_wait_for_them),
	UNIT_TEST(mbufs_lie_one_behind_the_other),
	UNIT_TEST(pool_that_does_not_fit_is_told_in_a_sentence),
	UNIT_END,
};

const struct unit_suite unit_netif_pool = { "pool", tests };
