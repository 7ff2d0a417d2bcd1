/*
 * DPDK's allocator by that of the C library, for targets whose product code takes a table from it:
 * no EAL is needed, and the address sanitizer sees who reads beyond the table. The last block is
 * kept for the next of its size, since a new one for each input takes longer than all else.
 */

#include <rte_malloc.h>

#include <malloc.h>
#include <stdlib.h>

static void *kept;

void *
rte_malloc_socket(const char *type, size_t size, unsigned int align, int socket)
{
	size_t rounded = RTE_ALIGN_CEIL(size, (size_t)align);
	void *memory = kept;

	(void)type;
	(void)socket;
	kept = NULL;
	if (memory != NULL && malloc_usable_size(memory) == rounded)
		return memory;
	free(memory);
	return aligned_alloc(align, rounded);
}

void
rte_free(void *memory)
{
	free(kept);
	kept = memory;
}
