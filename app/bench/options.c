/* The command line: see options.h. */

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "bed.h"
#include "samples.h"

#define CONNECTIONS_LEAST 1000
#define CONNECTIONS_MOST 16777216
#define ROUNDS 9

static void
usage(FILE *out)
{
	fprintf(out, "usage: pollux-bench [--case NAME...] [--connections N...] [--workers N...]\n"
		     "                    [--rounds N] [--cold] [--nodes] [--no-huge]\n"
		     "                    [--json | --compare FILE]\n"
		     "      --case NAME...      measure these alone; of:");
	for (const struct bench_case *what = bench_cases; what->name != NULL; what++)
		fprintf(out, "%s %s",
			(what - bench_cases) % 6 == 0 ? "\n                         " : "",
			what->name);
	fprintf(out,
		"\n"
		"      --connections N...  in place of each case's own numbers: %d to %d\n"
		"      --workers N...      each on a CPU of its own, 1 if not given; a row for "
		"each N\n"
		"      --rounds N          of which the median counts: 1 to %d, %d if not given\n"
		"      --cold              let caches hold other things before each walk\n"
		"      --nodes             tell cycles of each node of the graph\n"
		"      --no-huge           take small pages, though there are huge ones\n"
		"      --json              print an array, for programs\n"
		"      --compare FILE      print this run beside one that --json printed\n"
		"      --version           print the version and exit\n",
		CONNECTIONS_LEAST, CONNECTIONS_MOST, SAMPLES_ROUNDS, ROUNDS);
}

/* Read the number behind an option. false: it is none, or out of range, which is said. */
static bool
read_number(const char *option, uint32_t least, uint32_t most, uint32_t *out)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(optarg, &end, 10);
	if (errno == 0 && end != optarg && *end == '\0' && value >= least && value <= most) {
		*out = (uint32_t)value;
		return true;
	}
	fprintf(stderr, "pollux-bench: --%s %s: give a number from %u to %u\n", option, optarg,
		least, most);
	return false;
}

/* Whether there is one more word behind the option; then it is optarg. */
static bool
next_word(char *const *argv)
{
	if (argv[optind] == NULL || argv[optind][0] == '-')
		return false;
	optarg = argv[optind++];
	return true;
}

static bool
is_full(const char *option, size_t n)
{
	if (n < OPTIONS_WORDS)
		return false;
	fprintf(stderr, "pollux-bench: --%s %s: give at most %d\n", option, optarg, OPTIONS_WORDS);
	return true;
}

static bool
read_numbers(char *const *argv, const char *option, uint32_t least, uint32_t most,
	struct options_numbers *out)
{
	do {
		if (is_full(option, out->n) ||
			!read_number(option, least, most, &out->list[out->n]))
			return false;
		out->n++;
	} while (next_word(argv));
	return true;
}

static bool
read_cases(char *const *argv, struct options *options)
{
	do {
		const struct bench_case *what = bench_case_find(optarg);

		if (what == NULL) {
			fprintf(stderr,
				"pollux-bench: --case %s: there is no such case; see pollux-bench "
				"--help\n",
				optarg);
			return false;
		}
		if (is_full("case", options->cases_n))
			return false;
		options->cases[options->cases_n++] = what;
	} while (next_word(argv));
	return true;
}

/* One option. false: it makes no sense, which is said. */
static bool
read_option(struct options *options, char *const *argv, int option)
{
	switch (option) {
	case 'C':
		return read_cases(argv, options);
	case 'n':
		return read_numbers(argv, "connections", CONNECTIONS_LEAST, CONNECTIONS_MOST,
			&options->connections);
	case 'w':
		return read_numbers(argv, "workers", 1, BED_LANES, &options->workers);
	case 'r':
		return read_number("rounds", 1, SAMPLES_ROUNDS, &options->rounds);
	case 'o':
		options->cold = true;
		return true;
	case 'N':
		options->nodes = true;
		return true;
	case 'H':
		options->no_huge = true;
		return true;
	case 'j':
		options->json = true;
		return true;
	case 'c':
		options->compare = optarg;
		return true;
	default:
		usage(stderr);
		return false;
	}
}

bool
options_read(struct options *options, int argc, char **argv, int *status)
{
	static const struct option known[] = {
		{ "case", required_argument, NULL, 'C' },
		{ "connections", required_argument, NULL, 'n' },
		{ "workers", required_argument, NULL, 'w' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "cold", no_argument, NULL, 'o' },
		{ "nodes", no_argument, NULL, 'N' },
		{ "no-huge", no_argument, NULL, 'H' },
		{ "json", no_argument, NULL, 'j' },
		{ "compare", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int option;

	*options = (struct options){ .rounds = ROUNDS };
	*status = 0;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'h') {
			usage(stdout);
			return false;
		}
		if (option == 'v') {
			puts("pollux-bench " LB_VERSION);
			return false;
		}
		if (!read_option(options, argv, option)) {
			*status = 2;
			return false;
		}
	}
	if (options->workers.n == 0)
		options->workers = (struct options_numbers){ .n = 1, .list = { 1 } };
	if (optind == argc && !(options->json && options->compare != NULL))
		return true;
	usage(stderr);
	*status = 2;
	return false;
}
