/* The table of cases: see case.h. */

#include "case.h"

#include <stddef.h>
#include <string.h>

#include "scale.h"
#include "walk.h"

/* Numbers of connections: what fits the caches, what directors have, and what no cache helps. */
static const uint32_t usual[] = { 1000, 1000000, 4000000, 0 };
static const uint32_t many[] = { 1000, 1000000, 4000000, 10000000, 0 };
static const uint32_t million[] = { 1000000, 0 };

const struct bench_case bench_cases[] = {
	{ .name = "empty", .walk = walk_empty, .traffic = &bench_established },
	{ .name = "l2", .walk = walk_l2, .traffic = &bench_established },
	{
		.name = "dr",
		.walk = walk_director,
		.traffic = &bench_established,
		.sizes = many,
	},
	{
		.name = "nat",
		.walk = walk_director,
		.traffic = &bench_established,
		.sizes = usual,
		.forward = "nat",
	},
	{
		.name = "nat-reply",
		.walk = walk_director,
		.traffic = &bench_established,
		.sizes = usual,
		.replies = true,
		.forward = "nat",
	},
	{
		.name = "tun",
		.walk = walk_director,
		.traffic = &bench_established,
		.sizes = many,
		.forward = "tun",
	},
	{ .name = "new", .walk = walk_director, .traffic = &bench_fresh, .sizes = usual },
	{
		.name = "new-wrr-100",
		.walk = walk_director,
		.traffic = &bench_fresh,
		.sizes = usual,
		.scheduler = "wrr",
		.servers = 100,
		.weights = 10,
	},
	{
		.name = "new-wlc-100",
		.walk = walk_director,
		.traffic = &bench_fresh,
		.sizes = million,
		.scheduler = "wlc",
		.servers = 100,
		.weights = 10,
	},
	{
		.name = "new-wlc-1000",
		.walk = walk_director,
		.traffic = &bench_fresh,
		.sizes = million,
		.scheduler = "wlc",
		.servers = 1000,
		.weights = 10,
	},
	{
		.name = "new-10k-services",
		.walk = walk_director,
		.traffic = &bench_fresh,
		.sizes = million,
		.services = 10000,
	},
	{
		.name = "mh-unknown",
		.walk = walk_director,
		.traffic = &bench_unknown,
		.sizes = million,
		.scheduler = "mh",
		.unknown = "schedule",
	},
	{
		.name = "mixed",
		.walk = walk_director,
		.traffic = &bench_mixed,
		.sizes = million,
		.room = 1,
	},
	{
		.name = "latency",
		.walk = walk_director,
		.traffic = &bench_established,
		.sizes = million,
		.burst = 1,
		.each_walk = true,
	},
	{
		.name = "no-flood",
		.walk = walk_director,
		.traffic = &bench_established,
		.sizes = million,
		.burst = 2,
		.one_in = 1,
	},
	{
		.name = "flood",
		.walk = walk_director,
		.traffic = &bench_flood,
		.sizes = million,
		.room = 8,
		.burst = 22, /* so 2 of these are of established connections */
		.one_in = 11,
	},
	{
		.name = "handover",
		.walk = walk_director,
		.traffic = &bench_handover,
		.sizes = million,
		.workers = 2,
	},
	{ .name = "config", .own = &bench_scale },
	{ .name = NULL },
};

const struct bench_case *
bench_case_find(const char *name)
{
	for (const struct bench_case *what = bench_cases; what->name != NULL; what++)
		if (strcmp(what->name, name) == 0)
			return what;
	return NULL;
}
