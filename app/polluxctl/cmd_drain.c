/* polluxctl server drain and server delete: how connections of a server end. */

#include <string.h>

#include "ctl.h"

/* Read the options of drain into params; false: one of them is none. */
static bool
read_options(int argc, char **argv, json_t *params)
{
	bool good = true;
	long long ms;

	for (int i = 0; i < argc && good; i++) {
		if (strcmp(argv[i], "--timeout") == 0 && i + 1 < argc) {
			good = ctl_read_number(argv[++i], &ms);
			json_object_set_new(params, "timeout_ms", json_integer(ms));
		} else if (strcmp(argv[i], "--reset") == 0) {
			json_object_set_new(params, "reset", json_true());
		} else if (strcmp(argv[i], "--cancel") == 0) {
			json_object_set_new(params, "cancel", json_true());
		} else {
			good = ctl_put_key(params, argv[i]);
		}
	}
	return good;
}

enum ctl_status
cmd_server_drain(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s, s:s}", "service", argv[0], "server", argv[1]);

	return ctl_change(ctl, "server.drain", params, read_options(argc - 2, argv + 2, params));
}

enum ctl_status
cmd_server_delete(struct ctl *ctl, int argc, char **argv)
{
	json_t *params = json_pack("{s:s, s:s}", "service", argv[0], "server", argv[1]);
	bool good = true;

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--now") == 0)
			json_object_set_new(params, "now", json_true());
		else
			good = good && ctl_put_key(params, argv[i]);
	}
	return ctl_change(ctl, "server.delete", params, good);
}
