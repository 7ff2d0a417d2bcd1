/*
 * From a path to a checked configuration, in four steps that each know only the former's result:
 * the text with its includes (text.c), libconfig's tree, the objects (read.c), and what holds
 * between them (check_net.c and its like).
 */

#include "lb_conf.h"

#include <string.h>

#include <libconfig.h>

#include "conf_arena.h"
#include "conf_check.h"
#include "conf_fault.h"
#include "conf_index.h"
#include "conf_read.h"
#include "conf_text.h"

static int
fault_syntax(const config_t *tree, const struct conf_text *text, struct lb_error *err)
{
	unsigned int line = (unsigned int)config_error_line(tree);
	struct lb_conf_place place = conf_text_place(text, line);
	const char *what = config_error_text(tree), *near;
	size_t n;

	near = conf_text_line(text, line, &n);
	if (strcmp(what, "duplicate setting name") == 0)
		return conf_fault(err, &place, "%.*s is set twice in this group; take one out",
			n > 63 ? 63 : (int)n, near);
	if (strcmp(what, "mismatched element type in array") == 0)
		return conf_fault(err, &place,
			"the elements between [ ] have different types; write all alike, or use ( "
			")");
	return conf_fault(err, &place,
		"%.*s is not expected here (%s); write a setting as key = value, and a list as ( "
		"a, b )",
		n > 63 ? 63 : (int)n, near, what);
}

static int
check_all(struct lb_conf *conf, struct lb_error *err)
{
	struct conf_check check = { .conf = conf, .err = err };
	int rc = conf_nets_init(&check.nets, conf);

	if (rc != 0)
		return conf_fault_memory(err);
	rc = conf_check_nets(&check);
	if (rc == 0)
		rc = conf_check_scripts(&check);
	if (rc == 0)
		rc = conf_check_vrrp(&check);
	if (rc == 0)
		rc = conf_check_groups(&check);
	if (rc == 0)
		rc = conf_check_services(&check);
	if (rc == 0)
		rc = conf_check_tracks(&check);
	conf_nets_fini(&check.nets);
	return rc;
}

static int
parse(struct lb_conf *conf, const struct conf_text *text, struct lb_error *err)
{
	struct conf_reader reader = {
		.conf = conf,
		.arena = conf->arena,
		.text = text,
		.err = err,
	};
	config_t tree;
	int rc;

	config_init(&tree);
	if (config_read_string(&tree, text->bytes) == CONFIG_TRUE)
		rc = conf_read_root(&reader, config_root_setting(&tree));
	else
		rc = fault_syntax(&tree, text, err);
	config_destroy(&tree);
	return rc;
}

static struct lb_conf *
create(struct lb_error *err)
{
	struct conf_arena *arena = conf_arena_create();
	struct lb_conf *conf = arena == NULL ? NULL : conf_arena_alloc(arena, sizeof(*conf));

	if (conf == NULL) {
		conf_arena_destroy(arena);
		conf_fault_memory(err);
		return NULL;
	}
	conf->arena = arena;
	return conf;
}

/* From a text, which is freed, to the checked configuration; rc: of reading the text. */
static struct lb_conf *
finish(struct lb_conf *conf, struct conf_text *text, int rc, struct lb_error *err)
{
	if (rc == 0)
		rc = parse(conf, text, err);
	conf_text_fini(text);
	if (rc == 0)
		rc = check_all(conf, err);
	if (rc == 0 && conf_index_make(conf, conf->arena) != 0)
		rc = conf_fault_memory(err);
	if (rc == 0)
		return conf;
	lb_conf_destroy(conf);
	return NULL;
}

struct lb_conf *
lb_conf_load(const char *path, struct lb_error *err)
{
	struct lb_conf *conf = create(err);
	struct conf_text text;
	int rc;

	if (conf == NULL)
		return NULL;
	rc = conf_text_load(&text, path, conf->arena, err);
	return finish(conf, &text, rc, err);
}

struct lb_conf *
lb_conf_parse(const char *name, char *bytes, size_t n, struct lb_error *err)
{
	struct lb_conf *conf = create(err);
	struct conf_text text;
	int rc;

	if (conf == NULL)
		return NULL;
	rc = conf_text_take(&text, name, bytes, n, conf->arena, err);
	return finish(conf, &text, rc, err);
}

void
lb_conf_destroy(struct lb_conf *conf)
{
	if (conf == NULL)
		return;
	for (size_t i = 0; conf->base != NULL && i < conf->services_n; i++)
		conf_arena_destroy(conf->services[i].arena);
	conf_arena_destroy(conf->base);
	conf_arena_destroy(conf->arena);
}
