/* polluxctl neigh */

#include <stdio.h>

#include "ctl.h"
#include "print.h"

static void
show(const json_t *neigh, void *arg)
{
	(void)arg;
	const json_t *heard = json_object_get(neigh, "heard_ms");
	char text[PRINT_NUMBER];

	print_text(print_member(neigh, "address"), 20);
	print_text(print_member(neigh, "port"), 15);
	print_text(print_member(neigh, "mac"), 17);
	print_text(print_member(neigh, "state"), 11);
	print_text(print_member(neigh, "kind"), 6);
	print_text(json_is_integer(heard) ? print_time(json_integer_value(heard), text) : "-", 6);
	print_end();
}

enum ctl_status
cmd_neigh_list(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		puts("ADDRESS              PORT            MAC               STATE       KIND   "
		     "HEARD");
	return ctl_list(ctl, "neigh.list", NULL, 0, show, NULL);
}
