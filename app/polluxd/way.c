/* Asked anew each time, so a changed route or MAC is followed at once. */

#include "way.h"

#include "director.h"
#include "lb_route.h"

uint64_t
way_find(const struct director *director, const struct lb_addr *addr)
{
	const struct lb_neigh_view *neigh = lb_neigh_view(director->neigh);
	const struct lb_route *route = lb_route_find(lb_route_current(), addr);
	uint32_t hop;

	if (route == NULL)
		return 0;
	hop = route->hop != 0 ? route->hop : lb_neigh_find(neigh, route->port, addr);
	return hop == 0 ? 0 : lb_neigh_word(neigh, hop);
}
