/* A director that is asked by its management socket: see rpc_bed.h. */

#include "rpc_bed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf_json.h"
#include "director.h"
#include "lb_clock.h"
#include "rpc.h"
#include "unit.h"

#define PATIENCE_MS 60000
#define LINE (4 << 20)

/* The director that is asked, and who asks. */
static struct {
	struct director *director;
	struct lb_conf conf;
	char folder[32];
	char path[64];
	int client;
	char *line;
	size_t length;
} bed;

void
bed_turn_control(void)
{
	uv_run(lb_control_loop(bed.director->control), UV_RUN_NOWAIT);
}

void
bed_turn_all(void)
{
	graph_turn();
	bed_turn_control();
}

struct director *
bed_begin(const struct graph_setup *setup)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct lb_error err = { 0 };

	bed.director = graph_boot_met(setup);
	strcpy(bed.folder, "/tmp/pollux-graph-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(bed.folder));
	snprintf(bed.path, sizeof(bed.path), "%s/sock", bed.folder);
	bed.conf = *bed.director->conf;
	bed.conf.rpc_socket = bed.path;
	bed.director->conf = bed.director->file = &bed.conf;
	CU_ASSERT_EQUAL_FATAL(rpc_start(bed.director, &err), 0);
	strcpy(address.sun_path, bed.path);
	bed.client = socket(AF_UNIX, SOCK_STREAM, 0);
	CU_ASSERT_EQUAL_FATAL(connect(bed.client, (struct sockaddr *)&address, sizeof(address)), 0);
	fcntl(bed.client, F_SETFL, O_NONBLOCK);
	bed.line = malloc(LINE);
	bed.length = 0;
	return bed.director;
}

const char *
bed_folder(void)
{
	return bed.folder;
}

void
bed_save(const char *path)
{
	json_t *conf = conf_json(bed.director->conf), *value;
	FILE *out = fopen(path, "w");
	const char *key;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	json_object_foreach(conf, key, value) {
		fprintf(out, "%s = ", key);
		conf_json_write(value, out);
		fputs(";\n", out);
	}
	fclose(out);
	json_decref(conf);
}

void
bed_end(void)
{
	graph_end();
	close(bed.client);
	free(bed.line);
	CU_ASSERT_EQUAL(rmdir(bed.folder), 0);
}

void
bed_ask(const char *method, const char *params)
{
	char request[512];
	int n = snprintf(request, sizeof(request),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}\n", method, params);

	CU_ASSERT_EQUAL_FATAL(write(bed.client, request, (size_t)n), n);
}

json_t *
bed_answer(void)
{
	ssize_t n = read(bed.client, bed.line + bed.length, LINE - bed.length);
	const char *end;
	json_t *json;

	if (n > 0)
		bed.length += (size_t)n;
	end = memchr(bed.line, '\n', bed.length);
	if (end == NULL)
		return NULL;
	n = end + 1 - bed.line;
	json = json_loadb(bed.line, (size_t)n, 0, NULL);
	bed.length -= (size_t)n;
	memmove(bed.line, bed.line + n, bed.length);
	return json;
}

json_t *
bed_await(void (*turn)(void))
{
	uint64_t deadline = lb_clock_ms() + PATIENCE_MS;
	json_t *json;

	while ((json = bed_answer()) == NULL && lb_clock_ms() < deadline)
		turn();
	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	return json;
}

json_t *
bed_call(const char *method, const char *params)
{
	json_t *whole, *result;

	bed_ask(method, params);
	whole = bed_await(bed_turn_all);
	result = json_incref(json_object_get(whole, "result"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(result);
	json_decref(whole);
	return result;
}

json_int_t
bed_number(const char *method, const char *params, const char *key)
{
	json_t *result = bed_call(method, params);
	json_int_t n = json_integer_value(json_object_get(result, key));

	json_decref(result);
	return n;
}

void
bed_done(const char *method, const char *params)
{
	json_decref(bed_call(method, params));
}

void
bed_refused(const char *method, const char *params, const char *word, const char *sentence)
{
	const json_t *error;
	const char *said;
	json_t *json;

	bed_ask(method, params);
	json = bed_await(bed_turn_all);
	error = json_object_get(json, "error");
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	said = json_string_value(json_object_get(error, "message"));
	CU_ASSERT_STRING_EQUAL(said, sentence);
	if (strcmp(said, sentence) != 0)
		printf("# wanted: %s\n# got:    %s\n", sentence, said);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(json_object_get(error, "data"), "code")), word);
	json_decref(json);
}
