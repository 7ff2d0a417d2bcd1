/*
 * sd_notify(3) in the one form that is needed: a service of Type=notify has started when a datagram
 * says so. It goes to the unix socket that NOTIFY_SOCKET names, where "@" stands for the zero byte
 * of an abstract one.
 */

#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
send_to(const char *path, const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	ssize_t sent;
	int fd;

	if (n >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	if (sent < 0)
		sent = -errno;
	close(fd);
	return sent < 0 ? (int)sent : 0;
}

int
notify_ready(struct lb_error *err)
{
	const char *path = getenv("NOTIFY_SOCKET");
	int ret = path == NULL ? 0 : send_to(path, "READY=1");

	if (ret != 0)
		lb_error_set(err, -ret,
			"NOTIFY_SOCKET \"%s\": the service manager cannot be told that polluxd is "
			"ready (%s); unset it, or use Type=exec",
			path, strerror(-ret));
	return ret;
}
