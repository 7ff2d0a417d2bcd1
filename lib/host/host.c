/* Looking ways to the kernel up by name: see lb_host.h. */

#include "lb_host.h"

#include <stdio.h>
#include <string.h>

const struct lb_host_ops *
lb_host_find(const struct lb_host_ops *const *table, const char *name)
{
	for (; *table != NULL; table++)
		if (strcmp((*table)->name, name) == 0)
			return *table;
	return NULL;
}

const char *
lb_host_names(const struct lb_host_ops *const *table, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; table[i] != NULL && used < size; i++)
		used += (size_t)snprintf(
			out + used, size - used, "%s%s", i == 0 ? "" : ", ", table[i]->name);
	return out;
}
