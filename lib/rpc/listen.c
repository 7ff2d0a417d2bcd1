/*
 * The socket in the file system. A daemon that was killed leaves its file behind: nobody listens
 * there, and it is replaced. Where somebody answers, or where the file is no socket, the daemon
 * does not start.
 */

#include "rpc_listen.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_DIRECTORY_MODE 0755

static int
fail(struct lb_error *err, const char *path, const char *what, const char *remedy)
{
	int code = errno;

	return lb_error_set(
		err, code, "socket \"%s\": %s (%s); %s", path, what, strerror(code), remedy);
}

static int
set_address(struct sockaddr_un *address, const char *path, struct lb_error *err)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(address->sun_path))
		return lb_error_set(err, ENAMETOOLONG,
			"socket \"%s\": a socket's path has at most %zu letters; choose a shorter "
			"one",
			path, sizeof(address->sun_path) - 1);
	strcpy(address->sun_path, path);
	return 0;
}

/* The directory, if only that is missing. */
static int
make_directory(const char *path, struct lb_error *err)
{
	char directory[sizeof(((struct sockaddr_un *)0)->sun_path)];
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return 0;
	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	if (mkdir(directory, LISTEN_DIRECTORY_MODE) == 0) {
		if (chmod(directory, LISTEN_DIRECTORY_MODE) == 0) /* whatever the umask is */
			return 0;
	} else if (errno == EEXIST) {
		return 0;
	}
	return fail(err, path, "its directory cannot be made", "make it, or choose another path");
}

/* 0 if nobody listens, -EADDRINUSE, or -errno when that cannot be found out. */
static int
probe(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), ret;

	if (fd < 0)
		return -errno;
	ret = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ? 0 : errno;
	close(fd);
	if (ret == 0 || ret == EAGAIN) /* EAGAIN: many wait to be accepted */
		return -EADDRINUSE;
	return ret == ECONNREFUSED || ret == ENOENT ? 0 : -ret;
}

/* Take away what a dead daemon left. */
static int
clear_path(const struct sockaddr_un *address, struct lb_error *err)
{
	const char *path = address->sun_path;
	struct stat found;
	int ret;

	if (lstat(path, &found) != 0)
		return 0;
	if (!S_ISSOCK(found.st_mode))
		return lb_error_set(err, EEXIST,
			"socket \"%s\": there is a file that is no socket; remove it or choose "
			"another path",
			path);
	ret = probe(address);
	if (ret == -EADDRINUSE)
		return lb_error_set(err, EADDRINUSE,
			"socket \"%s\": another daemon listens there; stop it or choose another "
			"path",
			path);
	errno = -ret;
	if (ret != 0 || unlink(path) != 0)
		return fail(err, path, "the old one cannot be replaced",
			"remove it or choose another path");
	return 0;
}

/* Owner, group and mode of the file; *file is what it is then. */
static int
set_rights(const struct lb_rpc_server_conf *conf, struct stat *file, struct lb_error *err)
{
	const struct group *group = conf->group == NULL ? NULL : getgrnam(conf->group);

	if (conf->group != NULL && group == NULL)
		return lb_error_set(err, ENOENT,
			"socket \"%s\": there is no group \"%s\"; name one of /etc/group",
			conf->path, conf->group);
	if ((group != NULL && chown(conf->path, (uid_t)-1, group->gr_gid) != 0) ||
		chmod(conf->path, conf->mode) != 0 || stat(conf->path, file) != 0)
		return fail(err, conf->path, "its group and mode cannot be set",
			"run as root, or choose a group of your own");
	return 0;
}

int
rpc_listen_bind(const struct lb_rpc_server_conf *conf, struct stat *file, struct lb_error *err)
{
	struct sockaddr_un address;
	int fd, ret;

	ret = set_address(&address, conf->path, err);
	if (ret == 0)
		ret = make_directory(conf->path, err);
	if (ret == 0)
		ret = clear_path(&address, err);
	if (ret != 0)
		return ret;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(
			err, conf->path, "it cannot be made", "give the process more open files");
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		ret = fail(err, conf->path, "it cannot be made",
			"check the directory and the rights in it");
		close(fd);
		return ret;
	}
	ret = set_rights(conf, file, err);
	if (ret == 0)
		return fd;
	unlink(conf->path);
	close(fd);
	return ret;
}

void
rpc_listen_remove(const char *path, const struct stat *file)
{
	struct stat found;

	if (lstat(path, &found) == 0 && found.st_dev == file->st_dev &&
		found.st_ino == file->st_ino)
		unlink(path);
}
