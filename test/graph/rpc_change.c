/*
 * Changes by the management socket, seen in what leaves the director: permanent neighbours, and
 * what a reload does to changes that the file does not have.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf_json.h"
#include "director.h"
#include "rpc_bed.h"
#include "unit.h"

static struct director *director;

#define FIXED_MAC UINT64_C(0x020000000099)
#define FIXED "\"mac\":\"02:00:00:00:00:99\""
#define SERVER "\"address\":\"10.2.0.21\""

/* One service with one server. */
static void
begin(void)
{
	director = bed_begin(&(struct graph_setup){
		.connections = 4096,
		.services = "{ name = \"web\"; address = \"10.1.0.200\"; port = 80;"
			    "  servers = ( { address = \"10.2.0.21\"; } ); }",
	});
}

/* What neigh.list says of an address, as "mac state kind"; "": it is not in it. */
static const char *
listed(const char *address)
{
	static char text[64];
	json_t *list = bed_call("neigh.list", "{\"limit\":1000}"), *item;
	size_t i;

	text[0] = '\0';
	json_array_foreach(json_object_get(list, "items"), i, item) {
		const char *mac = json_string_value(json_object_get(item, "mac"));

		if (strcmp(json_string_value(json_object_get(item, "address")), address) == 0)
			snprintf(text, sizeof(text), "%s %s %s", mac == NULL ? "-" : mac,
				json_string_value(json_object_get(item, "state")),
				json_string_value(json_object_get(item, "kind")));
	}
	json_decref(list);
	return text;
}

/* The MAC that a new flow to the server leaves for. */
static uint64_t
sent_to(void)
{
	static uint32_t flows;
	struct frame_flow flow = frame_flow(flows++, 80);
	struct frame syn = frame_tcp(&flow, TCP_SYN, 0), out = { 0 };

	graph_send(WAN, &syn);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	return frame_get_mac(&out, 0);
}

static void
a_permanent_neighbour_is_where_it_was_said_to_be(void)
{
	begin();
	CU_ASSERT_EQUAL(sent_to(), SERVER_MAC(0));
	bed_done("neigh.add", "{" SERVER "," FIXED "}");
	CU_ASSERT_EQUAL(sent_to(), FIXED_MAC);
	CU_ASSERT_STRING_EQUAL(listed("10.2.0.21"), "02:00:00:00:00:99 permanent pinned");
	graph_announce(LAN, SERVER_MAC(0), SERVER_IP(0));
	CU_ASSERT_EQUAL(sent_to(), FIXED_MAC);
	bed_end();
}

static void
a_server_that_is_deleted_is_asked_for_anew(void)
{
	struct frame request =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, LAN_MAC, LAN_IP, 0, SERVER_IP(0));

	begin();
	bed_done("neigh.add", "{" SERVER "," FIXED "}");
	graph_drain(LAN, 0);
	bed_done("neigh.delete", "{" SERVER "}");
	GRAPH_EXPECT(LAN, TYPE_ARP, &request);
	CU_ASSERT_STRING_EQUAL(listed("10.2.0.21"), "- incomplete pinned");
	graph_announce(LAN, SERVER_MAC(0), SERVER_IP(0));
	CU_ASSERT_EQUAL(sent_to(), SERVER_MAC(0));
	bed_end();
}

static void
a_client_that_is_deleted_is_forgotten(void)
{
	struct frame asks_us = frame_arp(ARP_REQUEST, BROADCAST_MAC, NEAR_MAC, NEAR_IP, 0, WAN_IP);

	begin();
	graph_announce(WAN, NEAR_MAC, NEAR_IP);
	CU_ASSERT_STRING_EQUAL(listed("10.1.0.50"), "");
	graph_send(WAN, &asks_us);
	CU_ASSERT_STRING_EQUAL(listed("10.1.0.50"), "02:00:00:01:00:32 reachable learnt");
	bed_done("neigh.delete", "{\"address\":\"10.1.0.50\",\"port\":\"wan\"}");
	CU_ASSERT_STRING_EQUAL(listed("10.1.0.50"), "");
	bed_done("neigh.add", "{\"address\":\"10.1.0.50\",\"port\":\"wan\"," FIXED "}");
	CU_ASSERT_STRING_EQUAL(listed("10.1.0.50"), "02:00:00:00:00:99 permanent pinned");
	bed_done("neigh.delete", "{\"address\":\"10.1.0.50\"}");
	CU_ASSERT_STRING_EQUAL(listed("10.1.0.50"), "");
	bed_end();
}

/* It is heard of, as it asks for us, though no port has its subnet. */
static void
a_neighbour_of_no_subnet_is_deleted_by_its_port(void)
{
	struct frame asks_us =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, NEAR_MAC, IP(10, 9, 0, 50), 0, WAN_IP);

	begin();
	graph_send(WAN, &asks_us);
	CU_ASSERT_STRING_EQUAL(listed("10.9.0.50"), "02:00:00:01:00:32 reachable learnt");
	bed_done("neigh.delete", "{\"address\":\"10.9.0.50\",\"port\":\"wan\"}");
	CU_ASSERT_STRING_EQUAL(listed("10.9.0.50"), "");
	bed_end();
}

static void
what_is_no_neighbour_is_refused(void)
{
	begin();
	bed_refused("neigh.add", "{\"address\":\"shop\"," FIXED "}", "invalid_params",
		"parameter \"address\" is \"shop\"; give the address of a host");
	bed_refused("neigh.add", "{\"address\":\"224.0.0.1\"," FIXED "}", "invalid_params",
		"parameter \"address\" is \"224.0.0.1\"; give the address of a host");
	bed_refused("neigh.add", "{\"address\":\"fe80::1\"," FIXED "}", "invalid_params",
		"neighbour fe80::1: a link-local address may be on any link; name its port");
	bed_refused("neigh.add", "{\"address\":\"10.9.0.1\"," FIXED "}", "invalid_params",
		"neighbour 10.9.0.1: no port has a subnet with it; give an address on a link");
	bed_refused("neigh.add", "{" SERVER ",\"port\":\"wan\"," FIXED "}", "invalid_params",
		"neighbour 10.2.0.21: port \"wan\" has no subnet with it; give an address on a "
		"link");
	bed_refused("neigh.add", "{\"address\":\"10.2.0.11\"," FIXED "}", "invalid_params",
		"neighbour 10.2.0.11: the address is our own; give that of another host");
	bed_refused("neigh.add", "{\"address\":\"10.1.0.200\"," FIXED "}", "invalid_params",
		"neighbour 10.1.0.200: the address is our own; give that of another host");
	bed_refused("neigh.add", "{" SERVER ",\"mac\":\"ff:ff:ff:ff:ff:ff\"}", "invalid_params",
		"parameter \"mac\" is \"ff:ff:ff:ff:ff:ff\"; give the MAC of a host as "
		"02:00:00:00:00:01");
	bed_refused("neigh.add", "{" SERVER ",\"mac\":\"00:00:00:00:00:00\"}", "invalid_params",
		"parameter \"mac\" is \"00:00:00:00:00:00\"; give the MAC of a host as "
		"02:00:00:00:00:01");
	bed_refused("neigh.add", "{" SERVER ",\"mac\":\"02:00\"}", "invalid_params",
		"parameter \"mac\" is \"02:00\"; give the MAC of a host as 02:00:00:00:00:01");
	bed_refused("neigh.add", "{" SERVER ",\"port\":\"dmz\"," FIXED "}", "unknown_port",
		"port \"dmz\": there is none; port.list names them");
	CU_ASSERT_EQUAL(sent_to(), SERVER_MAC(0));
	bed_end();
}

static void
what_cannot_be_done_now_is_refused(void)
{
	begin();
	bed_refused("neigh.delete", "{\"address\":\"10.2.0.99\"}", "not_found",
		"neighbour 10.2.0.99 on port \"lan\": there is none; neigh.list shows them");
	bed_refused("neigh.add", "{" SERVER "," FIXED ",\"if_revision\":7}", "revision_mismatch",
		"revision 7 was asked for, but 1 is in force; look at it and ask again");
	bed_done("neigh.add", "{" SERVER "," FIXED ",\"dry_run\":true}");
	bed_done("neigh.delete", "{" SERVER ",\"dry_run\":true}");
	CU_ASSERT_EQUAL(sent_to(), SERVER_MAC(0));
	CU_ASSERT_EQUAL(
		bed_number("neigh.add", "{" SERVER "," FIXED ",\"if_revision\":1}", "revision"), 1);
	bed_refused("neigh.add", "{" SERVER ",\"mac\":\"02:00:00:00:00:98\"}", "exists",
		"neighbour 10.2.0.21 on port \"lan\": it is permanent already, at "
		"02:00:00:00:00:99; delete it first");
	CU_ASSERT_EQUAL(sent_to(), FIXED_MAC);
	bed_end();
}

static void
begin_with_file(char path[96])
{
	begin();
	snprintf(path, 96, "%s/conf", bed_folder());
	director->path = path;
	bed_save(path);
}

static void
end_with_file(const char *path)
{
	CU_ASSERT_EQUAL(unlink(path), 0);
	bed_end();
}

/* Reload; what is discarded is this list. Returns the revision. */
static json_int_t
reload(const char *params, const char *wanted)
{
	json_t *result = bed_call("config.reload", params), *want = json_loads(wanted, 0, NULL);
	json_int_t revision = json_integer_value(json_object_get(result, "revision"));

	CU_ASSERT_TRUE(json_equal(json_object_get(result, "discarded"), want));
	json_decref(result);
	json_decref(want);
	return revision;
}

#define WEIGHT "{\"service\":\"web\",\"server\":\"10.2.0.21:80\",\"weight\":7}"
#define ADDED                                                                                      \
	"{\"service\":\"web\",\"address\":\"10.2.0.22\",\"port\":80,\"weight\":1,"                 \
	"\"upper\":0,\"lower\":0}"

static json_int_t
weight(void)
{
	json_t *service = bed_call("service.get", "{\"name\":\"web\"}");
	json_t *server = json_array_get(json_object_get(service, "servers"), 0);
	json_int_t n = json_integer_value(json_object_get(server, "weight"));

	json_decref(service);
	return n;
}

static void
a_reload_tells_what_it_takes_back_once(void)
{
	char path[96];

	begin_with_file(path);
	CU_ASSERT_EQUAL(reload("{}", "[]"), 2);
	bed_done("server.set", WEIGHT);
	bed_done("server.add", ADDED);
	CU_ASSERT_EQUAL(reload("{}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "},"
				     "{\"method\":\"server.add\",\"params\":" ADDED "}]"),
		5);
	CU_ASSERT_EQUAL(weight(), 1);
	CU_ASSERT_EQUAL(reload("{}", "[]"), 6);
	end_with_file(path);
}

static void
a_change_that_was_saved_is_not_discarded(void)
{
	char path[96];

	begin_with_file(path);
	bed_done("server.set", WEIGHT);
	bed_save(path);
	bed_done("server.add", ADDED);
	reload("{}", "[{\"method\":\"server.add\",\"params\":" ADDED "}]");
	CU_ASSERT_EQUAL(weight(), 7);
	/* Compared is with the file that was read last. */
	bed_done("server.set", "{\"service\":\"web\",\"server\":\"10.2.0.21:80\",\"weight\":1}");
	bed_done("server.set", WEIGHT);
	reload("{}", "[]");
	end_with_file(path);
}

static void
a_dry_reload_tells_the_same_and_takes_nothing_back(void)
{
	char path[96];

	begin_with_file(path);
	bed_done("server.set", WEIGHT);
	CU_ASSERT_EQUAL(
		reload("{\"dry_run\":true}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "}]"),
		2);
	CU_ASSERT_EQUAL(weight(), 7);
	bed_refused("config.reload", "{\"if_revision\":9}", "revision_mismatch",
		"revision 9 was asked for, but 2 is in force; look at it and ask again");
	CU_ASSERT_EQUAL(weight(), 7);
	reload("{\"if_revision\":2}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "}]");
	end_with_file(path);
}

static void
a_reload_that_is_refused_takes_nothing_back(void)
{
	char path[96], wrong[128], sentence[256];
	FILE *file;

	begin_with_file(path);
	bed_done("server.set", WEIGHT);
	snprintf(wrong, sizeof(wrong), "%s.wrong", path);
	file = fopen(wrong, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs("vipss = 3;\n", file);
	fclose(file);
	director->path = wrong;
	snprintf(sentence, sizeof(sentence), "%s:1: unknown key \"vipss\"; did you mean \"vips\"?",
		wrong);
	bed_refused("config.reload", "{}", "invalid_configuration", sentence);
	CU_ASSERT_EQUAL(weight(), 7);
	CU_ASSERT_EQUAL(unlink(wrong), 0);
	director->path = path;
	reload("{}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "}]");
	end_with_file(path);
}

static void
a_permanent_neighbour_outlives_a_reload(void)
{
	char path[96];

	begin_with_file(path);
	bed_done("neigh.add", "{" SERVER "," FIXED "}");
	reload("{}", "[]");
	CU_ASSERT_EQUAL(sent_to(), FIXED_MAC);
	CU_ASSERT_STRING_EQUAL(listed("10.2.0.21"), "02:00:00:00:00:99 permanent pinned");
	end_with_file(path);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_permanent_neighbour_is_where_it_was_said_to_be),
	UNIT_TEST(a_server_that_is_deleted_is_asked_for_anew),
	UNIT_TEST(a_client_that_is_deleted_is_forgotten),
	UNIT_TEST(a_neighbour_of_no_subnet_is_deleted_by_its_port),
	UNIT_TEST(what_is_no_neighbour_is_refused),
	UNIT_TEST(what_cannot_be_done_now_is_refused),
	UNIT_TEST(a_reload_tells_what_it_takes_back_once),
	UNIT_TEST(a_change_that_was_saved_is_not_discarded),
	UNIT_TEST(a_dry_reload_tells_the_same_and_takes_nothing_back),
	UNIT_TEST(a_reload_that_is_refused_takes_nothing_back),
	UNIT_TEST(a_permanent_neighbour_outlives_a_reload),
	UNIT_END,
};

const struct unit_suite graph_rpc_change = { "rpc_change", tests };
