#pragma once
/*
 * What the suites of the configuration share: texts become files of a folder of their own, which
 * is the working directory, so that a sentence begins with "pollux.conf:LINE: ".
 */

#include "lb_conf.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two ports and a VIP, on line 1. */
#define NETS                                                                                       \
	"ports = ( { name = \"wan\"; device = \"d0\"; addresses = [ \"10.1.0.11/24\" ]; },"        \
	"{ name = \"lan\"; device = \"d1\"; addresses = [ \"10.2.0.11/24\" ]; } );"                \
	"vips = [ \"10.1.0.200\" ];\n"

/* A text, and the sentence that refuses it. */
struct fixture_fault {
	const char *text;
	const char *sentence;
};

static inline void
fixture_file(const char *name, const char *bytes, size_t n)
{
	FILE *file = fopen(name, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(bytes, 1, n, file), n);
	CU_ASSERT_EQUAL(fclose(file), 0);
}

/* Go to a new folder. */
static inline void
fixture_enter(char folder[static 32])
{
	strcpy(folder, "/tmp/pollux-conf-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	CU_ASSERT_EQUAL_FATAL(chdir(folder), 0);
}

/* Remove the folder; what else the test made there it has removed itself. */
static inline void
fixture_leave(const char *folder)
{
	unlink("pollux.conf");
	CU_ASSERT_EQUAL(chdir("/"), 0);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

/* Load pollux.conf of the working directory. */
static inline struct lb_conf *
fixture_load(struct lb_error *err)
{
	memset(err, 0, sizeof(*err));
	return lb_conf_load("pollux.conf", err);
}

/* Load n bytes that are refused with this sentence. */
static inline void
fixture_refused_bytes(const char *bytes, size_t n, const char *sentence)
{
	struct lb_conf *conf;
	struct lb_error err;

	fixture_file("pollux.conf", bytes, n);
	conf = fixture_load(&err);
	CU_ASSERT_PTR_NULL(conf);
	lb_conf_destroy(conf);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
	if (strcmp(err.text, sentence) != 0)
		printf("# wanted: %s\n# got:    %s\n", sentence, err.text);
}

static inline void
fixture_refused(const char *text, const char *sentence)
{
	fixture_refused_bytes(text, strlen(text), sentence);
}

/* Each of n texts is refused with its sentence. */
static inline void
fixture_faults(const struct fixture_fault *faults, size_t n)
{
	char folder[32];

	fixture_enter(folder);
	for (size_t i = 0; i < n; i++)
		fixture_refused(faults[i].text, faults[i].sentence);
	fixture_leave(folder);
}

/* A text that must load. */
static inline struct lb_conf *
fixture_good(const char *text)
{
	struct lb_conf *conf;
	struct lb_error err;
	char folder[32];

	fixture_enter(folder);
	fixture_file("pollux.conf", text, strlen(text));
	conf = fixture_load(&err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	fixture_leave(folder);
	CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
	return conf;
}
