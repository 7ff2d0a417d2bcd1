#pragma once
/**
 * @file
 * glibc's heap, for who must not be held up: it puts the work on what was freed off, and then does
 * it all in one call, which takes milliseconds after the objects of 10,000 services.
 */

/** Let small pieces that were freed not be kept apart until a large one is. Once, at start. */
void lb_heap_init(void);

/**
 * Have sorted what was freed since the last time, which the next malloc() of a larger piece would
 * do: after each part of what is freed in parts. Any thread, for what it allocated itself.
 */
void lb_heap_sort(void);
