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
defence_look(struct defence_worker *worker, const struct defence_counts *now)
{
	enum defence_state seen = DEFENCE_OFF;

	if (now->passed != worker->counts.passed)
		seen = DEFENCE_HASHING;
	if (now->evicted != worker->counts.evicted)
		seen = DEFENCE_EVICTING;
	if (now->refused != worker->counts.refused)
		seen = DEFENCE_REFUSING;
	worker->counts = *now;
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
		[DEFENCE_HASHING] = "hashing",
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
		lb_log(LB_LOG_INFO, "worker %u: it enters all new connections again", worker);
		break;
	case DEFENCE_HASHING:
		lb_log(LB_LOG_WARN,
			"worker %u: more than %d new connections a second; of services by DR and "
			"TUN the rest goes by a hash of the client, and is entered when the client "
			"answers; look for a flood",
			worker, LB_NODE_BUDGET_RATE);
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

static struct defence_counts
count(const struct lb_worker *worker)
{
	return (struct defence_counts){
		.passed = worker->env.budget.passed,
		.evicted = lb_conn_get_stats(worker->env.conns)->evicted,
		.refused = lb_worker_node_packets(worker, "drop_conn_full"),
	};
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
		struct defence_counts counts = count(director->workers[w]);

		defence_look(worker, &counts);
		if (worker->state != before)
			tell(w, worker->state);
	}
	return defence->due_ms;
}
