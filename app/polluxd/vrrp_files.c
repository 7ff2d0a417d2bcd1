/* One look at a time, at all files, with the paths copied: the configuration may go meanwhile. */

#include "vrrp_files.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "director.h"
#include "lb_work.h"
#include "vrrp_clock.h"

#define LOOK_US (100 * 1000)

/* Enough of a file to see a number. */
#define HEAD 32

struct vrrp_files_look {
	struct lb_work work;
	struct director *director;
	uint32_t n;
	struct {
		char path[LB_CONF_TRACK_FILE_MAX + 1];
		bool up;
	} files[];
};

/* "0", alone or before white space. */
static bool
says_zero(const char *text)
{
	char *end;
	long number;

	while (isspace((unsigned char)*text))
		text++;
	number = strtol(text, &end, 10);
	return end != text && number == 0 && (*end == '\0' || isspace((unsigned char)*end));
}

bool
vrrp_files_is_up(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char head[HEAD + 1] = "";
	struct stat stat;
	bool up;

	if (fd < 0)
		return false;
	up = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && read(fd, head, HEAD) >= 0;
	close(fd);
	return up && !says_zero(head);
}

static void
look(uv_work_t *work)
{
	struct vrrp_files_look *files = work->data;

	for (uint32_t i = 0; i < files->n; i++)
		files->files[i].up = vrrp_files_is_up(files->files[i].path);
}

static void
done(uv_work_t *work, int status)
{
	struct vrrp_files_look *files = work->data;
	struct director *director = files->director;

	(void)status;
	director->vrrp.track.files.look = NULL;
	director->vrrp.track.files.due_us = vrrp_clock_us() + LOOK_US;
	for (uint32_t i = 0; director->vrrp.started && i < files->n; i++)
		vrrp_track_set(
			director, LB_CONF_TRACK_FILE, files->files[i].path, files->files[i].up);
	free(files);
}

static uint32_t
count(const struct lb_conf *conf)
{
	uint32_t n = 0;

	for (size_t i = 0; i < conf->tracked_n; i++)
		n += conf->tracked[i].kind == LB_CONF_TRACK_FILE;
	return n;
}

/* Without memory the next turn tries again. */
static void
begin(struct director *director, uint32_t n)
{
	const struct lb_conf *conf = director->conf;
	struct vrrp_files_look *files = calloc(1, sizeof(*files) + n * sizeof(files->files[0]));

	if (files == NULL)
		return;
	files->director = director;
	files->work.uv.data = files;
	for (size_t i = 0; i < conf->tracked_n; i++)
		if (conf->tracked[i].kind == LB_CONF_TRACK_FILE)
			snprintf(files->files[files->n++].path, sizeof(files->files[0].path), "%s",
				conf->tracked[i].name);
	director->vrrp.track.files.look = files;
	lb_work_queue(lb_control_loop(director->control), &files->work, look, done);
}

uint64_t
vrrp_files_turn(struct director *director, uint64_t now_us)
{
	struct vrrp_files *files = &director->vrrp.track.files;
	uint32_t n = count(director->conf);

	if (n == 0 || files->look != NULL)
		return UINT64_MAX;
	if (now_us < files->due_us)
		return files->due_us;
	files->due_us = now_us + LOOK_US;
	begin(director, n);
	return files->look == NULL ? files->due_us : UINT64_MAX;
}
