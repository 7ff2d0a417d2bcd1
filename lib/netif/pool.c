/*
 * How many mbufs, how large, in which kind of pool. Everything that can hold an mbuf at one moment
 * is counted, so that a full ring or a full hold never starves reception. Each port has a TX queue
 * per worker and one for control, and a driver may keep sent mbufs until their descriptors are
 * needed.
 */

#include "lb_netif.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_memzone.h>

/* Descriptors of a queue; a lab port has more in its socket buffers than a NIC in its ring. */
#define POOL_QUEUE 1024
/* What a worker may hold: streams, per-lcore cache, rings to control, held. As much is for control:
 * cache, frames that wait, last adverts of instances. */
#define POOL_WORKER 4096
/* What may wait for a worker in the rings of the others. */
#define POOL_STEERED 4096
#define POOL_CACHE 256

uint32_t
lb_netif_pool_size(uint32_t ports, uint32_t rx_queues_per_port, uint32_t workers)
{
	uint32_t queues = ports * (rx_queues_per_port + workers + 1);

	uint32_t steered = workers > 1 ? workers * POOL_STEERED : 0;

	return rte_align32pow2(queues * POOL_QUEUE + (workers + 1) * POOL_WORKER + steered + 1) - 1;
}

uint32_t
lb_netif_mbuf_size(uint16_t mtu)
{
	uint32_t frame = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN + 8 + (uint32_t)mtu;
	uint32_t data = frame <= 2048 ? 2048 : RTE_ALIGN_CEIL(frame, 1024);

	return RTE_PKTMBUF_HEADROOM + data;
}

static void
free_zone(struct rte_mempool_memhdr *memory, void *zone)
{
	(void)memory;
	rte_memzone_free(zone);
}

/* n mbufs one behind the other. 0 or -errno. */
static int
populate_densely(struct rte_mempool *pool, const char *name)
{
	size_t size = pool->size * rte_mempool_calc_obj_size(pool->elt_size, pool->flags, NULL);
	const struct rte_memzone *zone = rte_memzone_reserve_aligned(
		name, size, pool->socket_id, RTE_MEMZONE_IOVA_CONTIG, RTE_MEMPOOL_ALIGN);
	int ret;

	if (zone == NULL)
		return -rte_errno;
	ret = rte_mempool_populate_iova(
		pool, zone->addr, zone->iova, zone->len, free_zone, (void *)(uintptr_t)zone);
	if (ret < 0)
		rte_memzone_free(zone);
	return ret < 0 ? ret : 0;
}

/*
 * Net_af_xdp takes a pool for n mbufs without a gap: what lies behind that place it gives to the
 * kernel in vain, and receives nothing more when it has given all that is before. So an mbuf may
 * lie across pages, which is no harm where devices see the addresses that we do.
 */
static struct rte_mempool *
dense_pool(const char *name, uint32_t n, uint16_t mbuf_size, const char *ops)
{
	struct rte_pktmbuf_pool_private about = { .mbuf_data_room_size = mbuf_size };
	struct rte_mempool *pool =
		rte_mempool_create_empty(name, n, (uint32_t)sizeof(struct rte_mbuf) + mbuf_size,
			POOL_CACHE, sizeof(about), SOCKET_ID_ANY, RTE_MEMPOOL_F_NO_IOVA_CONTIG);
	int ret;

	if (pool == NULL)
		return NULL;
	ret = rte_mempool_set_ops_byname(pool, ops, NULL);
	if (ret == 0) {
		rte_pktmbuf_pool_init(pool, &about);
		ret = populate_densely(pool, name);
	}
	if (ret != 0) {
		rte_mempool_free(pool);
		rte_errno = -ret;
		return NULL;
	}
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return pool;
}

struct rte_mempool *
lb_netif_pool(const char *name, uint32_t n, uint16_t mtu, bool shared_cpus, struct lb_error *err)
{
	const char *ops = shared_cpus ? "ring_mt_rts" : "ring_mp_mc";
	uint16_t size = (uint16_t)lb_netif_mbuf_size(mtu);
	struct rte_mempool *pool = NULL;

	if (rte_eal_iova_mode() == RTE_IOVA_VA)
		pool = dense_pool(name, n, size, ops);
	else
		pool = rte_pktmbuf_pool_create_by_ops(
			name, n, POOL_CACHE, 0, size, SOCKET_ID_ANY, ops);
	if (pool == NULL)
		lb_error_set(err, rte_errno,
			"memory: %u packet buffers of %u bytes do not fit (%s); raise memory.mb", n,
			size, rte_strerror(rte_errno));
	return pool;
}
