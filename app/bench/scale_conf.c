/* Services in the order of their numbers, so that each VIP has every hundredth: see scale_conf.h.
 */

#include "scale_conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VIPS 100
#define ADDRESSES 1000

static uint32_t
port_of(uint32_t service)
{
	return 1000 + service / VIPS;
}

const char *
scale_conf_server(uint32_t service, uint32_t server, char out[static SCALE_TEXT])
{
	uint32_t number = (service * SCALE_SERVERS + server) % ADDRESSES;

	snprintf(
		out, SCALE_TEXT, "10.2.%u.%u:%u", number / 250, number % 250 + 1, port_of(service));
	return out;
}

static void
write_service(FILE *file, uint32_t service, uint32_t weight)
{
	char text[SCALE_TEXT];

	fprintf(file, "%s\n  { name = \"s%u\"; address = \"10.1.1.%u\"; port = %u;",
		service == 0 ? "" : ",", service, service % VIPS + 1, port_of(service));
	fprintf(file, " forward = \"tun\"; servers = (");
	for (uint32_t s = 0; s < SCALE_SERVERS; s++) {
		scale_conf_server(service, s, text);
		*strchr(text, ':') = '\0';
		fprintf(file, "%s\n    { address = \"%s\"; port = %u; weight = %u; }",
			s == 0 ? "" : ",", text, port_of(service), weight + s);
	}
	fprintf(file, " ); }");
}

int
scale_conf_write(const char *path, const char *socket, uint32_t weight, struct lb_error *err)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		return lb_error_set(err, errno, "%s: it cannot be written (%s); make room in /tmp",
			path, strerror(errno));
	fprintf(file,
		"cpu: { control = 1; workers = [ 0 ]; };\n"
		"log: { level = \"error\"; };\n"
		"memory: { connections = 1024; };\n"
		"rpc: { socket = \"%s\"; };\n"
		"ports: ( { name = \"wan\"; device = \"net_ring_wan\"; rx_queues = 1;\n"
		"           addresses = [ \"10.1.0.11/16\" ]; },\n"
		"         { name = \"lan\"; device = \"net_ring_lan\"; rx_queues = 1;\n"
		"           addresses = [ \"10.2.255.11/16\" ]; } );\n"
		"vips: (",
		socket);
	for (uint32_t v = 0; v < VIPS; v++)
		fprintf(file, "%s \"10.1.1.%u\"", v == 0 ? "" : ",", v + 1);
	fprintf(file, " );\nservices: (");
	for (uint32_t i = 0; i < SCALE_SERVICES; i++)
		write_service(file, i, weight);
	fprintf(file, " );\n");
	if (fclose(file) == 0)
		return 0;
	return lb_error_set(err, errno, "%s: it cannot be written (%s); make room in /tmp", path,
		strerror(errno));
}
