#pragma once
/**
 * @file
 * Ports over drivers that need no hardware: net_null takes all and brings empty packets, net_ring
 * feeds what is sent into its own reception, on 16 queues.
 */

#include "lb_netif.h"
#include "unit.h"

#define BED_MBUFS 8191

/** A pool, and what opens a port from it. */
struct bed {
	struct rte_mempool *pool;
	struct lb_netif_conf conf;
	struct lb_error err;
};

static inline void
bed_begin(struct bed *bed, const char *device, uint32_t workers)
{
	unit_eal();
	*bed = (struct bed){ .conf = { .name = "wan", .device = device, .mtu = 1500 } };
	bed->pool = lb_netif_pool("bed", BED_MBUFS, 1500, false, &bed->err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bed->pool);
	bed->conf.workers = workers;
	bed->conf.pool = bed->pool;
}

/** Every port is closed; no packet is missing. */
static inline void
bed_end(struct bed *bed)
{
	CU_ASSERT_EQUAL(rte_mempool_avail_count(bed->pool), BED_MBUFS);
	rte_mempool_free(bed->pool);
}

/** A port that must open and start. */
static inline struct lb_netif_port *
bed_port(struct bed *bed)
{
	struct lb_netif_port *port = lb_netif_open(&bed->conf, &bed->err);

	CU_ASSERT_STRING_EQUAL(bed->err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(port);
	CU_ASSERT_EQUAL(lb_netif_start(port, &bed->err), 0);
	return port;
}
