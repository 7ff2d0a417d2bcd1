/* polluxctl port */

#include <stdio.h>

#include "ctl.h"
#include "print.h"

static void
show(const json_t *port, void *arg)
{
	(void)arg;
	const json_t *counters = json_object_get(port, "counters");

	print_text(print_member(port, "name"), 13);
	print_text(print_member(port, "link"), 4);
	print_text(print_member(json_object_get(port, "host"), "way"), 4);
	print_number(print_count(port, "mtu"), 5);
	print_number(print_count(port, "rx_queues"), 6);
	print_number(print_count(counters, "packets_in"), 8);
	print_number(print_count(counters, "packets_out"), 8);
	print_number(print_count(counters, "bytes_in"), 8);
	print_number(print_count(counters, "bytes_out"), 9);
	print_number(print_count(counters, "missed_in"), 6);
	print_end();
}

enum ctl_status
cmd_port_list(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!ctl->json)
		puts("NAME          LINK HOST   MTU QUEUES  IN-PKTS OUT-PKTS IN-BYTES OUT-BYTES "
		     "MISSED");
	return ctl_list(ctl, "port.list", NULL, 0, show, NULL);
}
