/* The configuration of the bed: services at one address, and servers on the link of the lan port.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bed.h"

#define SERVERS 10

static struct bench_case
complete(const struct bench_case *what)
{
	struct bench_case full = *what;

	if (full.forward == NULL)
		full.forward = "dr";
	if (full.scheduler == NULL)
		full.scheduler = "rr";
	if (full.unknown == NULL)
		full.unknown = "rst";
	full.services = bed_services(what);
	full.servers = bed_servers(what);
	if (full.weights == 0)
		full.weights = 1;
	return full;
}

uint32_t
bed_services(const struct bench_case *what)
{
	return what->services == 0 ? 1 : what->services;
}

uint32_t
bed_servers(const struct bench_case *what)
{
	return what->servers == 0 ? SERVERS : what->servers;
}

/* DR and TUN leave the port as it is. */
static uint32_t
server_port(const struct bench_case *what, uint32_t service)
{
	return strcmp(what->forward, "nat") == 0 ? FRAME_SERVER_PORT : FRAME_VIP_PORT(service);
}

static void
write_address(FILE *file, uint32_t address)
{
	fprintf(file, "\"%u.%u.%u.%u\"", address >> 24, address >> 16 & 255, address >> 8 & 255,
		address & 255);
}

static void
write_service(FILE *file, const struct bench_case *what, uint32_t service)
{
	fprintf(file, "%s{ name = \"bench%u\"; address = ", service == 0 ? "" : ",\n", service);
	write_address(file, FRAME_VIP);
	fprintf(file,
		"; port = %u; scheduler = \"%s\"; forward = \"%s\"; unknown = \"%s\"; "
		"servers = (",
		FRAME_VIP_PORT(service), what->scheduler, what->forward, what->unknown);
	for (uint32_t i = 0; i < what->servers; i++) {
		fprintf(file, "%s { address = ", i == 0 ? "" : ",");
		write_address(file, FRAME_SERVER(i));
		fprintf(file, "; port = %u; weight = %u; }", server_port(what, service),
			i % what->weights + 1);
	}
	fprintf(file, " ); }");
}

/* Control has a CPU of its own, so that the pool of packet buffers is that of a fast set-up. */
static void
write_conf(FILE *file, const struct bench_case *what, uint32_t connections, uint32_t workers)
{
	fprintf(file, "cpu: { control = %u; workers = [ 0", workers);
	for (uint32_t w = 1; w < workers; w++)
		fprintf(file, ", %u", w);
	fprintf(file,
		" ]; };\n"
		"memory: { connections = %u; };\n"
		"ports: ( { name = \"wan\"; device = \"net_ring_wan\"; rx_queues = %u;\n"
		"           addresses = [ \"10.1.0.11/24\" ]; },\n"
		"         { name = \"lan\"; device = \"net_ring_lan\"; rx_queues = %u;\n"
		"           addresses = [ \"10.2.0.11/16\" ]; } );\n"
		"routes: ( { to = \"0.0.0.0/0\"; via = ",
		connections, workers, workers);
	write_address(file, FRAME_ROUTER);
	fprintf(file, "; } );\nvips: [ ");
	write_address(file, FRAME_VIP);
	fprintf(file, " ];\nservices: ( ");
	for (uint32_t i = 0; i < what->services; i++)
		write_service(file, what, i);
	fprintf(file, " );\n");
}

/* Room for all of the table's connections, and for those beside them. */
static uint32_t
capacity(const struct plan *plan)
{
	uint32_t beside = plan->what->room == 0 ? 0 : plan->connections / plan->what->room;

	return RTE_MAX(plan->connections + beside, plan->workers * BED_CONNECTIONS_LEAST);
}

struct lb_conf *
bed_conf(const struct plan *plan, struct lb_error *err)
{
	struct bench_case full = complete(plan->what);
	struct lb_conf *conf = NULL;
	char *text = NULL;
	size_t n = 0;
	FILE *file = open_memstream(&text, &n);

	if (file == NULL) {
		lb_error_set(err, errno,
			"memory for the configuration of case \"%s\" is not there; free some",
			full.name);
		return NULL;
	}
	write_conf(file, &full, capacity(plan), plan->workers);
	fclose(file);
	conf = lb_conf_parse("", text, n, err);
	free(text);
	return conf;
}
