#pragma once
/**
 * @file
 * Files that instances track, looked at in a work thread: a file system that hangs, or a FIFO in
 * the place of a file, holds nobody up. Control lcore, but for what the thread does on its copy.
 */

#include <stdbool.h>
#include <stdint.h>

struct director;
struct vrrp_files_look;

/** Zeroed at first. */
struct vrrp_files {
	struct vrrp_files_look *look; /**< Under way; NULL: none. */
	uint64_t due_us;
};

/** Whether the file at path counts as up. Any thread; may wait for the file system. */
bool vrrp_files_is_up(const char *path);

/** Begin a look if it is time; returns when to be called again, UINT64_MAX: no file is tracked. */
uint64_t vrrp_files_turn(struct director *director, uint64_t now_us);
