/*
 * polluxctl stats: the sums, or with --rate what they grow by in a second, and below it what each
 * service and server does.
 */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "print.h"

static void
show_group(const char *name, const json_t *group)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)group, key, value) {
		print_text(name, 12);
		print_text(key, 14);
		print_number(json_integer_value(value), 12);
		print_end();
	}
}

/* Groups of counters; the revision is none. */
static void
show(const json_t *stats, void *arg)
{
	const char *key;
	json_t *group;

	(void)arg;
	json_object_foreach((json_t *)stats, key, group) {
		if (json_is_object(group))
			show_group(key, group);
	}
}

/* What has grown from before to after, per second. Of the shape of after. */
static json_t *
growth(const json_t *before, const json_t *after, double seconds)
{
	json_t *rates = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)after, key, value) {
		const json_t *old = json_object_get(before, key);
		double grown = (double)(json_integer_value(value) - json_integer_value(old));

		json_object_set_new(rates, key,
			json_is_object(value) ? growth(old, value, seconds)
					      : json_integer((json_int_t)(grown / seconds)));
	}
	return rates;
}

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static enum ctl_status
rate(struct ctl *ctl)
{
	json_t *before, *after, *rates;
	double start = now();
	enum ctl_status status = ctl_call(ctl, "stats.get", NULL, &before);

	if (status != CTL_OK)
		return status;
	nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	status = ctl_call(ctl, "stats.get", NULL, &after);
	if (status == CTL_OK) {
		rates = growth(before, after, now() - start);
		json_object_del(rates, "revision");
		if (ctl->json)
			print_json(rates);
		else
			show(rates, NULL);
		json_decref(rates);
		json_decref(after);
	}
	json_decref(before);
	if (status != CTL_OK || ctl->json)
		return status;
	puts("");
	return ctl_service_rates(ctl);
}

enum ctl_status
cmd_stats(struct ctl *ctl, int argc, char **argv)
{
	if (argc == 0)
		return ctl_show(ctl, "stats.get", NULL, show);
	return strcmp(argv[0], "--rate") == 0 ? rate(ctl) : ctl_usage(ctl);
}
