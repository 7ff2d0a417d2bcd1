#pragma once
/**
 * @file
 * Whether a port has a link. Drivers that sit on an interface of the kernel always say that it is
 * up; there the kernel is asked, and it tells when something may have changed. Control lcore.
 */

#include <net/if.h>
#include <stdbool.h>

#include "lb_netif.h"

/** A socket that becomes readable when a link of the kernel has changed; -errno: there is none. */
int lb_netif_link_watch(void);

/** Forget what the socket told: ask lb_netif_link_is_up() after this. */
void lb_netif_link_drain(int watch);

/** Whether the device string names an interface of the kernel; its name goes to name. */
bool lb_netif_link_interface(const char *device, char name[static IFNAMSIZ]);

/** Whether it names one. */
bool lb_netif_link_is_kernel(const char *device);

/** Whether the kernel goes on to see all that the interface receives, beside the device. */
bool lb_netif_link_is_copied(const char *device);

/** Whether there is a link now. Does not wait. */
bool lb_netif_link_is_up(const struct lb_netif_port *port, const char *device);
