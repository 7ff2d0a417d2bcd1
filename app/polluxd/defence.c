/*
 * A state lasts until nothing has been seen for ten looks, so that a flood that comes in waves is
 * told of once; but a worse one begins at once.
 */

#include "defence.h"

#include "director.h"
#include "lb_log.h"

#define LOOK_MS 1000
#define QUIET_LOOKS 10

void
defence_look(struct defence_worker *worker, uint64_t evicted, uint64_t refused)
{
	enum defence_state seen = DEFENCE_OFF;

	if (evicted != worker->evicted)
		seen = DEFENCE_EVICTING;
	if (refused != worker->refused)
		seen = DEFENCE_REFUSING;
	worker->evicted = evicted;
	worker->refused = refused;
	worker->quiet = seen < worker->state ? worker->quiet + 1 : 0;
	if (seen > worker->state || worker->quiet >= QUIET_LOOKS) {
		worker->state = seen;
		worker->quiet = 0;
	}
}

const char *
defence_name(enum defence_state state)
{
	static const char *const names[] = {
		[DEFENCE_OFF] = "off",
		[DEFENCE_EVICTING] = "evicting",
		[DEFENCE_REFUSING] = "refusing",
	};

	return names[state];
}

static void
tell(uint32_t worker, enum defence_state state)
{
	switch (state) {
	case DEFENCE_OFF:
		lb_log(LB_LOG_INFO, "worker %u: its connection table has room again", worker);
		break;
	case DEFENCE_EVICTING:
		lb_log(LB_LOG_WARN,
			"worker %u: its connection table is full, and half-open connections make "
			"room for new ones; look for a flood, or raise memory.connections",
			worker);
		break;
	case DEFENCE_REFUSING:
		lb_log(LB_LOG_WARN,
			"worker %u: its connection table is full, and new connections are refused; "
			"raise memory.connections, or lower timeouts",
			worker);
		break;
	}
}

uint64_t
defence_run(struct director *director, uint64_t now_ms)
{
	struct defence *defence = &director->defence;

	if (now_ms < defence->due_ms)
		return defence->due_ms;
	defence->due_ms = now_ms + LOOK_MS;
	for (uint32_t w = 0; w < director->workers_n; w++) {
		struct defence_worker *worker = &defence->workers[w];
		enum defence_state before = worker->state;

		defence_look(worker, lb_conn_get_stats(director->workers[w]->env.conns)->evicted,
			lb_worker_node_packets(director->workers[w], "drop_conn_full"));
		if (worker->state != before)
			tell(w, worker->state);
	}
	return defence->due_ms;
}
