/*
 * A configuration that is too large to be put in place at once: what is seen while it goes on, what
 * waits for it, and what is left of it when it fails or the director ends in the middle.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_edit.h"
#include "conf_json.h"
#include "director.h"
#include "rpc_bed.h"
#include "unit.h"

/* So many take longer than control works in one turn. */
#define SERVICES 3000

static struct director *director;
static char path[64];

/* Services s1 and on, each with a server of this weight; NULL or what stands behind them. */
static char *
services_text(uint32_t weight, uint32_t server, const char *more)
{
	char *text = malloc(SERVICES * 160 + 512);
	size_t n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (uint32_t i = 1; i <= SERVICES; i++)
		n += (size_t)sprintf(text + n,
			"%s{ name = \"s%u\"; address = \"10.1.0.200\"; port = %u; servers = ("
			" { address = \"10.2.0.%u\"; weight = %u; } ); }",
			i == 1 ? "" : ",", i, i, server, weight);
	if (more != NULL)
		strcpy(text + n, more);
	return text;
}

/* Let the file have these services, and these routes if there are any. */
static void
save(char *services, json_t *routes)
{
	struct lb_conf *conf = graph_conf(services);
	json_t *whole = conf_json(director->conf), *changed = conf_json(conf);
	struct lb_error err = { 0 };
	FILE *file = fopen(path, "w");
	char *text;
	size_t n;

	json_object_set(whole, "services", json_object_get(changed, "services"));
	if (routes != NULL)
		json_object_set_new(whole, "routes", routes);
	text = conf_edit_text(whole, &n, &err);
	CU_ASSERT_FATAL(file != NULL && text != NULL);
	CU_ASSERT_EQUAL(fwrite(text, 1, n, file), n);
	fclose(file);
	free(text);
	json_decref(whole);
	json_decref(changed);
	lb_conf_destroy(conf);
	free(services);
}

static void
begin(void)
{
	char *text = services_text(1, 21, NULL);

	director = bed_begin(&(struct graph_setup){ .services = text });
	free(text);
	snprintf(path, sizeof(path), "%s/conf", bed_folder());
	director->path = path;
}

static void
end(void)
{
	unlink(path);
	bed_end();
}

/* What workers find as the weight of a service's first server. */
static uint32_t
weight_of(const char *name)
{
	return lb_svc_find_name(lb_svc_root(director->services), name)->servers[0].weight;
}

static uint32_t
slot_of(uint32_t service, const char *address)
{
	struct lb_endpoint at = { .port = rte_cpu_to_be_16((uint16_t)service) };
	char name[16];

	snprintf(name, sizeof(name), "s%u", service);
	CU_ASSERT_EQUAL(lb_addr_parse(address, &at.addr), 0);
	return lb_slots_lookup(director->slots, name, &at);
}

/* Turn until the first service of the file has been made; whether the last one has not. */
static bool
turn_into_the_middle(void)
{
	for (int i = 0; i < 1000000 && slot_of(1, "10.2.0.22") == LB_SLOT_NONE; i++)
		bed_turn_all();
	return slot_of(1, "10.2.0.22") != LB_SLOT_NONE &&
	       slot_of(SERVICES, "10.2.0.22") == LB_SLOT_NONE;
}

static void
all_services_change_at_once_many_turns_later(void)
{
	uint32_t turns = 0, first, last;
	json_t *answer;

	begin();
	save(services_text(5, 22, NULL), NULL);
	bed_ask("config.reload", "{}");
	CU_ASSERT_TRUE(turn_into_the_middle());
	while ((answer = bed_answer()) == NULL && turns < 1000000) {
		bed_turn_all();
		first = weight_of("s1");
		last = weight_of("s3000");
		CU_ASSERT_EQUAL(first, last);
		CU_ASSERT_EQUAL(lb_svc_revision(director->services), first == 5 ? 2 : 1);
		CU_ASSERT_EQUAL(director->conf->services[0].servers[0].weight, first);
		turns++;
	}
	CU_ASSERT_TRUE(turns > 3);
	CU_ASSERT_EQUAL(weight_of("s3000"), 5);
	json_decref(answer);
	end();
}

/* The revision that the next answer tells. */
static json_int_t
revision_told(void)
{
	json_t *answer = bed_await(bed_turn_all);
	json_int_t revision =
		json_integer_value(json_object_get(json_object_get(answer, "result"), "revision"));

	json_decref(answer);
	return revision;
}

static void
a_change_waits_for_the_reload_before_it(void)
{
	begin();
	save(services_text(5, 22, NULL), NULL);
	bed_ask("config.reload", "{}");
	CU_ASSERT_TRUE(turn_into_the_middle());
	bed_ask("server.set", "{\"service\":\"s7\",\"server\":\"10.2.0.22:7\",\"weight\":9}");
	CU_ASSERT_EQUAL(revision_told(), 2);
	CU_ASSERT_EQUAL(revision_told(), 3);
	CU_ASSERT_EQUAL(weight_of("s7"), 9);
	CU_ASSERT_EQUAL(weight_of("s8"), 5);
	end();
}

/* It is on no port's subnet, and that there is no route is found out when one is looked for. */
#define LOST                                                                                       \
	",{ name = \"lost\"; address = \"10.1.0.200\"; port = 4000; forward = \"tun\"; servers = " \
	"("                                                                                        \
	" { address = \"192.0.2.9\"; } ); }"

static void
an_error_at_the_end_undoes_all(void)
{
	const char *said;
	json_t *answer;

	begin();
	save(services_text(5, 22, LOST), json_array());
	bed_ask("config.reload", "{}");
	CU_ASSERT_TRUE(turn_into_the_middle());
	answer = bed_await(bed_turn_all);
	said = json_string_value(json_object_get(json_object_get(answer, "error"), "message"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(said);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "server 192.0.2.9:4000: no port's subnet and no "
					    "route holds it; add a route"));
	for (int i = 0; i < 100000 && slot_of(SERVICES, "10.2.0.22") != LB_SLOT_NONE; i++)
		bed_turn_all();
	CU_ASSERT_EQUAL(slot_of(1, "10.2.0.22"), LB_SLOT_NONE);
	CU_ASSERT_EQUAL(slot_of(SERVICES, "10.2.0.22"), LB_SLOT_NONE);
	CU_ASSERT_EQUAL(weight_of("s1"), 1);
	CU_ASSERT_EQUAL(lb_svc_revision(director->services), 1);
	bed_done("server.set", "{\"service\":\"s7\",\"server\":\"10.2.0.21:7\",\"weight\":9}");
	CU_ASSERT_EQUAL(weight_of("s7"), 9);
	json_decref(answer);
	end();
}

/* Sanitizers see what is left behind. */
static void
the_director_may_end_in_the_middle(void)
{
	begin();
	save(services_text(5, 22, NULL), NULL);
	bed_ask("config.reload", "{}");
	CU_ASSERT_TRUE(turn_into_the_middle());
	unlink(path);
	bed_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(all_services_change_at_once_many_turns_later),
	UNIT_TEST(a_change_waits_for_the_reload_before_it),
	UNIT_TEST(an_error_at_the_end_undoes_all),
	UNIT_TEST(the_director_may_end_in_the_middle),
	UNIT_END,
};

const struct unit_suite graph_reload = { "reload", tests };
