#pragma once
/** @file The configuration of the case `config`, as a file. */

#include <stdint.h>

#include "lb_error.h"

/** Of the largest size that is promised: servers at 1,000 addresses, services at 100 VIPs. */
#define SCALE_SERVICES 10000
#define SCALE_SERVERS 10

/** Room for what scale_conf_server() writes. */
#define SCALE_TEXT 24

/** Write it to a file; weights of all servers begin at `weight`. 0 or -errno with err. */
int scale_conf_write(const char *path, const char *socket, uint32_t weight, struct lb_error *err);

/** "10.2.0.1:1000" of a server of a service. Writes into out and returns it. */
const char *scale_conf_server(uint32_t service, uint32_t server, char out[static SCALE_TEXT]);
