/*
 * rte_graph exports a graph with one line per node and edge and a colour behind it. What is kept of
 * it are the edges: no node is without one.
 */

#include "lb_worker_picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_graph.h>

#define LINE_SIZE 512

/* Edges as text: "from"->"to". */
struct edges {
	char **lines;
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

static int
add_edge(struct edges *edges, const char *line)
{
	char **lines = reallocarray(edges->lines, edges->n + 1, sizeof(*lines));

	if (lines == NULL)
		return -ENOMEM;
	edges->lines = lines;
	lines[edges->n] = strdup(line);
	if (lines[edges->n] == NULL)
		return -ENOMEM;
	edges->n++;
	return 0;
}

static int
read_edges(FILE *exported, struct edges *edges)
{
	char line[LINE_SIZE];
	int ret = 0;

	while (ret == 0 && fgets(line, sizeof(line), exported) != NULL) {
		char *start = line + strspn(line, " \t");

		start[strcspn(start, " \n")] = '\0';
		if (strstr(start, "\"->\"") == NULL)
			continue;
		fold_clones(start);
		ret = add_edge(edges, start);
	}
	return ret;
}

static void
print(const struct edges *edges, FILE *file)
{
	fprintf(file, "digraph pollux {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (size_t i = 0; i < edges->n; i++)
		if (i == 0 || strcmp(edges->lines[i], edges->lines[i - 1]) != 0)
			fprintf(file, "\t%s;\n", edges->lines[i]);
	fprintf(file, "}\n");
}

/* The worker's graph in rte_graph's own form; the caller frees it. NULL: no memory. */
static char *
export_graph(const struct lb_worker *worker, size_t *size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, size);
	int ret;

	if (file == NULL)
		return NULL;
	ret = rte_graph_export(worker->graph->name, file);
	if (fclose(file) == 0 && ret == 0)
		return text;
	free(text);
	return NULL;
}

int
lb_worker_picture(const struct lb_worker *worker, FILE *file)
{
	struct edges edges = { 0 };
	size_t size;
	char *text = export_graph(worker, &size);
	FILE *exported = text == NULL ? NULL : fmemopen(text, size, "r");
	int ret = exported == NULL ? -ENOMEM : read_edges(exported, &edges);

	if (ret == 0) {
		qsort(edges.lines, edges.n, sizeof(edges.lines[0]), compare_lines);
		print(&edges, file);
	}
	if (exported != NULL)
		fclose(exported);
	for (size_t i = 0; i < edges.n; i++)
		free(edges.lines[i]);
	free(edges.lines);
	free(text);
	return ret;
}
