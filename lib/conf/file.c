/*
 * Only regular files are read: a FIFO would block the daemon, a device never end, and libconfig
 * ends the process on a directory. The size is not believed beforehand, since files of /proc say 0
 * and others grow while they are read.
 */

#include "conf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_STEP (64 * 1024)

static int
file_open(const char *path, struct conf_file *file, struct lb_error *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		return lb_error_set(err, code,
			"%s cannot be opened: %s; name a file that exists and that polluxd may "
			"read",
			path, strerror(code));
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return lb_error_set(err, EINVAL, "%s is %s; name a regular file", path,
			S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
	}
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	return fd;
}

/* Up to max + 1 bytes of fd; the one beyond tells that there is more. */
static int
file_slurp(int fd, size_t max, struct conf_file *file)
{
	size_t room = 0;

	for (;;) {
		ssize_t got;

		if (file->n == room) {
			size_t wanted = room == 0 ? FILE_STEP : 2 * room;
			char *bytes = realloc(file->bytes, wanted);

			if (bytes == NULL)
				return -ENOMEM;
			file->bytes = bytes;
			room = wanted;
		}
		got = read(fd, file->bytes + file->n, room - file->n);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0 || file->n > max)
			return 0;
		if (got > 0)
			file->n += (size_t)got;
	}
}

int
conf_file_read(const char *path, size_t max, struct conf_file *file, struct lb_error *err)
{
	int fd, rc;

	memset(file, 0, sizeof(*file));
	fd = file_open(path, file, err);
	if (fd < 0)
		return fd;
	rc = file_slurp(fd, max, file);
	close(fd);
	if (rc < 0)
		rc = lb_error_set(
			err, -rc, "%s cannot be read: %s; name another file", path, strerror(-rc));
	else if (file->n > max)
		rc = lb_error_set(err, EFBIG,
			"%s makes the configuration larger than 64 MiB with all that it includes; "
			"make it smaller",
			path);
	if (rc < 0) {
		free(file->bytes);
		file->bytes = NULL;
	}
	return rc;
}
