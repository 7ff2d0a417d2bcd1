#pragma once
/**
 * @file
 * A helper and a loop, and scripts written by the test. Nobody sleeps: whoever waits turns the loop
 * until what is waited for is there.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <uv.h>

#include "lb_script.h"
#include "unit.h"

#define BED_PATIENCE_NS 60000000000ULL /* a sanitized build on a busy machine is slow */
#define BED_LONG_MS 60000

struct bed {
	char directory[64]; /**< Anybody may write there. */
	uv_loop_t loop;
	pid_t helper;
	struct lb_scripts *scripts;
	bool lost;
	unsigned int done;
	struct lb_script_result result; /**< The last one. */
};

/** Turn the loop until it holds. */
#define BED_UNTIL(bed, holds)                                                                      \
	do {                                                                                       \
		uint64_t until = uv_hrtime() + BED_PATIENCE_NS;                                    \
		while (!(holds) && uv_hrtime() < until)                                            \
			bed_turn(bed);                                                             \
		CU_ASSERT_TRUE_FATAL(holds);                                                       \
	} while (0)

static inline void
bed_turn(struct bed *bed)
{
	uv_run(&bed->loop, UV_RUN_NOWAIT);
	usleep(200);
}

static inline void
bed_lost(void *arg)
{
	((struct bed *)arg)->lost = true;
}

static inline void
bed_done(void *arg, const struct lb_script_result *result)
{
	struct bed *bed = arg;

	bed->result = *result;
	bed->done++;
}

static inline void
bed_init(struct bed *bed)
{
	struct lb_script_helper helper;
	struct lb_error err = { 0 };

	*bed = (struct bed){ .directory = "/tmp/pollux-script-XXXXXX" };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(bed->directory));
	CU_ASSERT_EQUAL_FATAL(chmod(bed->directory, 0777), 0);
	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&bed->loop), 0);
	CU_ASSERT_EQUAL_FATAL(lb_script_fork(&helper, 0, &err), 0);
	bed->helper = helper.pid;
	bed->scripts = lb_scripts_create(&bed->loop, &helper, bed_lost, bed, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bed->scripts);
}

static inline void
bed_close(uv_handle_t *handle, void *arg)
{
	(void)arg;
	uv_close(handle, NULL);
}

static inline void
bed_end_loop(struct bed *bed)
{
	uv_walk(&bed->loop, bed_close, NULL);
	uv_run(&bed->loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(uv_loop_close(&bed->loop), 0);
}

static inline void
bed_fini(struct bed *bed)
{
	char command[128];

	bed_end_loop(bed);
	lb_scripts_destroy(bed->scripts);
	snprintf(command, sizeof(command), "rm -r %s", bed->directory);
	CU_ASSERT_EQUAL(system(command), 0);
}

/** The path of a file in the bed's directory. */
static inline const char *
bed_path(const struct bed *bed, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", bed->directory, name);
	return out;
}

/** Write a script of the shell, which runs in the bed's directory; returns its path. */
static inline const char *
bed_write(const struct bed *bed, const char *name, const char *text, char out[128])
{
	FILE *file = fopen(bed_path(bed, name, out), "we");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fprintf(file, "#!/bin/sh\ncd %s\n%s\n", bed->directory, text);
	fclose(file);
	CU_ASSERT_EQUAL(chmod(out, 0755), 0);
	return out;
}

/** Have it run and wait for the end. */
static inline void
bed_run(struct bed *bed, const struct lb_script *script)
{
	unsigned int before = bed->done;

	CU_ASSERT_EQUAL_FATAL(lb_scripts_run(bed->scripts, script, bed_done, bed), 0);
	BED_UNTIL(bed, bed->done == before + 1);
}

/** The same of a script's text. */
static inline void
bed_shell(struct bed *bed, const char *text, uint32_t timeout_ms)
{
	char path[128];
	const char *argv[] = { bed_write(bed, "run", text, path), NULL };

	bed_run(bed, &(struct lb_script){ .argv = argv, .timeout_ms = timeout_ms });
}

/** The number in a file; 0: it is not there, or empty. */
static inline long
bed_number(const struct bed *bed, const char *name)
{
	char path[128];
	FILE *file = fopen(bed_path(bed, name, path), "re");
	long number = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%ld", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

/** Whether a process runs: one that has ended and is not waited for does not. */
static inline bool
bed_lives(long pid)
{
	char path[64], state = 'Z';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(file);
	return state != 'Z' && state != 'X';
}

/** Open files of a process. */
static inline unsigned int
bed_files(pid_t pid)
{
	char path[64];
	unsigned int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}
