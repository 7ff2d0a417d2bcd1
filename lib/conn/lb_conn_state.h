#pragma once
/**
 * @file
 * States and timeouts of connections, as Linux Virtual Server has them. Pure functions; any thread.
 * What is asked for each packet is compiled into its callers.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_tcp.h>

#include "lb_fwd.h"

/** TCP states in the order of IPVS. */
enum lb_conn_tcp_state {
	LB_CONN_NO, /**< None yet; also the only state of protocols without states. */
	LB_CONN_ES, /**< Established. */
	LB_CONN_SS, /**< SYN sent. */
	LB_CONN_SR, /**< SYN received. */
	LB_CONN_FW, /**< FIN wait. */
	LB_CONN_TW, /**< Time wait. */
	LB_CONN_CL, /**< Closed. */
	LB_CONN_CW, /**< Close wait. */
	LB_CONN_LA, /**< Last ACK. */
	LB_CONN_LI, /**< Listen. */
	LB_CONN_SA, /**< SYN and ACK. */
	LB_CONN_TCP_STATES,
};

/** What a packet means to the state. Of the flags the first that is set counts, in this order. */
enum lb_conn_event {
	LB_CONN_EVENT_NONE, /**< Protocols without states. */
	LB_CONN_EVENT_RST,
	LB_CONN_EVENT_SYN,
	LB_CONN_EVENT_FIN,
	LB_CONN_EVENT_ACK,
	LB_CONN_EVENT_OTHER, /**< None of the flags: closes. */
	LB_CONN_EVENTS,
};

/** Which of the three tables applies. */
enum lb_conn_side {
	LB_CONN_INPUT,      /**< From the client, both directions are seen. */
	LB_CONN_OUTPUT,     /**< From the server. */
	LB_CONN_INPUT_ONLY, /**< From the client, nothing of the server was seen. */
	LB_CONN_SIDES,
};

/** Timeouts of one class, in ticks. */
struct lb_conn_timeouts {
	uint32_t tcp[LB_CONN_TCP_STATES];
	uint32_t udp;
};

/** Classes that exist; class 0 has the defaults. Written by control, read by workers. */
#define LB_CONN_TIMEOUT_CLASSES 1024
extern struct lb_conn_timeouts lb_conn_timeouts[LB_CONN_TIMEOUT_CLASSES];

/** Fill every class with the defaults. Control lcore, at start. */
void lb_conn_timeouts_init(void);

/** The next state, by side, event and present state. */
extern const uint8_t lb_conn_tcp_table[LB_CONN_SIDES][LB_CONN_EVENTS][LB_CONN_TCP_STATES];

/** The event of TCP flags (RTE_TCP_*_FLAG). */
static inline enum lb_conn_event
lb_conn_tcp_event(uint8_t flags)
{
	if (flags & RTE_TCP_RST_FLAG)
		return LB_CONN_EVENT_RST;
	if (flags & RTE_TCP_SYN_FLAG)
		return LB_CONN_EVENT_SYN;
	if (flags & RTE_TCP_FIN_FLAG)
		return LB_CONN_EVENT_FIN;
	return flags & RTE_TCP_ACK_FLAG ? LB_CONN_EVENT_ACK : LB_CONN_EVENT_OTHER;
}

static inline enum lb_conn_tcp_state
lb_conn_tcp_next(enum lb_conn_side side, enum lb_conn_event event, enum lb_conn_tcp_state state)
{
	return (enum lb_conn_tcp_state)lb_conn_tcp_table[side][event][state];
}

/** Whether a flow in this state counts as active; a protocol without states always does. */
bool lb_conn_is_active(uint8_t protocol, enum lb_conn_tcp_state state);

/** Ticks that a flow in this state lives without a packet. */
static inline uint32_t
lb_conn_timeout(uint16_t timeout_class, uint8_t protocol, enum lb_conn_tcp_state state)
{
	const struct lb_conn_timeouts *timeouts = &lb_conn_timeouts[timeout_class];

	return protocol == IPPROTO_TCP ? timeouts->tcp[state] : timeouts->udp;
}

/** Whether a new SYN on a flow in this state starts afresh (at once, unlike IPVS). */
bool lb_conn_is_closing(enum lb_conn_tcp_state state);

/** "ESTABLISHED", "SYN_RECV", … as ipvsadm prints; "UDP" for protocols without states. */
const char *lb_conn_state_name(uint8_t protocol, enum lb_conn_tcp_state state);
