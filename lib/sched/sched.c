/* Looking schedulers up by name: see lb_sched.h. */

#include "lb_sched.h"

#include <errno.h>
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

int
lb_sched_no_options(
	const char *scheduler, const struct lb_sched_options *options, struct lb_error *err)
{
	if (options->n == 0)
		return 0;
	return lb_error_set(err, EINVAL,
		"scheduler \"%s\": no option \"%s\"; it has none, remove the option", scheduler,
		options->list[0].name);
}
