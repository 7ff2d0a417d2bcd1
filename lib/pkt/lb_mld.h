#pragma once
/**
 * @file
 * Multicast Listener Discovery version 2 (RFC 3810): reports written, by which switches learn where
 * groups are listened to, and queries read. Pure functions; any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>

#include "lb_addr.h"

/** What a record says of a group. We listen to all sources of a group, or to none. */
enum lb_mld_record_type {
	LB_MLD_LISTENS = 2, /**< Answer to a query: MODE_IS_EXCLUDE. */
	LB_MLD_LEAVES = 3,  /**< CHANGE_TO_INCLUDE_MODE. */
	LB_MLD_JOINS = 4,   /**< CHANGE_TO_EXCLUDE_MODE. */
};

struct lb_mld_record {
	enum lb_mld_record_type type;
	struct lb_addr group;
};

/** Records of a report: as many as the least MTU of IPv6 holds. */
#define LB_MLD_RECORDS 60

/** Longest frame: Ethernet, IPv6 and hop-by-hop headers, the report's 8 bytes, its records. */
#define LB_MLD_FRAME (14 + 40 + 8 + 8 + 20 * LB_MLD_RECORDS)

/**
 * Write the frame of a report with n records, at most LB_MLD_RECORDS, to all routers that hear
 * reports, with router alert and hop limit 1; `from` is link-local. Returns its length.
 */
uint16_t lb_mld_frame(void *out, const struct rte_ether_addr *src, const struct lb_addr *from,
	const struct lb_mld_record *records, size_t n);

/** What a query asks. */
struct lb_mld_query {
	struct lb_addr group; /**< ::, for all groups. */
	uint32_t delay_ms;    /**< The answer comes within this. */
};

/**
 * Read the packet at data (its IPv6 header), of which len bytes are there: a query of version 1 or
 * 2. 0, or -EINVAL for what RFC 3810 section 6.2 wants to be dropped: truncated, checksum wrong,
 * hop limit not 1, no router alert, source not link-local.
 */
int lb_mld_parse(const void *data, size_t len, struct lb_mld_query *query);
