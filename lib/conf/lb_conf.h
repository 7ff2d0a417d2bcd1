#pragma once
/**
 * @file
 * The configuration: text to struct lb_conf, and every fault with file:line, value and remedy.
 *
 * The only place that sees libconfig. The text is scanned before libconfig reads it, since
 * libconfig wraps large integers in silence, ends the process on some includes and blocks on
 * others. What is checked here depends on the file alone; names of schedulers and forwarding
 * methods are checked by who knows the plug-ins, with the places kept here. Any one thread; a
 * struct lb_conf is private to its caller and never changes after lb_conf_load().
 *
 * Times are milliseconds, addresses and ports in network order.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_addr.h"
#include "lb_error.h"

/** Limits of this build. */
#define LB_CONF_WORKERS_MAX 64
#define LB_CONF_PORTS_MAX 32
#define LB_CONF_VRRP_MAX 255           /**< Instances. */
#define LB_CONF_VRRP_ADDRESSES_MAX 255 /**< Of an instance: an advert counts in a byte. */
#define LB_CONF_VRRP_VIPS_MAX 4096     /**< With those that adverts do not list. */
#define LB_CONF_IP6_MAX 500            /**< IPv6 addresses of a port; each has a group. */
#define LB_CONF_VRRP_PASSWORD_MAX 8    /**< Bytes. */
#define LB_CONF_VRRP_PEERS_MAX 32      /**< Of an instance. */
#define LB_CONF_NAME_MAX 63            /**< Letters of a name. */
#define LB_CONF_TRACKS_MAX 32          /**< Things that an instance tracks. */
#define LB_CONF_TRACKED_MAX 256        /**< Different ones of all instances. */
#define LB_CONF_TRACK_FILE_MAX 255     /**< Letters of a tracked file's path. */
#define LB_CONF_GROUPS_MAX 128
#define LB_CONF_MEMBERS_MAX 32 /**< Instances of a group. */
#define LB_CONF_SCRIPTS_MAX 32
#define LB_CONF_WORDS_MAX 32     /**< Of a command. */
#define LB_CONF_COMMAND_MAX 4096 /**< Bytes of its words, each with a zero. */

/**
 * Where something stands: "pollux.conf:41". The file's name is as given to lb_conf_load(); that of
 * an included file begins with the folder of the file that includes it.
 */
struct lb_conf_place {
	const char *file;
	unsigned int line;
};

enum lb_conf_idle {
	LB_CONF_IDLE_SLEEP,
	LB_CONF_IDLE_SPIN,
};

enum lb_conf_hugepages {
	LB_CONF_HUGEPAGES_AUTO,
	LB_CONF_HUGEPAGES_REQUIRE,
	LB_CONF_HUGEPAGES_NEVER,
};

struct lb_conf_cpu {
	uint32_t control;
	uint32_t workers[LB_CONF_WORKERS_MAX]; /**< CPU of each worker; may repeat with "sleep". */
	uint32_t workers_n;
	uint32_t other;
	enum lb_conf_idle idle;
	uint32_t idle_max_us;
};

struct lb_conf_memory {
	enum lb_conf_hugepages hugepages;
	uint32_t mb; /**< 0: computed. */
	uint32_t connections;
	uint32_t connections6;
	struct lb_conf_place place;
};

/** What becomes of packets that are for our MAC but for no address of ours. */
enum lb_conf_transit {
	LB_CONF_TRANSIT_DROP,
	LB_CONF_TRANSIT_ROUTE,
	LB_CONF_TRANSIT_HOST, /**< The kernel gets them. */
};

struct lb_conf_port {
	const char *name;
	const char *device; /**< PCI address or vdev string. */
	struct lb_prefix *addresses;
	size_t addresses_n;
	uint16_t mtu;
	uint16_t rx_queues;         /**< 0: one per worker if the device has them. */
	const char *host;           /**< The way to the kernel. */
	const char *host_interface; /**< What the kernel calls its end. */
	struct lb_conf_place place;
	struct lb_conf_place host_place; /**< Of the key, or of the port. */
};

struct lb_conf_route {
	struct lb_prefix to;
	struct lb_addr via;
	uint32_t port; /**< Index of the port whose subnet has via. */
	struct lb_conf_place place;
};

struct lb_conf_vip {
	struct lb_addr address;
	uint32_t port; /**< Index of the port that answers for it. */
	struct lb_conf_place place;
};

/** What source address frames of an instance have, and what ARP and ND say. */
enum lb_conf_vrrp_mac {
	LB_CONF_VRRP_MAC_AUTO,     /**< Virtual with multicast, physical with peers. */
	LB_CONF_VRRP_MAC_VIRTUAL,  /**< 00-00-5E-00-01-VRID, of IPv6 00-00-5E-00-02-VRID. */
	LB_CONF_VRRP_MAC_PHYSICAL, /**< The port's own. */
};

/** What the checksum of an advert that is sent covers. */
enum lb_conf_vrrp_checksum {
	LB_CONF_VRRP_CHECKSUM_RFC5798, /**< Message and pseudo-header. */
	LB_CONF_VRRP_CHECKSUM_RFC9568, /**< Message alone. */
};

/** What an instance that has become Active announces: gratuitous ARP, or advertisements by ND. */
struct lb_conf_garp {
	uint32_t repeat;      /**< Announcements per address, at once and again after the delay. */
	uint32_t delay_ms;    /**< From the first round to the second; 0: there is no second. */
	uint32_t refresh_ms;  /**< While Active, one announcement each so often; 0: none. */
	uint32_t interval_us; /**< Between two frames; 0: as fast as they go. */
};

enum lb_conf_track_kind {
	LB_CONF_TRACK_PORT,     /**< Up: it has a link. */
	LB_CONF_TRACK_FILE,     /**< Up: it is there, and does not say 0. */
	LB_CONF_TRACK_SCRIPT,   /**< Up: so says its exit status. */
	LB_CONF_TRACK_INSTANCE, /**< Up: it can serve. */
	LB_CONF_TRACK_SERVICE,  /**< Up: its servers make its quorum. */
	LB_CONF_TRACK_WORKERS,  /**< Up: all workers run and send. */
	LB_CONF_TRACK_KINDS,
};

/** Something that instances track, once however many do. */
struct lb_conf_tracked {
	enum lb_conf_track_kind kind;
	const char *name; /**< Of a file: its path. Of workers: "all". */
	uint32_t index;   /**< Of the port, instance or service in its list. */
};

/** What something tracked means to an instance. */
struct lb_conf_track {
	enum lb_conf_track_kind kind;
	const char *name;
	int32_t weight;   /**< 0: without it the instance cannot serve. */
	uint32_t tracked; /**< Index into the configuration's list. */
	struct lb_conf_place place;
};

/** A program and its arguments; no shell reads them. */
struct lb_conf_command {
	const char **words; /**< The first is a path from the root. */
	size_t n;           /**< 0: there is none. */
	struct lb_conf_place place;
};

/** A program that is told of changes of state. */
struct lb_conf_notify {
	struct lb_conf_command command;
	const char *user; /**< NULL: nobody, or who runs polluxd if that is not root. */
};

/** Of an instance that is in no group. */
#define LB_CONF_NO_GROUP UINT32_MAX

/** Instances that are Active together or not at all. */
struct lb_conf_group {
	const char *name;
	const char **members; /**< Names of instances. */
	uint32_t *instances;  /**< Their indices. */
	size_t members_n;     /**< At least 1. */
	struct lb_conf_notify notify;
	struct lb_conf_place place;
};

/** What an instance does otherwise than version 3 as it is, for the sake of others. */
struct lb_conf_compat {
	bool both_versions;    /**< Send and take version 2 too. */
	bool quiet;            /**< As Active, leave lower priorities unanswered. */
	bool strict_addresses; /**< Ignore adverts that list other addresses. */
};

/** Adverts to each peer instead of to the group of all. */
struct lb_conf_unicast {
	struct lb_addr source; /**< Of all adverts; family 0: the port's first address. */
	struct lb_addr *peers;
	size_t peers_n;  /**< 0: multicast. */
	uint8_t ttl_min; /**< That adverts of peers arrive with; 0: by the family. */
	uint8_t ttl_max;
};

/** A program that is run again and again, and says by its exit status whether all is well. */
struct lb_conf_script {
	const char *name;
	struct lb_conf_command command;
	uint32_t interval_ms;
	uint32_t timeout_ms; /**< At most interval_ms. */
	uint32_t rise;       /**< Successes in a row that make it up. */
	uint32_t fall;       /**< Failures in a row that make it down. */
	const char *user;    /**< NULL: nobody, or who runs polluxd if that is not root. */
	struct lb_conf_place place;
};

struct lb_conf_vrrp {
	const char *name;
	uint32_t port; /**< Index; the port has an address of the family. */
	uint8_t vrid;
	uint8_t version;  /**< 2 or 3. */
	uint8_t priority; /**< 255: the addresses are the port's own. */
	uint32_t interval_ms;
	bool preempt;
	uint32_t preempt_delay_ms;
	uint32_t start_delay_ms;
	uint32_t up_delay_ms;
	struct lb_prefix
		*addresses; /**< VIPs of one family: in the order of adverts, then the excluded. */
	size_t addresses_n;
	size_t listed_n; /**< Of these, in adverts; at least 1. */
	enum lb_conf_vrrp_mac mac;
	bool accept; /**< Answer echo requests to the addresses. */
	bool router; /**< Neighbor Discovery calls who has the addresses a router. */
	enum lb_conf_vrrp_checksum checksum;
	const char *auth_pass; /**< Empty: none. */
	struct lb_conf_unicast unicast;
	struct lb_conf_garp garp;
	struct lb_conf_track *tracks;
	size_t tracks_n;
	uint32_t group; /**< Index, or LB_CONF_NO_GROUP. */
	struct lb_conf_notify notify;
	struct lb_conf_compat compat;
	struct lb_conf_place place;
	struct lb_conf_place addresses_place; /**< Of the key. */
	struct lb_conf_place unicast_place;
};

/** Whether frames of the instance come from its virtual MAC. */
static inline bool
lb_conf_vrrp_is_virtual(const struct lb_conf_vrrp *vrrp)
{
	return vrrp->mac == LB_CONF_VRRP_MAC_VIRTUAL ||
	       (vrrp->mac == LB_CONF_VRRP_MAC_AUTO && vrrp->unicast.peers_n == 0);
}

struct lb_conf_server {
	struct lb_endpoint at; /**< Port 0: that of the packet. */
	uint32_t weight;
	uint32_t upper;      /**< Connections at most; 0: any number. */
	uint32_t lower;      /**< Fewer open it again; 0: a quarter of upper less. */
	const char *forward; /**< NULL: as the service. */
	bool on_link;        /**< In a connected subnet of a port. */
	struct lb_conf_place place;
	struct lb_conf_place forward_place; /**< Of the key, or of the server. */
};

enum lb_conf_option_type {
	LB_CONF_OPTION_BOOL,
	LB_CONF_OPTION_INT,
	LB_CONF_OPTION_STRING,
};

/** An entry of `scheduler_options`, passed on unchecked. */
struct lb_conf_option {
	const char *name;
	enum lb_conf_option_type type;
	int64_t number; /**< Also the bool. */
	const char *text;
};

/** Destinations whose packets a service takes. */
struct lb_conf_match {
	struct lb_prefix net;
	uint16_t first, last; /**< Ports, host order. */
	uint8_t protocol;     /**< IPPROTO_TCP or IPPROTO_UDP; 0: both. */
	struct lb_conf_place place;
};

/** How long a connection lives without a packet, by its state; UDP has one. */
enum lb_conf_timeout {
	LB_CONF_TIMEOUT_NONE,
	LB_CONF_TIMEOUT_ESTABLISHED,
	LB_CONF_TIMEOUT_SYN_SENT,
	LB_CONF_TIMEOUT_SYN_RECV,
	LB_CONF_TIMEOUT_FIN_WAIT,
	LB_CONF_TIMEOUT_TIME_WAIT,
	LB_CONF_TIMEOUT_CLOSE,
	LB_CONF_TIMEOUT_CLOSE_WAIT,
	LB_CONF_TIMEOUT_LAST_ACK,
	LB_CONF_TIMEOUT_LISTEN,
	LB_CONF_TIMEOUT_SYNACK,
	LB_CONF_TIMEOUT_UDP,
	LB_CONF_TIMEOUTS,
};

struct lb_conf_timeouts {
	uint32_t ms[LB_CONF_TIMEOUTS]; /**< 0, of a service only: as in the configuration's. */
};

/** What becomes of a TCP packet that belongs to no known flow and opens none. */
enum lb_conf_unknown {
	LB_CONF_UNKNOWN_RST,
	LB_CONF_UNKNOWN_DROP,
	LB_CONF_UNKNOWN_SCHEDULE,
};

struct lb_conf_service {
	const char *name; /**< The same text, and not only an equal one: it is the same service. */
	struct lb_endpoint at; /**< Of one with matches: family 0, port 0. */
	struct lb_conf_match *matches;
	size_t matches_n;
	uint8_t protocol; /**< IPPROTO_TCP or IPPROTO_UDP; of one with matches: 0. */
	const char *scheduler;
	const char *forward;
	struct lb_conf_option *options;
	size_t options_n;
	bool one_packet;            /**< UDP: no packet makes a connection. */
	uint32_t persistence_ms;    /**< That a client stays at its server; 0: it does not. */
	uint8_t persistence_prefix; /**< Length of the network whose clients go together. */
	enum lb_conf_unknown unknown;
	uint32_t drain_timeout_ms; /**< 0: none. */
	uint32_t slow_start_ms;    /**< 0: none. */
	uint32_t quorum;           /**< Weight of servers without which it is down. */
	struct lb_conf_timeouts timeouts;
	struct lb_conf_server *servers;
	size_t servers_n;
	struct lb_conf_server *sorry; /**< NULL: there is none. */
	struct lb_conf_place place;
	struct lb_conf_place scheduler_place; /**< Of the key, or of the service. */
	struct lb_conf_place forward_place;
	void *arena; /**< Owns what it points to; NULL: that is with the rest. */
};

/** The key by which a configuration names a thing of this kind: "port". */
const char *lb_conf_track_key(enum lb_conf_track_kind kind);

/** The forwarding method of a server of the service. */
static inline const char *
lb_conf_forward(const struct lb_conf_service *service, const struct lb_conf_server *server)
{
	return server->forward == NULL ? service->forward : server->forward;
}

/** A whole configuration. All that it points to lives as long as it does. */
struct lb_conf {
	struct lb_conf_cpu cpu;
	struct lb_conf_memory memory;
	struct lb_conf_port *ports;
	size_t ports_n;
	struct lb_conf_route *routes;
	size_t routes_n;
	enum lb_conf_transit transit;
	struct lb_conf_vip *vips;
	size_t vips_n;
	struct lb_conf_vrrp *vrrp; /**< Instances; their addresses are VIPs as those of vips are. */
	size_t vrrp_n;
	struct lb_conf_group *groups; /**< Of instances. */
	size_t groups_n;
	struct lb_conf_tracked *tracked;
	size_t tracked_n;
	struct lb_conf_script *scripts;
	size_t scripts_n;
	struct lb_conf_timeouts timeouts;
	struct lb_conf_service *services;
	size_t services_n;
	const char
		*rpc_socket; /**< Also names the instance: the EAL file prefix is made from it. */
	const char *log_level;
	const void *names;  /**< Leads to services by name, */
	const void *places; /**< and by address, port and protocol. */
	void *arena;        /**< Owns all of the above, but for what it shares, */
	void *base;         /**< which this one owns; NULL: it shares nothing. */
};

/** The service of a name, or at an address; NULL: there is none. Takes the same time for any n. */
const struct lb_conf_service *lb_conf_find_service(const struct lb_conf *conf, const char *name);
const struct lb_conf_service *lb_conf_find_service_at(
	const struct lb_conf *conf, uint8_t protocol, const struct lb_endpoint *at);

/** Read, scan, parse and check a file. NULL: err has the sentence. */
struct lb_conf *lb_conf_load(const char *path, struct lb_error *err);

/**
 * The same of n bytes in memory, which end with a NUL that is not counted; name stands in faults
 * where a file's does. Empty: faults have no place.
 */
struct lb_conf *lb_conf_parse(const char *name, char *bytes, size_t n, struct lb_error *err);

/**
 * A configuration that differs in one service: n bytes as lb_conf_parse() takes them, which set
 * `services` to a list of one, are put in place of number `at`, or behind the last when at is
 * conf->services_n. All else is shared with conf, whichever lives longer, so that this takes about
 * the time of that one service. NULL: it is wrong, or cannot be told by itself, as what matches, or
 * what is tracked by its name; err has a sentence, but that for the whole is better.
 */
struct lb_conf *lb_conf_with_service(
	const struct lb_conf *conf, size_t at, char *bytes, size_t n, struct lb_error *err);

/** The same without number `at`. */
struct lb_conf *lb_conf_without_service(
	const struct lb_conf *conf, size_t at, struct lb_error *err);

/** NULL is allowed. Any thread. */
void lb_conf_destroy(struct lb_conf *conf);

/** Put "file:line: " before the sentence in err and return -err->code. */
int lb_conf_fault(const struct lb_conf_place *place, struct lb_error *err);
