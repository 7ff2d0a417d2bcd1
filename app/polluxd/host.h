#pragma once
/**
 * @file
 * The host beside the director: ports in which the kernel has a part. Frames that workers punt for
 * it go in, at most so many per turn of what the kernel sends go out, behind all that the director
 * itself has to send. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "lb_conf.h"
#include "lb_error.h"
#include "lb_host.h"
#include "lb_host_guard.h"
#include "lb_netif.h"

struct director;

/** The kernel's part in a port. */
struct host_way {
	const struct lb_host_ops *ops; /**< NULL: it was not made. */
	void *state;
	bool readable;
	bool *given; /**< By number of the port's addresses: the kernel has it. */
	uint64_t to_kernel;
	uint64_t from_kernel; /**< That went out. */
	uint64_t refused;     /**< By the kernel. */
	uint64_t withheld;    /**< From the network: see host_filter.h. */
	uv_poll_t poll;
};

struct host {
	struct host_way ways[LB_NETIF_PORTS];
	uint32_t ports; /**< Bit p: it has a part in port p. Set at start, read by workers. */
	bool paused;    /**< What it sends waits until ports take frames again. */
	struct lb_host_guard *guard;
};

/** Whether the ways of a configuration can be. 0 or -errno with the sentence. Any thread. */
int host_check(const struct lb_conf *conf, struct lb_error *err);

/** Make the ways; ports are open. 0 or -errno with the sentence. */
int host_open(struct director *director, struct lb_error *err);

/** Listen to the kernel; the control loop is there. 0 or -errno with the sentence. */
int host_listen(struct director *director, struct lb_error *err);

/** Let the kernel have the addresses of ports that are no VIPs now. */
void host_apply(struct director *director);

/** Send what the kernel has sent, within the budget of a turn. */
void host_run(struct director *director);

/** A port's link went up or down. */
void host_link(struct director *director, uint32_t port, bool up);

/**
 * Hand the kernel a packet that came by a port. Its data starts behind the Ethernet header, which
 * is changed. Not freed.
 */
void host_give(struct director *director, uint8_t port, struct rte_mbuf *m);

/** Handler of the classes for the kernel. */
void host_input(void *director, uint32_t worker, struct rte_mbuf *m);

/** Remove all ways; the control loop is gone. */
void host_close(struct host *host);
