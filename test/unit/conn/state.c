/* States, timeouts and what counts as active, each cell as Linux Virtual Server has it. */

#include "lb_clock.h"
#include "lb_conn_state.h"
#include "unit.h"

#include <netinet/in.h>
#include <string.h>

#include <rte_common.h>

/* The tables as text: one line per side and event, the columns in the order of names below. */
static const struct row {
	enum lb_conn_side side;
	enum lb_conn_event event;
	const char *cells;
} rows[] = {
	{ LB_CONN_INPUT, LB_CONN_EVENT_SYN, "SR ES ES SR SR SR SR SR SR SR SR" },
	{ LB_CONN_INPUT, LB_CONN_EVENT_FIN, "CL CW SS TW TW TW CL CW LA LI TW" },
	{ LB_CONN_INPUT, LB_CONN_EVENT_ACK, "ES ES SS ES FW TW CL CW CL LI ES" },
	{ LB_CONN_INPUT, LB_CONN_EVENT_RST, "CL CL CL SR CL CL CL CL LA LI SR" },
	{ LB_CONN_INPUT, LB_CONN_EVENT_OTHER, "CL CL CL CL CL CL CL CL CL CL CL" },
	{ LB_CONN_OUTPUT, LB_CONN_EVENT_SYN, "SS ES SS SR SS SS SS SS SS LI SR" },
	{ LB_CONN_OUTPUT, LB_CONN_EVENT_FIN, "TW FW SS TW FW TW CL TW LA LI TW" },
	{ LB_CONN_OUTPUT, LB_CONN_EVENT_ACK, "ES ES SS ES FW TW CL CW LA ES ES" },
	{ LB_CONN_OUTPUT, LB_CONN_EVENT_RST, "CL CL SS CL CL TW CL CL CL CL CL" },
	{ LB_CONN_OUTPUT, LB_CONN_EVENT_OTHER, "CL CL CL CL CL CL CL CL CL CL CL" },
	{ LB_CONN_INPUT_ONLY, LB_CONN_EVENT_SYN, "SR ES ES SR SR SR SR SR SR SR SR" },
	{ LB_CONN_INPUT_ONLY, LB_CONN_EVENT_FIN, "CL FW SS TW FW TW CL CW LA LI TW" },
	{ LB_CONN_INPUT_ONLY, LB_CONN_EVENT_ACK, "ES ES SS ES FW TW CL CW CL LI ES" },
	{ LB_CONN_INPUT_ONLY, LB_CONN_EVENT_RST, "CL CL CL SR CL CL CL CL LA LI CL" },
	{ LB_CONN_INPUT_ONLY, LB_CONN_EVENT_OTHER, "CL CL CL CL CL CL CL CL CL CL CL" },
};

static const struct {
	char cell[3];
	enum lb_conn_tcp_state state;
	const char *name;
	uint32_t seconds;
	bool active;
	bool closing;
} states[] = {
	{ "NO", LB_CONN_NO, "NONE", 2, false, false },
	{ "ES", LB_CONN_ES, "ESTABLISHED", 900, true, false },
	{ "SS", LB_CONN_SS, "SYN_SENT", 120, true, false },
	{ "SR", LB_CONN_SR, "SYN_RECV", 60, true, false },
	{ "FW", LB_CONN_FW, "FIN_WAIT", 120, false, true },
	{ "TW", LB_CONN_TW, "TIME_WAIT", 120, false, true },
	{ "CL", LB_CONN_CL, "CLOSE", 10, false, true },
	{ "CW", LB_CONN_CW, "CLOSE_WAIT", 60, false, false },
	{ "LA", LB_CONN_LA, "LAST_ACK", 30, false, false },
	{ "LI", LB_CONN_LI, "LISTEN", 120, false, false },
	{ "SA", LB_CONN_SA, "SYNACK", 120, true, false },
};

static enum lb_conn_tcp_state
state_of(const char *cell)
{
	for (size_t i = 0; i < RTE_DIM(states); i++)
		if (strncmp(states[i].cell, cell, 2) == 0)
			return states[i].state;
	CU_FAIL_FATAL("no such state");
	return LB_CONN_TCP_STATES;
}

static void
every_cell_is_as_specified(void)
{
	CU_ASSERT_EQUAL(RTE_DIM(rows), LB_CONN_SIDES * (LB_CONN_EVENTS - 1));
	CU_ASSERT_EQUAL(RTE_DIM(states), LB_CONN_TCP_STATES);
	for (size_t r = 0; r < RTE_DIM(rows); r++)
		for (size_t s = 0; s < RTE_DIM(states); s++)
			CU_ASSERT_EQUAL(
				lb_conn_tcp_next(rows[r].side, rows[r].event, states[s].state),
				state_of(&rows[r].cells[3 * s]));
}

static void
no_event_keeps_no_state(void)
{
	for (int side = 0; side < LB_CONN_SIDES; side++)
		CU_ASSERT_EQUAL(
			lb_conn_tcp_next((enum lb_conn_side)side, LB_CONN_EVENT_NONE, LB_CONN_NO),
			LB_CONN_NO);
}

static void
first_flag_in_order_counts(void)
{
	enum {
		FIN = 0x01,
		SYN = 0x02,
		RST = 0x04,
		PSH = 0x08,
		ACK = 0x10,
		URG = 0x20
	};
	static const struct {
		uint8_t flags;
		enum lb_conn_event event;
	} cases[] = {
		{ RST, LB_CONN_EVENT_RST },
		{ RST | SYN | FIN | ACK, LB_CONN_EVENT_RST },
		{ RST | ACK, LB_CONN_EVENT_RST },
		{ SYN, LB_CONN_EVENT_SYN },
		{ SYN | ACK, LB_CONN_EVENT_SYN },
		{ SYN | FIN, LB_CONN_EVENT_SYN },
		{ FIN, LB_CONN_EVENT_FIN },
		{ FIN | ACK | PSH, LB_CONN_EVENT_FIN },
		{ ACK, LB_CONN_EVENT_ACK },
		{ ACK | PSH | URG, LB_CONN_EVENT_ACK },
		{ 0, LB_CONN_EVENT_OTHER },
		{ PSH | URG, LB_CONN_EVENT_OTHER },
	};

	for (size_t i = 0; i < RTE_DIM(cases); i++)
		CU_ASSERT_EQUAL(lb_conn_tcp_event(cases[i].flags), cases[i].event);
}

static void
default_timeouts_are_those_of_ipvs(void)
{
	static const uint16_t classes[] = { 0, 1, LB_CONN_TIMEOUT_CLASSES - 1 };

	lb_conn_timeouts_init();
	for (size_t c = 0; c < RTE_DIM(classes); c++) {
		for (size_t i = 0; i < RTE_DIM(states); i++)
			CU_ASSERT_EQUAL(lb_conn_timeout(classes[c], IPPROTO_TCP, states[i].state),
				states[i].seconds * LB_TICKS_PER_SECOND);
		CU_ASSERT_EQUAL(lb_conn_timeout(classes[c], IPPROTO_UDP, LB_CONN_NO),
			300 * LB_TICKS_PER_SECOND);
	}
}

static void
classes_have_timeouts_of_their_own(void)
{
	lb_conn_timeouts_init();
	lb_conn_timeouts[7].tcp[LB_CONN_ES] = 33;
	lb_conn_timeouts[7].udp = 44;
	CU_ASSERT_EQUAL(lb_conn_timeout(7, IPPROTO_TCP, LB_CONN_ES), 33);
	CU_ASSERT_EQUAL(lb_conn_timeout(7, IPPROTO_UDP, LB_CONN_NO), 44);
	CU_ASSERT_EQUAL(lb_conn_timeout(6, IPPROTO_TCP, LB_CONN_ES), 900 * LB_TICKS_PER_SECOND);
	lb_conn_timeouts_init();
}

static void
states_are_active_closing_and_named_as_specified(void)
{
	for (size_t i = 0; i < RTE_DIM(states); i++) {
		CU_ASSERT_EQUAL(lb_conn_is_active(IPPROTO_TCP, states[i].state), states[i].active);
		CU_ASSERT_EQUAL(lb_conn_is_closing(states[i].state), states[i].closing);
		CU_ASSERT_STRING_EQUAL(
			lb_conn_state_name(IPPROTO_TCP, states[i].state), states[i].name);
	}
	CU_ASSERT_TRUE(lb_conn_is_active(IPPROTO_UDP, LB_CONN_NO));
	CU_ASSERT_STRING_EQUAL(lb_conn_state_name(IPPROTO_UDP, LB_CONN_NO), "UDP");
}

static const struct unit_test tests[] = {
	UNIT_TEST(every_cell_is_as_specified),
	UNIT_TEST(no_event_keeps_no_state),
	UNIT_TEST(first_flag_in_order_counts),
	UNIT_TEST(default_timeouts_are_those_of_ipvs),
	UNIT_TEST(classes_have_timeouts_of_their_own),
	UNIT_TEST(states_are_active_closing_and_named_as_specified),
	UNIT_END,
};

const struct unit_suite unit_conn_state = { "state", tests };
