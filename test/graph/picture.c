/*
 * The picture of the packet path, doc/graph.dot: what rte_graph exports of a worker's graph, with
 * one worker and two ports, the clones of ports and queues folded into their parents, each line
 * once, in order. With POLLUX_WRITE_PICTURE=FILE the picture of this build is written to FILE
 * first.
 */

#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "lb_worker_picture.h"
#include "unit.h"

/* The picture of the running graph as text; the caller frees it. */
static char *
draw(void)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	struct director *director = graph_boot(&(struct graph_setup){ 0 });

	CU_ASSERT_EQUAL(lb_worker_picture(director->workers[0], file), 0);
	graph_end();
	fclose(file);
	return text;
}

static void
write_picture(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_TRUE(fputs(text, file) >= 0);
	CU_ASSERT_EQUAL(fclose(file), 0);
}

static bool
is_text_of(const char *path, const char *text)
{
	FILE *file = fopen(path, "r");
	size_t n = strlen(text);
	char *found = malloc(n + 1);
	bool same = false;

	if (file != NULL && found != NULL)
		same = fread(found, 1, n + 1, file) == n && memcmp(found, text, n) == 0;
	if (file != NULL)
		fclose(file);
	free(found);
	return same;
}

static void
the_committed_picture_is_that_of_the_graph(void)
{
	static const char committed[] = POLLUX_SOURCE "/doc/graph.dot";
	const char *path = getenv("POLLUX_WRITE_PICTURE");
	char *text = draw();
	bool same;

	if (path != NULL)
		write_picture(path, text);
	same = is_text_of(committed, text);
	CU_ASSERT_TRUE(same);
	if (!same)
		printf("# the graph has changed; look at the new picture, then commit it:\n"
		       "# POLLUX_WRITE_PICTURE=%s %s\n",
			committed, program_invocation_name);
	free(text);
}

static const struct unit_test tests[] = {
	UNIT_TEST(the_committed_picture_is_that_of_the_graph),
	UNIT_END,
};

const struct unit_suite graph_picture = { "picture", tests };
