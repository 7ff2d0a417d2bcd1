/*
 * dr: direct routing. The packet goes to the server's MAC address as it is; the server has the VIP
 * on its loopback and answers the client by itself. So the director changes nothing above layer 2,
 * sees requests only, and reaches only servers on a link of its own, at the service's port.
 */

#include <errno.h>

#include "lb_fwd.h"

static int
dr_check(const struct lb_fwd_server *server, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	lb_endpoint_text(&server->server, text);
	if (server->server.addr.family != server->at.addr.family)
		return lb_error_set(err, EINVAL,
			"service \"%s\": server %s: DR cannot change the address family; "
			"give the server an %s address",
			server->service, text,
			server->at.addr.family == AF_INET6 ? "IPv6" : "IPv4");
	if (server->server.port != server->at.port)
		return lb_error_set(err, EINVAL,
			"service \"%s\": server %s: DR cannot change the port; set it to %u, or "
			"use forward = \"nat\"",
			server->service, text, rte_be_to_cpu_16(server->at.port));
	if (!server->on_link)
		return lb_error_set(err, EINVAL,
			"service \"%s\": server %s: DR cannot reach it through a router; move it "
			"into the subnet of a port, give a port an address in its subnet, or use "
			"forward = \"nat\" or \"tun\"",
			server->service, text);
	return 0;
}

const struct lb_fwd_ops lb_fwd_dr = {
	.name = "dr",
	.overhead = 0,
	.one_way = true,
	.check = dr_check,
};
