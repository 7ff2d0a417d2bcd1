/* polluxctl route */

#include <stdio.h>

#include "ctl.h"
#include "print.h"

static void
show(const json_t *route, void *arg)
{
	(void)arg;
	print_text(print_member(route, "to"), 22);
	print_text(print_member(route, "via"), 17);
	print_text(print_member(route, "port"), 15);
	print_text(print_member(route, "source"), 16);
	print_number(print_count(route, "mtu"), 5);
	print_end();
}

enum ctl_status
cmd_route_list(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		puts("TO                     VIA               PORT            SOURCE              "
		     "MTU");
	return ctl_list(ctl, "route.list", NULL, 0, show, NULL);
}
