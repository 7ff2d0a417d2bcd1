/* polluxctl drops: those reasons for which there was a packet. */

#include <stdio.h>

#include "ctl.h"
#include "print.h"

static void
show(const json_t *drop, void *arg)
{
	(void)arg;
	if (print_count(drop, "packets") == 0)
		return;
	print_number(print_count(drop, "packets"), 10);
	print_text(print_member(drop, "where"), 8);
	print_text(print_member(drop, "why"), 30);
	print_text(print_member(drop, "name"), 28);
	print_end();
}

enum ctl_status
cmd_drops(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		puts("   PACKETS WHERE    WHY                            NAME");
	return ctl_list(ctl, "drops.list", NULL, 0, show, NULL);
}
