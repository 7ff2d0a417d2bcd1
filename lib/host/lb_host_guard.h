#pragma once
/**
 * @file
 * Keeps the kernel from seeing frames twice. A driver on a packet socket gets copies: the kernel
 * would take part in each frame by the interface below a port, too. A table of nftables drops all
 * that comes in there, behind the packet sockets. The kernel removes the table with the process
 * that owns it, however that ends. Control lcore, at start and end.
 */

#include <stddef.h>

#include "lb_error.h"

struct lb_host_guard;

/** Drop what n interfaces receive. NULL: err has the sentence. */
struct lb_host_guard *lb_host_guard_create(
	const char *table, const char *const *interfaces, size_t n, struct lb_error *err);

/** Let it in again. NULL is allowed. */
void lb_host_guard_destroy(struct lb_host_guard *guard);
