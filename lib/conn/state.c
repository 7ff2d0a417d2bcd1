/*
 * TCP states, the state tables and the timeouts of Linux Virtual Server.
 *
 * A director that forwards by DR or TUN never sees the server's packets, so it guesses what the
 * server does from what the client does: that is the third table. Protocols without states use
 * state NO and event NONE, whose rows are all NO, so that callers need not ask.
 */

#include "lb_conn_state.h"

#include <netinet/in.h>

#include <rte_common.h>

#include "lb_clock.h"

/* Short, so that the tables below can be read against the ones they were typed from. */
enum {
	NO = LB_CONN_NO,
	ES = LB_CONN_ES,
	SS = LB_CONN_SS,
	SR = LB_CONN_SR,
	FW = LB_CONN_FW,
	TW = LB_CONN_TW,
	CL = LB_CONN_CL,
	CW = LB_CONN_CW,
	LA = LB_CONN_LA,
	LI = LB_CONN_LI,
	SA = LB_CONN_SA,
};

/* By side and event; the columns are the present state: NO ES SS SR FW TW CL CW LA LI SA. */
const uint8_t lb_conn_tcp_table[LB_CONN_SIDES][LB_CONN_EVENTS][LB_CONN_TCP_STATES] = {
	[LB_CONN_INPUT] = {
		[LB_CONN_EVENT_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR },
		[LB_CONN_EVENT_FIN] = { CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW },
		[LB_CONN_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES },
		[LB_CONN_EVENT_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR },
		[LB_CONN_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
	[LB_CONN_OUTPUT] = {
		[LB_CONN_EVENT_SYN] = { SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR },
		[LB_CONN_EVENT_FIN] = { TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW },
		[LB_CONN_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES },
		[LB_CONN_EVENT_RST] = { CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL },
		[LB_CONN_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
	[LB_CONN_INPUT_ONLY] = {
		[LB_CONN_EVENT_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR },
		[LB_CONN_EVENT_FIN] = { CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW },
		[LB_CONN_EVENT_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES },
		[LB_CONN_EVENT_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL },
		[LB_CONN_EVENT_OTHER] = { CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
};

/* What a state is called, counts as and lives without a packet. */
static const struct tcp_state {
	const char *name;
	uint32_t seconds;
	bool active;
	bool closing;
} tcp_states[LB_CONN_TCP_STATES] = {
	[NO] = { .name = "NONE", .seconds = 2 },
	[ES] = { .name = "ESTABLISHED", .seconds = 900, .active = true },
	[SS] = { .name = "SYN_SENT", .seconds = 120, .active = true },
	[SR] = { .name = "SYN_RECV", .seconds = 60, .active = true },
	[FW] = { .name = "FIN_WAIT", .seconds = 120, .closing = true },
	[TW] = { .name = "TIME_WAIT", .seconds = 120, .closing = true },
	[CL] = { .name = "CLOSE", .seconds = 10, .closing = true },
	[CW] = { .name = "CLOSE_WAIT", .seconds = 60 },
	[LA] = { .name = "LAST_ACK", .seconds = 30 },
	[LI] = { .name = "LISTEN", .seconds = 120 },
	[SA] = { .name = "SYNACK", .seconds = 120, .active = true },
};

#define UDP_SECONDS 300

struct lb_conn_timeouts lb_conn_timeouts[LB_CONN_TIMEOUT_CLASSES];

void
lb_conn_timeouts_init(void)
{
	for (size_t i = 0; i < RTE_DIM(lb_conn_timeouts); i++) {
		for (size_t state = 0; state < RTE_DIM(tcp_states); state++)
			lb_conn_timeouts[i].tcp[state] =
				tcp_states[state].seconds * LB_TICKS_PER_SECOND;
		lb_conn_timeouts[i].udp = UDP_SECONDS * LB_TICKS_PER_SECOND;
	}
}

bool
lb_conn_is_active(uint8_t protocol, enum lb_conn_tcp_state state)
{
	return protocol != IPPROTO_TCP || tcp_states[state].active;
}

bool
lb_conn_is_closing(enum lb_conn_tcp_state state)
{
	return tcp_states[state].closing;
}

const char *
lb_conn_state_name(uint8_t protocol, enum lb_conn_tcp_state state)
{
	return protocol == IPPROTO_TCP ? tcp_states[state].name : "UDP";
}
