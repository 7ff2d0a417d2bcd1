/* Looking schedulers up by name: see lb_sched.h. */

#include "lb_sched.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

const struct lb_sched_ops *
lb_sched_find(const struct lb_sched_ops *const *table, const char *name)
{
	for (; *table != NULL; table++)
		if (strcmp((*table)->name, name) == 0)
			return *table;
	return NULL;
}

uint64_t
lb_sched_version(void)
{
	static _Atomic uint64_t last;

	return 1 + atomic_fetch_add_explicit(&last, 1, memory_order_relaxed);
}

const char *
lb_sched_names(const struct lb_sched_ops *const *table, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; table[i] != NULL && used < size; i++)
		used += (size_t)snprintf(
			out + used, size - used, "%s%s", i == 0 ? "" : ", ", table[i]->name);
	return out;
}
