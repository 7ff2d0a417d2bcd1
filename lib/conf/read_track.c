/*
 * What an instance tracks: a list of groups of which each names one thing by the key of its kind.
 * Names are looked up in check_track.c, since services come later in the file.
 */

#include <string.h>

#include "conf_object.h"
#include "conf_read.h"
#include "conf_value.h"

/* Largest weight, either way. */
#define WEIGHT_MAX 253

/* An element as it is written. */
struct words {
	const char *names[LB_CONF_TRACK_KINDS]; /* NULL: the key is not there */
	int32_t weight;
};

static int
read_file(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	const char **path = &((struct words *)object)->names[LB_CONF_TRACK_FILE];
	int rc = setting == NULL ? 0 : conf_read_string(reader, setting, path);

	if (setting == NULL || rc != 0)
		return rc;
	if ((*path)[0] != '/')
		return conf_fault_at(reader, setting,
			"file is \"%.63s\"; write a path that begins with /", *path);
	if (strlen(*path) > LB_CONF_TRACK_FILE_MAX)
		return conf_fault_at(reader, setting,
			"file has %zu letters; choose a path of at most %d", strlen(*path),
			LB_CONF_TRACK_FILE_MAX);
	return 0;
}

static int
read_workers(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	const char **all = &((struct words *)object)->names[LB_CONF_TRACK_WORKERS];
	int rc = setting == NULL ? 0 : conf_read_string(reader, setting, all);

	if (setting == NULL || rc != 0 || strcmp(*all, "all") == 0)
		return rc;
	return conf_fault_at(reader, setting, "workers is \"%.63s\"; write \"all\"", *all);
}

#define NAME(kind) CONF_MEMBER(struct words, names[kind])

static const struct conf_key track_keys[] = {
	{ "port", CONF_NAME, NAME(LB_CONF_TRACK_PORT) },
	{ "file", CONF_OTHER, .read = read_file },
	{ "script", CONF_NAME, NAME(LB_CONF_TRACK_SCRIPT) },
	{ "instance", CONF_NAME, NAME(LB_CONF_TRACK_INSTANCE) },
	{ "service", CONF_NAME, NAME(LB_CONF_TRACK_SERVICE) },
	{ "workers", CONF_OTHER, .read = read_workers },
	{ "weight", CONF_NUMBER, CONF_MEMBER(struct words, weight), .min = -WEIGHT_MAX,
		.max = WEIGHT_MAX },
	{ .name = NULL },
};

static int
read_track(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_track *track = item;
	struct words words = { .weight = 0 };
	int rc = conf_read_group(reader, setting, track_keys, &words);
	size_t n = 0;

	for (size_t i = 0; rc == 0 && i < LB_CONF_TRACK_KINDS; i++) {
		if (words.names[i] == NULL)
			continue;
		track->kind = (enum lb_conf_track_kind)i;
		track->name = words.names[i];
		n++;
	}
	if (rc == 0 && n != 1)
		return conf_fault_at(reader, setting,
			"it names %zu things; write one of port, file, script, instance, "
			"service and workers, as in { port = \"lan\"; weight = 0; }",
			n);
	track->weight = words.weight;
	track->place = conf_place(reader, setting);
	return rc;
}

const struct conf_list conf_tracks = {
	.size = sizeof(struct lb_conf_track),
	.max = LB_CONF_TRACKS_MAX,
	.keys = track_keys,
	.read = read_track,
};

int
conf_read_tracks(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_vrrp *vrrp = object;

	return conf_read_list(reader, setting, &conf_tracks, &vrrp->tracks, &vrrp->tracks_n);
}
