/* The memory that sweeps read: see cold.h. */

#include "cold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMES 4

/* What the second level has where the kernel does not tell. */
#define USUAL (1 << 20)

size_t
cold_bytes(void)
{
	long level2 = sysconf(_SC_LEVEL2_CACHE_SIZE);

	return TIMES * (level2 > 0 ? (size_t)level2 : USUAL);
}

/* Written, since pages that nobody has written are one and the same page of zeros. */
int
cold_init(struct cold *cold)
{
	size_t n = cold_bytes();

	cold->bytes = malloc(n);
	if (cold->bytes == NULL)
		return -ENOMEM;
	memset(cold->bytes, 1, n);
	cold->n = n;
	return 0;
}

void
cold_fini(struct cold *cold)
{
	free(cold->bytes);
	*cold = (struct cold){ 0 };
}
