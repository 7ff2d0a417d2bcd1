/*
 * Ports on an interface of the kernel are looked at when the kernel says so, others ten times a
 * second. All instances of a port hear of a change at once, and so does the kernel.
 */

#include "vrrp_link.h"

#include <unistd.h>

#include "director.h"
#include "lb_netif_link.h"

#define LOOK_US (100 * 1000)

static bool
is_up(const struct director *director, uint32_t port)
{
	return lb_netif_link_is_up(director->ports[port], director->conf->ports[port].device);
}

static void
post(struct director *director, uint32_t port, bool up)
{
	const struct event event = {
		.kind = EVENT_LINK,
		.object = director->conf->ports[port].name,
		.state = up ? "up" : "down",
		.before = up ? "down" : "up",
		.reason = up ? "it has a link" : "it has no link",
	};

	events_post(director, &event);
}

static void
look(struct director *director, uint32_t port)
{
	struct vrrp_link *link = &director->vrrp.link;
	bool up = is_up(director, port);

	if (up == link->up[port])
		return;
	link->up[port] = up;
	post(director, port, up);
	vrrp_run_link(director, (uint8_t)port, up);
	host_link(director, port, up);
}

static void
on_change(uv_poll_t *poll, int status, int events)
{
	struct director *director = poll->data;

	(void)status;
	(void)events;
	lb_netif_link_drain(director->vrrp.link.watch);
	if (!director->vrrp.started)
		return;
	for (uint32_t p = 0; p < director->ports_n; p++)
		if (lb_netif_link_is_kernel(director->conf->ports[p].device))
			look(director, p);
}

int
vrrp_link_init(struct director *director, struct lb_error *err)
{
	struct vrrp_link *link = &director->vrrp.link;
	int ret;

	link->due_us = UINT64_MAX;
	link->watch = lb_netif_link_watch();
	ret = link->watch < 0 ? link->watch : 0;
	if (ret == 0)
		ret = uv_poll_init(lb_control_loop(director->control), &link->poll, link->watch);
	link->poll.data = director;
	if (ret == 0)
		ret = uv_poll_start(&link->poll, UV_READABLE, on_change);
	if (ret != 0)
		lb_error_set(err, -ret,
			"vrrp: the kernel does not tell about links (%s); allow netlink sockets, "
			"and give the process more open files",
			uv_strerror(ret));
	return ret;
}

void
vrrp_link_fini(struct vrrp_link *link)
{
	if (link->watch >= 0)
		close(link->watch);
}

void
vrrp_link_start(struct director *director)
{
	struct vrrp_link *link = &director->vrrp.link;

	for (uint32_t p = 0; p < director->ports_n; p++) {
		link->up[p] = is_up(director, p);
		if (!lb_netif_link_is_kernel(director->conf->ports[p].device))
			link->due_us = 0;
		host_link(director, p, link->up[p]);
	}
}

uint64_t
vrrp_link_turn(struct director *director, uint64_t now_us)
{
	struct vrrp_link *link = &director->vrrp.link;

	if ((director->vrrp.n == 0 && director->host.ports == 0) || link->due_us == UINT64_MAX)
		return UINT64_MAX;
	if (now_us < link->due_us)
		return link->due_us;
	link->due_us = now_us + LOOK_US;
	for (uint32_t p = 0; p < director->ports_n; p++)
		if (!lb_netif_link_is_kernel(director->conf->ports[p].device))
			look(director, p);
	return link->due_us;
}
