/* none: the kernel has no part in the port. */

#include <errno.h>

#include "lb_host.h"

static int
none_check(const struct lb_host_conf *conf, struct lb_error *err)
{
	(void)conf;
	(void)err;
	return 0;
}

static void *
none_create(const struct lb_host_conf *conf, struct lb_error *err)
{
	static char nothing;

	(void)conf;
	(void)err;
	return &nothing;
}

static int
none_fd(const void *state)
{
	(void)state;
	return -1;
}

static int
none_set_address(void *state, const struct lb_prefix *address, bool on)
{
	(void)state;
	(void)address;
	(void)on;
	return 0;
}

static void
none_set_link(void *state, bool up)
{
	(void)state;
	(void)up;
}

static bool
none_put(void *state, const void *frame, size_t len)
{
	(void)state;
	(void)frame;
	(void)len;
	return false;
}

static size_t
none_get(void *state, void *frame, size_t size)
{
	(void)state;
	(void)frame;
	(void)size;
	return 0;
}

static void
none_destroy(void *state)
{
	(void)state;
}

const struct lb_host_ops lb_host_none = {
	.name = "none",
	.leads = false,
	.check = none_check,
	.create = none_create,
	.fd = none_fd,
	.set_address = none_set_address,
	.set_link = none_set_link,
	.put = none_put,
	.get = none_get,
	.destroy = none_destroy,
};
