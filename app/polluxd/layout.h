#pragma once
/**
 * @file
 * What a configuration becomes for workers, while it is made. Nobody sees it before it is
 * published (apply.c), and it can be given up at any time. Control lcore.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_conf.h"
#include "lb_error.h"
#include "lb_route.h"
#include "lb_svc.h"
#include "lb_vip.h"

struct director;

/** Neighbours that are pinned, one pin for each. */
struct layout_pins {
	uint32_t *hops;
	size_t n;
};

/** Zeroed at first, but for director and conf. Freed by layout_free(). */
struct layout {
	struct director *director;
	const struct lb_conf *conf;
	struct layout_pins kept;    /**< Gateways and peers: as long as the configuration runs. */
	struct layout_pins passing; /**< Servers: until versions of services have them pinned. */
	struct lb_route *routes;
	size_t routes_n;
	struct lb_route_table *table;      /**< Made of routes; owned. */
	const struct lb_route_table *ways; /**< To servers: it, or the one that is in force. */
	struct lb_vip *vips;
	size_t vips_n;
	struct lb_vip_table *vip_table; /**< Made of vips; owned. */
	struct lb_svc_next *next;       /**< All services that were planned. */
	struct lb_svc_spec spec;        /**< The service that was planned last, of which are */
	struct lb_svc_server_spec *servers;
	struct lb_svc_match *matches;
	struct lb_sched_option *options;
};

/** Make room for a whole configuration, or for one service of it. 0 or -ENOMEM. */
int layout_make(struct layout *layout);
int layout_make_one(struct layout *layout, const struct lb_conf_service *service);

/** Plan neighbours of gateways and peers, routes, and addresses. 0 or -errno with err. */
int layout_all_but_services(struct layout *layout, struct lb_error *err);

/** Whether something will be ours, as it is, that is not now. */
bool layout_has_more(const struct layout *layout);

/** Plan one service: layout->spec. 0 or -errno with err. */
int layout_one(struct layout *layout, const struct lb_conf_service *from, struct lb_error *err);

/** Undo up to n pins, the last first; whether there are more. */
bool layout_unpin(struct layout *layout, struct layout_pins *pins, size_t n);

/** Free what it still has; pins that it has are left as they are. */
void layout_free(struct layout *layout);

/** Say so. -ENOMEM. */
int layout_out_of_memory(struct lb_error *err);
