/* Options of schedulers, declared as data: see lb_sched.h. */

#include "lb_sched.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int
options_unknown(const char *scheduler, const struct lb_sched_rule *rules, const char *name,
	struct lb_error *err)
{
	char known[128] = "";
	size_t used = 0;

	if (rules->name == NULL)
		return lb_error_set(err, EINVAL,
			"scheduler \"%s\": no option \"%s\"; it has none, remove the option",
			scheduler, name);
	for (const struct lb_sched_rule *rule = rules; rule->name != NULL; rule++)
		if (used < sizeof(known))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
				rule == rules ? "" : ", ", rule->name);
	return lb_error_set(err, EINVAL, "scheduler \"%s\": no option \"%s\"; it has %s", scheduler,
		name, known);
}

/* Whether an option has the type and range of its rule. */
static int
options_check(const char *scheduler, const struct lb_sched_rule *rule,
	const struct lb_sched_option *option, struct lb_error *err)
{
	static const char *const types[] = {
		[LB_SCHED_OPTION_BOOL] = "true or false",
		[LB_SCHED_OPTION_INT] = "a whole number",
		[LB_SCHED_OPTION_STRING] = "a string",
	};

	if (option->type != rule->type)
		return lb_error_set(err, EINVAL, "scheduler \"%s\": option \"%s\" is %s; write %s",
			scheduler, rule->name, types[option->type], types[rule->type]);
	if (rule->type == LB_SCHED_OPTION_INT &&
		(option->number < rule->min || option->number > rule->max))
		return lb_error_set(err, EINVAL,
			"scheduler \"%s\": option \"%s\" is %" PRId64 "; write a number from "
			"%" PRId64 " to %" PRId64,
			scheduler, rule->name, option->number, rule->min, rule->max);
	return 0;
}

int
lb_sched_read_options(const char *scheduler, const struct lb_sched_rule *rules,
	const struct lb_sched_options *options, struct lb_sched_option *values,
	struct lb_error *err)
{
	for (size_t r = 0; rules[r].name != NULL; r++)
		values[r] = (struct lb_sched_option){
			.name = rules[r].name,
			.type = rules[r].type,
			.number = rules[r].fallback,
			.text = "",
		};
	for (size_t i = 0; i < options->n; i++) {
		const struct lb_sched_option *option = &options->list[i];
		size_t r = 0;

		while (rules[r].name != NULL && strcmp(rules[r].name, option->name) != 0)
			r++;
		if (rules[r].name == NULL)
			return options_unknown(scheduler, rules, option->name, err);
		if (options_check(scheduler, &rules[r], option, err) != 0)
			return -EINVAL;
		values[r] = *option;
	}
	return 0;
}

int
lb_sched_no_options(
	const char *scheduler, const struct lb_sched_options *options, struct lb_error *err)
{
	static const struct lb_sched_rule none = { .name = NULL };

	return lb_sched_read_options(scheduler, &none, options, NULL, err);
}
