/* polluxctl: finds the command that its arguments name, and runs it. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"

#define DEFAULT_SOCKET "/run/pollux/pollux.sock"

static void
print_usage(FILE *out, const struct ctl_command *command)
{
	fprintf(out, "  %s%s%s%s%s\n", command->noun, command->verb == NULL ? "" : " ",
		command->verb == NULL ? "" : command->verb, command->args[0] == '\0' ? "" : " ",
		command->args);
}

static void
usage(FILE *out)
{
	fputs("usage: polluxctl [-s SOCKET] [-j] NOUN [VERB] [ARGUMENTS]\n"
	      "  -s, --socket SOCKET  of the daemon; " DEFAULT_SOCKET " if not given\n"
	      "  -j, --json           print what the daemon answers, for programs\n"
	      "      --version        print the version and exit\n",
		out);
	for (const struct ctl_command *command = ctl_commands; command->noun != NULL; command++)
		print_usage(out, command);
}

enum ctl_status
ctl_usage(const struct ctl *ctl)
{
	fputs("usage: polluxctl [-s SOCKET] [-j]\n", stderr);
	print_usage(stderr, ctl->command);
	return CTL_USAGE;
}

/* The command that argv names; *skip: how many words that takes. NULL: there is none. */
static const struct ctl_command *
find(int argc, char **argv, int *skip)
{
	for (const struct ctl_command *command = ctl_commands; command->noun != NULL; command++) {
		*skip = command->verb == NULL ? 1 : 2;
		if (argc >= *skip && strcmp(argv[0], command->noun) == 0 &&
			(command->verb == NULL || strcmp(argv[1], command->verb) == 0))
			return command;
	}
	return NULL;
}

/* Options stand before the noun. false: exit with *status. */
static bool
parse(int argc, char **argv, struct ctl *ctl, int *status)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	*status = CTL_OK;
	while ((c = getopt_long(argc, argv, "+s:jh", known, NULL)) != -1) {
		switch (c) {
		case 's':
			ctl->socket = optarg;
			break;
		case 'j':
			ctl->json = true;
			break;
		case 'v':
			puts("polluxctl " LB_VERSION);
			return false;
		case 'h':
			usage(stdout);
			return false;
		default:
			usage(stderr);
			*status = CTL_USAGE;
			return false;
		}
	}
	return true;
}

static enum ctl_status
run(struct ctl *ctl, int argc, char **argv)
{
	enum ctl_status status = ctl->command->fn(ctl, argc, argv);

	lb_rpc_disconnect(ctl->client);
	if (fflush(stdout) != 0 && status == CTL_OK) {
		fprintf(stderr, "polluxctl: output: %s\n", strerror(errno));
		status = CTL_REFUSED;
	}
	return status;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { .socket = DEFAULT_SOCKET };
	int status, skip;

	if (!parse(argc, argv, &ctl, &status))
		return status;
	argc -= optind;
	argv += optind;
	ctl.command = find(argc, argv, &skip);
	if (ctl.command == NULL) {
		usage(stderr);
		return CTL_USAGE;
	}
	argc -= skip;
	argv += skip;
	if (argc < ctl.command->args_min || argc > ctl.command->args_max)
		return ctl_usage(&ctl);
	return run(&ctl, argc, argv);
}
