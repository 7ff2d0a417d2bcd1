/* The socket in the file system: made, replaced or refused, removed. */

#include <sys/types.h>

#include "bed.h"

static struct bed bed;
static struct peer peer;

/* The server of bed.conf must not start; %s in sentence is the path. */
static void
refused(int code, const char *sentence, const char *path)
{
	struct lb_error err = { 0 };
	char expected[LB_ERROR_TEXT];

	snprintf(expected, sizeof(expected), sentence, path);
	CU_ASSERT_PTR_NULL(lb_rpc_server_create(&bed.conf, &err));
	CU_ASSERT_EQUAL(err.code, code);
	CU_ASSERT_STRING_EQUAL(err.text, expected);
}

/* No server is to be destroyed. */
static void
end(void)
{
	bed.server = NULL;
	bed_end(&bed);
}

/* A file of a daemon that is gone: bound, and nobody listens. */
static int
leave_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, bed.path);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
socket_has_its_mode_whatever_the_umask_is(void)
{
	static const mode_t modes[] = { 0600, 0660, 0666 };
	mode_t mask = umask(027);
	struct stat found;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		bed_init(&bed);
		bed.conf.mode = modes[i];
		bed_serve(&bed);
		CU_ASSERT_EQUAL(stat(bed.path, &found), 0);
		CU_ASSERT_EQUAL(found.st_mode, S_IFSOCK | modes[i]);
		bed_end(&bed);
	}
	umask(mask);
}

static void
socket_of_a_dead_daemon_is_replaced(void)
{
	bed_init(&bed);
	close(leave_socket());
	bed_serve(&bed);
	peer_begin(&peer, &bed);
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

static void
socket_of_a_living_daemon_is_refused(void)
{
	bed_begin(&bed);
	refused(EADDRINUSE,
		"socket \"%s\": another daemon listens there; stop it or choose another path",
		bed.path);
	peer_begin(&peer, &bed);
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

/* One that is so busy that its backlog is full. */
static void
socket_of_a_busy_daemon_is_refused(void)
{
	struct peer waiting;
	int fd;

	bed_init(&bed);
	fd = leave_socket();
	CU_ASSERT_EQUAL(listen(fd, 0), 0);
	peer_begin(&waiting, &bed);
	refused(EADDRINUSE,
		"socket \"%s\": another daemon listens there; stop it or choose another path",
		bed.path);
	peer_end(&waiting);
	close(fd);
	unlink(bed.path);
	end();
}

static void
file_that_is_no_socket_is_refused_and_stays(void)
{
	FILE *file;

	bed_init(&bed);
	file = fopen(bed.path, "w");
	fclose(file);
	refused(EEXIST,
		"socket \"%s\": there is a file that is no socket; remove it or choose another "
		"path",
		bed.path);
	CU_ASSERT_EQUAL(unlink(bed.path), 0);
	end();
}

static void
directory_is_made_with_0755_if_only_it_is_missing(void)
{
	mode_t mask = umask(077);
	char directory[96], path[128];
	struct stat found;

	bed_init(&bed);
	snprintf(directory, sizeof(directory), "%s/run", bed.directory);
	snprintf(path, sizeof(path), "%s/pollux.sock", directory);
	bed.conf.path = path;
	bed_serve(&bed);
	CU_ASSERT_EQUAL(stat(directory, &found), 0);
	CU_ASSERT_EQUAL(found.st_mode, S_IFDIR | 0755);
	lb_rpc_server_destroy(bed.server);
	CU_ASSERT_EQUAL(rmdir(directory), 0);
	umask(mask);
	end();
}

static void
directory_far_from_there_is_refused(void)
{
	char path[128];

	bed_init(&bed);
	snprintf(path, sizeof(path), "%s/a/b/pollux.sock", bed.directory);
	bed.conf.path = path;
	refused(ENOENT,
		"socket \"%s\": its directory cannot be made (No such file or directory); make "
		"it, or choose another path",
		path);
	end();
}

static void
unknown_group_is_refused_and_leaves_no_file(void)
{
	bed_init(&bed);
	bed.conf.group = "no-such-group";
	refused(ENOENT,
		"socket \"%s\": there is no group \"no-such-group\"; name one of /etc/group",
		bed.path);
	end();
}

static void
path_that_is_too_long_is_refused(void)
{
	char path[109];

	bed_init(&bed);
	memset(path, 'p', sizeof(path) - 1);
	path[0] = '/';
	path[108] = '\0';
	bed.conf.path = path;
	refused(ENAMETOOLONG,
		"socket \"%s\": a socket's path has at most 107 letters; choose a shorter one",
		path);
	end();
}

static void
file_that_took_the_place_of_ours_stays(void)
{
	int fd;

	bed_begin(&bed);
	CU_ASSERT_EQUAL(unlink(bed.path), 0);
	fd = leave_socket();
	lb_rpc_server_destroy(bed.server);
	CU_ASSERT_EQUAL(unlink(bed.path), 0);
	close(fd);
	end();
}

static void
server_may_start_again_at_once(void)
{
	bed_begin(&bed);
	peer_begin(&peer, &bed);
	peer_works(&peer);
	lb_rpc_server_destroy(bed.server);
	bed_serve(&bed);
	BED_UNTIL(&bed, peer_is_closed(&peer));
	peer_end(&peer);
	peer_begin(&peer, &bed);
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(socket_has_its_mode_whatever_the_umask_is),
	UNIT_TEST(socket_of_a_dead_daemon_is_replaced),
	UNIT_TEST(socket_of_a_living_daemon_is_refused),
	UNIT_TEST(socket_of_a_busy_daemon_is_refused),
	UNIT_TEST(file_that_is_no_socket_is_refused_and_stays),
	UNIT_TEST(directory_is_made_with_0755_if_only_it_is_missing),
	UNIT_TEST(directory_far_from_there_is_refused),
	UNIT_TEST(unknown_group_is_refused_and_leaves_no_file),
	UNIT_TEST(path_that_is_too_long_is_refused),
	UNIT_TEST(file_that_took_the_place_of_ours_stays),
	UNIT_TEST(server_may_start_again_at_once),
	UNIT_END,
};

const struct unit_suite unit_rpc_socket = { "socket", tests };
