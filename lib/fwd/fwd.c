/* Looking forwarding methods up by name: see lb_fwd.h. */

#include "lb_fwd.h"

#include <stdio.h>
#include <string.h>

int
lb_fwd_find(const struct lb_fwd_ops *const *table, const char *name)
{
	for (int i = 0; table[i] != NULL; i++)
		if (strcmp(table[i]->name, name) == 0)
			return i;
	return -1;
}

size_t
lb_fwd_count(const struct lb_fwd_ops *const *table)
{
	size_t n = 0;

	while (table[n] != NULL)
		n++;
	return n;
}

const char *
lb_fwd_names(const struct lb_fwd_ops *const *table, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; table[i] != NULL && used < size; i++)
		used += (size_t)snprintf(
			out + used, size - used, "%s%s", i == 0 ? "" : ", ", table[i]->name);
	return out;
}
