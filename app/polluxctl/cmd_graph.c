/* polluxctl graph */

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

static void
show(const json_t *graph, void *arg)
{
	(void)arg;
	fputs(print_member(graph, "dot"), stdout);
}

enum ctl_status
cmd_graph(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	if (strcmp(argv[0], "--dot") != 0)
		return ctl_usage(ctl);
	return ctl_show(ctl, "graph.dot", NULL, show);
}
