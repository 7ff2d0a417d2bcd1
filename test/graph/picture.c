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

#include <rte_graph.h>

#include "unit.h"

#define LINES_MAX 1024

struct picture {
	char *lines[LINES_MAX];
	size_t n;
};

/* "eth_rx-0-0" becomes "eth_rx": a suffix is digits and dashes, up to the closing quote. */
static void
fold_clones(char *line)
{
	char *to = line;

	for (const char *from = line; *from != '\0';) {
		size_t suffix = *from == '-' ? strspn(from, "-0123456789") : 0;

		if (suffix > 1 && from[suffix] == '"')
			from += suffix;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
is_edge(const char *line)
{
	return strstr(line, "\"->\"") != NULL;
}

/* What stands behind an edge is a colour. A node without an edge would be missing: there is none.
 */
static void
read_edges(FILE *file, struct picture *picture)
{
	char line[512];

	while (fgets(line, sizeof(line), file) != NULL && picture->n < LINES_MAX) {
		char *start = line + strspn(line, " \t");

		start[strcspn(start, " \n")] = '\0';
		if (!is_edge(start))
			continue;
		fold_clones(start);
		picture->lines[picture->n++] = strdup(start);
	}
	qsort(picture->lines, picture->n, sizeof(picture->lines[0]), compare_lines);
}

static void
print(const struct picture *picture, FILE *file)
{
	fprintf(file, "digraph pollux {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (size_t i = 0; i < picture->n; i++)
		if (i == 0 || strcmp(picture->lines[i], picture->lines[i - 1]) != 0)
			fprintf(file, "\t%s;\n", picture->lines[i]);
	fprintf(file, "}\n");
}

/* The picture of the running graph as text; the caller frees it. */
static char *
draw(void)
{
	struct picture picture = { .n = 0 };
	char *exported = NULL, *text = NULL;
	size_t size;
	FILE *file = open_memstream(&exported, &size);

	graph_boot(&(struct graph_setup){ 0 });
	rte_graph_export("worker0", file);
	fclose(file);
	graph_end();
	file = fmemopen(exported, size, "r");
	read_edges(file, &picture);
	fclose(file);
	file = open_memstream(&text, &size);
	print(&picture, file);
	fclose(file);
	for (size_t i = 0; i < picture.n; i++)
		free(picture.lines[i]);
	free(exported);
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
