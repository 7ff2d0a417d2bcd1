/* What a service manager hears when the director is ready: sd_notify(3), "READY=1". */

#include "notify.h"
#include "unit.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A manager that listens on an address of n bytes, the family's included; its socket. */
static int
manager(const struct sockaddr_un *address, socklen_t n)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (const struct sockaddr *)address, n), 0);
	return fd;
}

static void
hears_ready(int fd)
{
	struct lb_error err = { 0 };
	char heard[64];

	CU_ASSERT_EQUAL(notify_ready(&err), 0);
	CU_ASSERT_EQUAL(recv(fd, heard, sizeof(heard), 0), 7);
	CU_ASSERT_EQUAL(memcmp(heard, "READY=1", 7), 0);
	CU_ASSERT_EQUAL(recv(fd, heard, sizeof(heard), 0), -1);
	close(fd);
	unsetenv("NOTIFY_SOCKET");
}

static void
manager_at_a_path_hears_ready(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/pollux-notify-XXXXXX";

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", folder);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	hears_ready(manager(&address, sizeof(address)));
	unlink(address.sun_path);
	rmdir(folder);
}

static void
manager_at_an_abstract_address_hears_ready(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[64];
	int n = snprintf(name, sizeof(name), "@pollux-notify-%d", (int)getpid());

	memcpy(address.sun_path + 1, name + 1, (size_t)n - 1);
	setenv("NOTIFY_SOCKET", name, 1);
	hears_ready(
		manager(&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n)));
}

static void
without_a_manager_nothing_is_said(void)
{
	struct lb_error err = { 0 };

	unsetenv("NOTIFY_SOCKET");
	CU_ASSERT_EQUAL(notify_ready(&err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, "");
}

static void
manager_that_is_gone_is_an_error(void)
{
	struct lb_error err = { 0 };

	setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	CU_ASSERT_EQUAL(notify_ready(&err), -ENOENT);
	CU_ASSERT_STRING_EQUAL(err.text,
		"NOTIFY_SOCKET \"/nonexistent/notify\": the service manager cannot be told that "
		"polluxd is ready (No such file or directory); unset it, or use Type=exec");
	unsetenv("NOTIFY_SOCKET");
}

static const struct unit_test tests[] = {
	UNIT_TEST(manager_at_a_path_hears_ready),
	UNIT_TEST(manager_at_an_abstract_address_hears_ready),
	UNIT_TEST(without_a_manager_nothing_is_said),
	UNIT_TEST(manager_that_is_gone_is_an_error),
	UNIT_END,
};

const struct unit_suite unit_polluxd_notify = { "notify", tests };
