/* When glibc does its work on what was freed: see lb_heap.h. */

#include "lb_heap.h"

#include <malloc.h>
#include <stdlib.h>

/* Larger than all sizes that have a list of their own, so that malloc() sorts before it looks. */
#define LARGE 3000

void
lb_heap_init(void)
{
	mallopt(M_MXFAST, 0);
}

void
lb_heap_sort(void)
{
	void *volatile piece = malloc(LARGE); /* volatile: so that the compiler leaves it here */

	free(piece);
}
