/* Shares in steps, so that a start is a few changes of the service and not one a packet. */

#include "share.h"

uint32_t
share_at(uint64_t age_ms, uint32_t slow_start_ms)
{
	if (age_ms >= slow_start_ms)
		return SHARE_WHOLE;
	return 1 + (uint32_t)(age_ms * (SHARE_WHOLE - 1) / slow_start_ms);
}

uint32_t
share_weight(uint32_t weight, uint32_t share, int all_whole)
{
	return all_whole ? weight : weight * share;
}
