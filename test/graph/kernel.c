/* The test's kernel: two lists of frames per port. See kernel.h. */

#include "kernel.h"

#include <string.h>

#include "director.h"

#define FRAMES 1024

/* Frames in the order of their coming. */
struct list {
	uint32_t first, n;
	struct frame frames[FRAMES];
};

/* A port as the kernel has it. */
struct side {
	struct director *director;
	struct list got, sent;
	uint32_t addresses;
	bool link;
};

static struct side sides[GRAPH_PORTS];

static void
list_add(struct list *list, const void *bytes, size_t len)
{
	struct frame *frame = &list->frames[list->n];

	CU_ASSERT_FATAL(list->n < FRAMES && len <= FRAME_MAX);
	frame->len = len;
	memcpy(frame->bytes, bytes, len);
	list->n++;
}

static bool
list_take(struct list *list, struct frame *frame)
{
	if (list->first == list->n)
		return false;
	*frame = list->frames[list->first++];
	return true;
}

static bool
put(void *state, const void *frame, size_t len)
{
	struct side *side = state;

	list_add(&side->got, frame, len);
	return true;
}

static size_t
get(void *state, void *frame, size_t size)
{
	struct side *side = state;
	struct frame next;

	if (!list_take(&side->sent, &next))
		return 0;
	CU_ASSERT_FATAL(next.len <= size);
	memcpy(frame, next.bytes, next.len);
	return next.len;
}

static int
set_address(void *state, const struct lb_prefix *address, bool on)
{
	struct side *side = state;

	(void)address;
	side->addresses += on ? 1 : UINT32_MAX;
	return 0;
}

static void
set_link(void *state, bool up)
{
	((struct side *)state)->link = up;
}

static void
destroy(void *state)
{
	memset(state, 0, sizeof(struct side));
}

static const struct lb_host_ops played = {
	.name = "played",
	.leads = true,
	.set_address = set_address,
	.set_link = set_link,
	.put = put,
	.get = get,
	.destroy = destroy,
};

void
kernel_attach(struct director *director, enum graph_port port)
{
	struct host_way *way = &director->host.ways[port];
	struct side *side = &sides[port];

	memset(side, 0, sizeof(*side));
	side->director = director;
	way->ops = &played;
	way->state = side;
	director->host.ports |= UINT32_C(1) << port;
	for (size_t i = 0; i < director->ports[port]->addresses_n; i++)
		way->given[i] = false;
	host_apply(director);
}

bool
kernel_take(enum graph_port port, struct frame *frame)
{
	return list_take(&sides[port].got, frame);
}

void
kernel_send(enum graph_port port, const struct frame *frame)
{
	list_add(&sides[port].sent, frame->bytes, frame->len);
	sides[port].director->host.ways[port].readable = true;
}

uint32_t
kernel_unread(enum graph_port port)
{
	return sides[port].sent.n - sides[port].sent.first;
}

uint32_t
kernel_addresses(enum graph_port port)
{
	return sides[port].addresses;
}

bool
kernel_has_link(enum graph_port port)
{
	return sides[port].link;
}
