/*
 * How many mbufs, how large, in which kind of pool. Everything that can hold an mbuf at one moment
 * is counted, so that a full ring or a full hold never starves reception. Each port has a TX queue
 * per worker and one for control, and a driver may keep sent mbufs until their descriptors are
 * needed.
 */

#include "lb_netif.h"

#include <rte_errno.h>
#include <rte_mbuf_pool_ops.h>

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

struct rte_mempool *
lb_netif_pool(const char *name, uint32_t n, uint16_t mtu, bool shared_cpus, struct lb_error *err)
{
	const char *ops = shared_cpus ? "ring_mt_rts" : "ring_mp_mc";
	struct rte_mempool *pool = rte_pktmbuf_pool_create_by_ops(
		name, n, POOL_CACHE, 0, (uint16_t)lb_netif_mbuf_size(mtu), SOCKET_ID_ANY, ops);

	if (pool == NULL)
		lb_error_set(err, rte_errno,
			"memory: %u packet buffers of %u bytes do not fit (%s); raise memory.mb", n,
			lb_netif_mbuf_size(mtu), rte_strerror(rte_errno));
	return pool;
}
