/* polluxctl config */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

static void
show_check(const json_t *result, void *arg)
{
	(void)arg;
	printf("%s: ok, %" JSON_INTEGER_FORMAT " services, %" JSON_INTEGER_FORMAT " MB\n",
		print_member(result, "file"), print_count(result, "services"),
		print_count(result, "memory_mb"));
}

/* The daemon has a working directory of its own. */
enum ctl_status
cmd_config_check(struct ctl *ctl, int argc, char **argv)
{
	char path[PATH_MAX];

	(void)argc;
	if (realpath(argv[0], path) == NULL) {
		fprintf(stderr, "polluxctl: %s: %s; give the name of a file\n", argv[0],
			strerror(errno));
		return CTL_REFUSED;
	}
	return ctl_show(ctl, "config.check", json_pack("{s:s}", "file", path), show_check);
}

static void
show_config(const json_t *result, void *arg)
{
	(void)arg;
	json_dumpf(json_object_get(result, "config"), stdout, JSON_INDENT(2));
	putchar('\n');
}

enum ctl_status
cmd_config_get(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ctl_show(ctl, "config.get", NULL, show_config);
}
