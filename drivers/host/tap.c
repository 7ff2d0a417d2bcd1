/*
 * tap: the kernel's end is a TAP interface. It is there as long as the file is open, so a process
 * that is killed leaves none behind. Without offloads the kernel completes checksums and cuts
 * segments before a frame comes out.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lb_host.h"
#include "lb_host_link.h"

#define TUN_DEVICE "/dev/net/tun"

struct tap {
	int fd;
	int index; /* of the interface */
};

/* Folders of the kernel have these names beside those of interfaces. */
static bool
is_reserved(const char *name)
{
	static const char *const reserved[] = { ".", "..", "all", "default", "lo" };

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(reserved[i], name) == 0)
			return true;
	return false;
}

static int
tap_check(const struct lb_host_conf *conf, struct lb_error *err)
{
	if (strlen(conf->interface) >= IFNAMSIZ || is_reserved(conf->interface))
		return lb_error_set(err, EINVAL,
			"port \"%s\": the kernel cannot call an interface \"%s\"; set "
			"host_interface to a name of at most %d letters",
			conf->port, conf->interface, IFNAMSIZ - 1);
	return 0;
}

static int
tap_attach(struct tap *tap, const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL };

	if (if_nametoindex(name) != 0)
		return -EEXIST;
	tap->fd = open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tap->fd < 0)
		return -errno;
	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	if (ioctl(tap->fd, TUNSETIFF, &request) != 0)
		return -errno;
	tap->index = (int)if_nametoindex(name);
	return tap->index == 0 ? -errno : 0;
}

static const char *
remedy(int fault)
{
	switch (fault) {
	case -EBUSY:
	case -EEXIST:
		return "there is one of this name: set host_interface to another";
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return "load the module tun, and let the process see " TUN_DEVICE;
	default:
		return "let the process open " TUN_DEVICE " and set interfaces up (CAP_NET_ADMIN)";
	}
}

static void
tap_destroy(void *state)
{
	struct tap *tap = state;

	if (tap->fd >= 0)
		close(tap->fd);
	free(tap);
}

static void *
tap_create(const struct lb_host_conf *conf, struct lb_error *err)
{
	struct tap *tap = calloc(1, sizeof(*tap));
	int ret = -ENOMEM;

	if (tap != NULL) {
		tap->fd = -1;
		ret = tap_attach(tap, conf->interface);
	}
	if (ret == 0)
		ret = lb_host_link_set_up(tap->index, &conf->mac, conf->mtu);
	if (ret == 0)
		return tap;
	lb_error_set(err, -ret, "port \"%s\": TAP interface \"%s\" cannot be made (%s); %s",
		conf->port, conf->interface, strerror(-ret), remedy(ret));
	if (tap != NULL)
		tap_destroy(tap);
	return NULL;
}

static int
tap_fd(const void *state)
{
	return ((const struct tap *)state)->fd;
}

static int
tap_set_address(void *state, const struct lb_prefix *address, bool on)
{
	return lb_host_link_set_address(((const struct tap *)state)->index, address, on);
}

/* A kernel that cannot be told keeps the link up. */
static void
tap_set_link(void *state, bool up)
{
	int carrier = up;

	if (ioctl(((const struct tap *)state)->fd, TUNSETCARRIER, &carrier) != 0)
		return;
}

static bool
tap_put(void *state, const void *frame, size_t len)
{
	return write(((const struct tap *)state)->fd, frame, len) == (ssize_t)len;
}

static size_t
tap_get(void *state, void *frame, size_t size)
{
	ssize_t n = read(((const struct tap *)state)->fd, frame, size);

	return n < 0 ? 0 : (size_t)n;
}

const struct lb_host_ops lb_host_tap = {
	.name = "tap",
	.leads = true,
	.check = tap_check,
	.create = tap_create,
	.fd = tap_fd,
	.set_address = tap_set_address,
	.set_link = tap_set_link,
	.put = tap_put,
	.get = tap_get,
	.destroy = tap_destroy,
};
