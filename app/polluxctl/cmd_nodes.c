/* polluxctl nodes: those that have seen packets. */

#include <stdio.h>

#include "ctl.h"
#include "print.h"

/* A share with one digit behind the point; "-" of nothing. */
static void
show_share(json_int_t of, json_int_t n, int width)
{
	char number[PRINT_NUMBER], text[2 * PRINT_NUMBER] = "-";

	if (n != 0)
		snprintf(number, sizeof(number), "%.1f", (double)of / (double)n);
	snprintf(text, sizeof(text), "%*s", width, n == 0 ? "-" : number);
	print_text(text, width);
}

static void
show(const json_t *node, void *arg)
{
	json_int_t packets = print_count(node, "packets");

	(void)arg;
	if (packets == 0)
		return;
	print_number(print_count(node, "worker"), 6);
	print_text(print_member(node, "node"), 32);
	print_number(print_count(node, "calls"), 9);
	print_number(packets, 9);
	show_share(packets, print_count(node, "calls"), 9);
	show_share(print_count(node, "cycles"), packets, 9);
	print_end();
}

enum ctl_status
cmd_nodes(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		puts("WORKER NODE                                 CALLS   PACKETS PKTS/CALL "
		     "CYCLES/PK");
	return ctl_list(ctl, "nodes.list", NULL, 0, show, NULL);
}
