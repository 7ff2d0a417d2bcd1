/*
 * In place of libFuzzer: gives each file of a folder to the target once and prints TAP. Each runs
 * in a process of its own, so that one that crashes has a name and the others run all the same. The
 * bytes lie in a block that ends with them.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

static int
is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Whether the file was given to the target whole. */
static bool
replay(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	uint8_t *bytes;
	bool whole;

	if (fd < 0 || fstat(fd, &st) != 0)
		return false;
	bytes = malloc((size_t)st.st_size);
	whole = (bytes != NULL || st.st_size == 0) &&
		read(fd, bytes, (size_t)st.st_size) == st.st_size;
	close(fd);
	if (whole)
		LLVMFuzzerTestOneInput(bytes, (size_t)st.st_size);
	free(bytes);
	return whole;
}

/* How the process ended that ran it; 0: well. */
static int
replay_apart(int folder, const char *name)
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exit(replay(folder, name) ? 0 : 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

int
main(int argc, char **argv)
{
	struct dirent **seeds = NULL;
	int folder = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int n = folder < 0 ? -1 : scandirat(folder, ".", &seeds, is_seed, alphasort);
	int failed = 0;

	if (n <= 0) {
		printf("Bail out! there are no seeds; name a folder of them\n");
		return 2;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		int status = replay_apart(folder, seeds[i]->d_name);

		printf("%sok %d - %s\n", status == 0 ? "" : "not ", i + 1, seeds[i]->d_name);
		if (status != 0)
			printf("# it ended with status 0x%x\n", (unsigned int)status);
		failed += status != 0;
		free(seeds[i]);
	}
	free(seeds);
	close(folder);
	return failed == 0 ? 0 : 1;
}
