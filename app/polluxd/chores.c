/* What the control loop does between two polls: bounded pieces, each when it is due. */

#include "change.h"
#include "director.h"
#include "lb_clock.h"
#include "lb_rcu.h"
#include "rpc.h"

uint64_t
director_chores(void *arg)
{
	struct director *director = arg;
	uint64_t now_ms = lb_clock_ms();
	uint64_t next;
	uint32_t waiting;

	vrrp_run_turn(director);
	next = announce_run(director, now_ms);
	next = RTE_MIN(next, mcast_run(director, now_ms));
	if (now_ms >= director->neigh_due_ms)
		director->neigh_due_ms = lb_neigh_run(director->neigh, now_ms);
	next = RTE_MIN(next, director->neigh_due_ms);
	next = RTE_MIN(next, sweep_run(director, now_ms));
	next = RTE_MIN(next, servers_run(director, now_ms));
	next = RTE_MIN(next, defence_run(director, now_ms));
	next = RTE_MIN(next, rates_run(director, now_ms));
	next = RTE_MIN(next, vrrp_scripts_run(director, now_ms));
	next = RTE_MIN(next, rpc_run(director, now_ms));
	next = RTE_MIN(next, change_run(director, now_ms));
	next = RTE_MIN(next, events_run(director, now_ms)); /* last: of all that happened above */
	waiting = lb_rcu_poll() + lb_control_tx_retry(&director->tx);
	host_run(director);
	return waiting > 0 ? RTE_MIN(next, now_ms + 1) : next;
}
