/* polluxctl vip */

#include <stdio.h>

#include "ctl.h"
#include "print.h"

static void
show(const json_t *vip, void *arg)
{
	(void)arg;
	print_text(print_member(vip, "address"), 40);
	print_text(print_member(vip, "port"), 15);
	print_text(print_member(vip, "instance"), 15);
	print_text(json_is_true(json_object_get(vip, "active")) ? "active" : "backup", 6);
	print_end();
}

enum ctl_status
cmd_vip_list(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		puts("ADDRESS                                  PORT            INSTANCE        "
		     "STATE");
	return ctl_list(ctl, "vip.list", NULL, 0, show, NULL);
}
