/* Scheduler options, copied and compared: see svc_options.h. */

#include "svc_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t
options_text_size(const struct lb_sched_options *options)
{
	size_t size = 0;

	for (size_t i = 0; i < options->n; i++) {
		size += strlen(options->list[i].name) + 1;
		if (options->list[i].type == LB_SCHED_OPTION_STRING)
			size += strlen(options->list[i].text) + 1;
	}
	return size;
}

/* Put text at *at, which moves behind it. */
static const char *
options_put(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = memcpy(*at, text, size);

	*at += size;
	return copy;
}

int
svc_options_copy(struct lb_sched_options *to, const struct lb_sched_options *from)
{
	struct lb_sched_option *list;
	char *text;

	to->n = 0;
	to->list = NULL;
	if (from->n == 0)
		return 0;
	list = malloc(from->n * sizeof(*list) + options_text_size(from));
	if (list == NULL)
		return -ENOMEM;
	text = (char *)(list + from->n);
	for (size_t i = 0; i < from->n; i++) {
		list[i] = from->list[i];
		list[i].name = options_put(&text, from->list[i].name);
		if (list[i].type == LB_SCHED_OPTION_STRING)
			list[i].text = options_put(&text, from->list[i].text);
	}
	to->n = from->n;
	to->list = list;
	return 0;
}

static bool
option_equal(const struct lb_sched_option *a, const struct lb_sched_option *b)
{
	if (a->type != b->type || strcmp(a->name, b->name) != 0)
		return false;
	if (a->type == LB_SCHED_OPTION_STRING)
		return strcmp(a->text, b->text) == 0;
	return a->number == b->number;
}

bool
svc_options_equal(const struct lb_sched_options *a, const struct lb_sched_options *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!option_equal(&a->list[i], &b->list[i]))
			return false;
	return true;
}

void
svc_options_free(struct lb_sched_options *options)
{
	free((void *)(uintptr_t)options->list);
}
