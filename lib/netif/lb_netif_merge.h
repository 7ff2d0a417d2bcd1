#pragma once
/**
 * @file
 * Interfaces of the kernel under packet sockets may not merge segments: what they would hand over
 * is larger than any link takes. Control lcore, at start and end.
 */

#include <net/if.h>
#include <stdbool.h>

/** An interface, and what it did before. */
struct lb_netif_merge {
	char interface[IFNAMSIZ]; /**< "": none. */
	bool gro;
	bool lro;
};

/** Let an interface merge no longer. One that cannot be told is logged, with the remedy. */
void lb_netif_merge_stop(struct lb_netif_merge *merge, const char interface[static IFNAMSIZ]);

/** As it was before. */
void lb_netif_merge_restore(const struct lb_netif_merge *merge);
