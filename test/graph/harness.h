#pragma once
/**
 * @file
 * A real director over ring ports, walked by hand: what a test puts into a port's RX queue passes
 * the graphs of the workers when the test lets them turn, and comes out of the port's TX rings.
 *
 * One director at a time. graph_end() fails the test if a packet was lost on the way, or if a
 * stream of a graph had to grow.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <CUnit/CUnit.h>

#include "frame.h"

struct director;
struct lb_conf;
struct lb_conn;
struct lb_node_env;

/** Ports, in the order of the configuration. */
enum graph_port {
	WAN,
	LAN,
	GRAPH_PORTS,
};

/** Entries that a ring of a port holds. */
#define GRAPH_RING 1023

/** MTU of the lan port; that of the wan port is 1500. */
#define LAN_MTU 1400

/** A director to be booted. Members that are 0 have the usual value. */
struct graph_setup {
	uint32_t workers;     /**< 1. */
	uint32_t wan_queues;  /**< RX queues of the wan port: one per worker. */
	uint32_t lan_queues;  /**< The lan port's: 1. */
	uint32_t connections; /**< 1024, the least that there is. */
	const char *services; /**< Text: web (tcp 80), dns (udp 53), shut (tcp 81, all weights 0) by
				 DR; nat and same (tcp 90 and 91) by NAT, to one server and port. */
	const char *routes;   /**< Text: the default route by the router. */
	const char *vips;     /**< Text: the VIP alone. */
	const char *transit;  /**< Text: "drop". */
	const char *vrrp;     /**< Text: no instances. */
	const char *wan6;     /**< Text behind the wan port's address, as `, "fd01::11/64"`. */
};

/**
 * Boot a director. The wan port has a TX queue for each worker and control, the lan port one for
 * all. Nothing has been sent yet.
 */
struct director *graph_boot(const struct graph_setup *setup);

/** The same, then the router and the servers answer ARP, and the workers have seen it. */
struct director *graph_boot_met(const struct graph_setup *setup);

/** End the director, after all packets have been accounted for. */
void graph_end(void);

/** A configuration like that of the director, but with these services. The caller destroys it. */
struct lb_conf *graph_conf(const char *services);

/** Let the running director have another configuration, and workers see it. */
void graph_apply(const struct lb_conf *conf);

/** Put a frame into an RX queue. */
void graph_put(enum graph_port port, uint16_t queue, const struct frame *frame);

/** The same in an mbuf that has no room in front of the frame. */
void graph_put_bare(enum graph_port port, uint16_t queue, const struct frame *frame);

/** One turn of a worker; one of each worker, then of control; so many that nothing is on its way.
 */
void graph_walk(uint32_t worker);
void graph_turn(void);
void graph_settle(void);

/** Put a frame into the first RX queue and settle. */
void graph_send(enum graph_port port, const struct frame *frame);

/** The next frame of this EtherType that left through a port; others are thrown away. false: none.
 */
bool graph_take(enum graph_port port, uint16_t type, struct frame *frame);

/** The same, turning until there is one or the time is over. */
bool graph_wait(enum graph_port port, uint16_t type, struct frame *frame, uint32_t ms);

/** Throw all frames away that left through a port; returns how many were of the type. */
uint32_t graph_drain(enum graph_port port, uint16_t type);

/** Packets that a node has processed, of all workers. */
uint64_t graph_count(const char *node);

/** Connections of all workers. */
uint64_t graph_connections(void);

/** The connection of a TCP or UDP frame in a worker's table, or NULL. */
struct lb_conn *graph_conn(uint32_t worker, const struct frame *frame);

/** What the nodes of a worker share. */
struct lb_node_env *graph_env(uint32_t worker);

/** Number of the server to which a routed frame goes; SERVERS: none of them. */
uint32_t graph_server(const struct frame *frame);

/** A neighbour says where it is, and control hears it. */
void graph_announce(enum graph_port port, uint64_t mac, uint32_t ip);

/** Let time pass, turning. */
void graph_pause(uint32_t ms);

/** The next frame of this type out of a port is exactly this one. */
#define GRAPH_EXPECT(port, type, expected)                                                         \
	do {                                                                                       \
		struct frame taken_ = { 0 };                                                       \
		CU_ASSERT_TRUE(graph_take(port, type, &taken_));                                   \
		CU_ASSERT_TRUE(frame_equal(&taken_, expected));                                    \
	} while (0)

/** Nothing of this type leaves through a port. */
#define GRAPH_SILENT(port, type) CU_ASSERT_EQUAL(graph_drain(port, type), 0)
