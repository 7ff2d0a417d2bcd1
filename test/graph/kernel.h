#pragma once
/**
 * @file
 * A kernel that the test plays: a way to it is put under a port of the running director, whose own
 * configuration has none.
 */

#include <stdbool.h>
#include <stdint.h>

#include "harness.h"

/** Let the kernel have a part in a port of the director, and the addresses that are its. */
void kernel_attach(struct director *director, enum graph_port port);

/** The next frame that it got by a port; false: none. */
bool kernel_take(enum graph_port port, struct frame *frame);

/** It has sent a frame by a port, which control will find. */
void kernel_send(enum graph_port port, const struct frame *frame);

/** Frames that it has sent and that control has not read. */
uint32_t kernel_unread(enum graph_port port);

/** Addresses of a port that it has. */
uint32_t kernel_addresses(enum graph_port port);

/** Whether it believes that a port has a link. */
bool kernel_has_link(enum graph_port port);

/** The next frame that the kernel got by a port is exactly this one. */
#define KERNEL_EXPECT(port, expected)                                                              \
	do {                                                                                       \
		struct frame taken_ = { 0 };                                                       \
		CU_ASSERT_TRUE(kernel_take(port, &taken_));                                        \
		CU_ASSERT_TRUE(frame_equal(&taken_, expected));                                    \
	} while (0)

/** It got nothing by a port. */
#define KERNEL_SILENT(port)                                                                        \
	do {                                                                                       \
		struct frame taken_;                                                               \
		CU_ASSERT_FALSE(kernel_take(port, &taken_));                                       \
	} while (0)
