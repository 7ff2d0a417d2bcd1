#pragma once
/**
 * @file
 * A packet in an mbuf made by hand over a heap block that ends where the packet ends, so that the
 * address sanitizer sees whoever reads beyond it.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>

#include "unit.h"

/** Fill m; returns the block to free(). */
static inline void *
packet_init(struct rte_mbuf *m, const void *bytes, uint16_t len, uint16_t headroom)
{
	uint8_t *block = malloc((size_t)headroom + len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(block);
	if (len != 0)
		memcpy(block + headroom, bytes, len);
	memset(m, 0, sizeof(*m));
	m->buf_addr = block;
	m->buf_len = headroom + len;
	m->data_off = headroom;
	m->data_len = len;
	m->pkt_len = len;
	m->nb_segs = 1;
	rte_mbuf_refcnt_set(m, 1);
	return block;
}
