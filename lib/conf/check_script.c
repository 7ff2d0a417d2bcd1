/*
 * Scripts against each other. Whether their programs and users exist is not in the file: who runs
 * them asks the machine.
 */

#include <string.h>

#include "conf_check.h"
#include "conf_fault.h"
#include "conf_twins.h"

static int
name_compare(const void *a, const void *b)
{
	return strcmp(
		((const struct lb_conf_script *)a)->name, ((const struct lb_conf_script *)b)->name);
}

int
conf_check_scripts(struct conf_check *check)
{
	const struct lb_conf *conf = check->conf;
	const struct lb_conf_script *first, *second;
	struct conf_twins twins;

	if (conf_twins_find(conf->scripts, conf->scripts_n, sizeof(*conf->scripts), name_compare,
		    &twins) != 0)
		return conf_fault_memory(check->err);
	if (twins.second == NULL)
		return 0;
	first = twins.first;
	second = twins.second;
	return conf_fault(check->err, &second->place,
		"vrrp: script \"%s\": the script of %s:%u has this name too; rename one",
		second->name, first->place.file, first->place.line);
}
