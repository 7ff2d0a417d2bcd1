#pragma once
/**
 * @file
 * A client in a process of its own, as another user. What it finds out it prints; the test
 * compares.
 */

#include <grp.h>
#include <sys/wait.h>

#include "bed.h"
#include "lb_rpc_client.h"

#define CHILD_NOBODY 65534 /* user nobody and group nogroup of Debian */

/** One line per fact. */
struct child {
	char said[2048];
	size_t n;
};

/** Connect and make two calls, one that reads and one that changes. */
static inline void
child_run(const char *path, FILE *out)
{
	struct lb_error err = { 0 };
	struct lb_rpc_client *client = lb_rpc_connect(path, 60000, &err);
	const char *const methods[] = { "test.types", "test.change" };

	if (client == NULL) {
		fprintf(out, "not connected: %s\n", strerror(err.code));
		return;
	}
	for (int i = 0; i < 2; i++) {
		struct lb_rpc_fault fault = { 0 };
		json_t *result = NULL;

		if (lb_rpc_client_call(client, methods[i], NULL, &result, &fault) == 0)
			fprintf(out, "%s: done\n", methods[i]);
		else
			fprintf(out, "%d %s: %s\n", fault.code, fault.word, fault.err.text);
		json_decref(result);
	}
	lb_rpc_disconnect(client);
}

/** Run the client as user uid while the server serves, until it ends. */
static inline void
child_ask(struct child *child, struct bed *bed, uid_t uid)
{
	int fds[2], status = -1;
	ssize_t n;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (pid == 0) {
		FILE *out = fdopen(fds[1], "w");

		if (uid == geteuid() || (setgroups(0, NULL) == 0 && setresgid(uid, uid, uid) == 0 &&
						setresuid(uid, uid, uid) == 0))
			child_run(bed->path, out);
		fclose(out);
		_exit(0);
	}
	close(fds[1]);
	BED_UNTIL(bed, waitpid(pid, &status, WNOHANG) == pid);
	CU_ASSERT_EQUAL(status, 0);
	child->n = 0;
	while ((n = read(fds[0], child->said + child->n, sizeof(child->said) - 1 - child->n)) > 0)
		child->n += (size_t)n;
	child->said[child->n] = '\0';
	close(fds[0]);
}
