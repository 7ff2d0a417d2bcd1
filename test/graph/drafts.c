/*
 * Tables of slow schedulers are filled by work threads, never by the control loop: mh tells here
 * which thread built it, and the service has to get just that. This program has a table of
 * schedulers of its own, which is taken in the place of the one of the drivers.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "director.h"
#include "rpc_bed.h"
#include "unit.h"

extern const struct lb_sched_ops lb_sched_rr, lb_sched_mh;

static struct lb_sched_ops watched;

const struct lb_sched_ops *const lb_sched_table[] = { &lb_sched_rr, &watched, NULL };

/* What was built since it was looked at last. */
static struct {
	pthread_t control;
	unsigned int by_control;
	atomic_uint by_threads;
	void *_Atomic last[3]; /* by threads; by the number of servers */
} built;

static void *
watched_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	void *state = lb_sched_mh.build(dests, n, options, version, err);

	if (pthread_equal(pthread_self(), built.control)) {
		built.by_control++;
		return state;
	}
	atomic_store(&built.last[n], state);
	atomic_fetch_add(&built.by_threads, 1);
	return state;
}

static struct director *director;

/* A service by mh, and one that never changes; the file is what runs. */
static void
begin(char path[96])
{

	watched = lb_sched_mh;
	watched.build = watched_build;
	built.control = pthread_self();
	director = bed_begin(&(struct graph_setup){
		.services =
			"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"mh\";"
			"  servers = ( { address = \"10.2.0.21\"; }, { address = \"10.2.0.22\"; } "
			"); },"
			"{ name = \"same\"; address = \"10.1.0.200\"; port = 81; scheduler = "
			"\"mh\";"
			"  servers = ( { address = \"10.2.0.21\"; } ); }",
	});
	snprintf(path, 96, "%s/conf", bed_folder());
	bed_save(path);
	director->path = path;
	built.by_control = 0; /* at the start it builds, for there is no thread yet */
	atomic_store(&built.by_threads, 0);
}

static void
end(const char *path)
{
	CU_ASSERT_EQUAL(unlink(path), 0);
	bed_end();
}

static const struct lb_svc *
web(void)
{
	return lb_svc_find_name(lb_svc_root(director->services), "web");
}

/* A change was made; threads built this often, control not at all, and web has what was built. */
static void
check_built(unsigned int by_threads)
{
	CU_ASSERT_EQUAL(built.by_control, 0);
	CU_ASSERT_EQUAL(atomic_exchange(&built.by_threads, 0), by_threads);
	CU_ASSERT_PTR_EQUAL(web()->state, atomic_load(&built.last[2]));
}

#define SERVER "\"service\":\"web\",\"server\":\"10.2.0.21:80\""

/* A reload is checked, and so built, as a whole; the draft of what has not changed is thrown away.
 */
static void
a_reload_takes_what_a_thread_has_built(void)
{
	char path[96];

	begin(path);
	bed_done("server.set", "{" SERVER ",\"weight\":7}");
	CU_ASSERT_EQUAL(web()->servers[0].weight, 7);
	check_built(1);
	bed_done("config.reload", "{}");
	CU_ASSERT_EQUAL(web()->servers[0].weight, 1);
	check_built(2);
	end(path);
}

static void
a_drain_takes_what_a_thread_has_built(void)
{
	char path[96];

	begin(path);
	bed_done("server.drain", "{" SERVER "}");
	CU_ASSERT_EQUAL(web()->servers[0].weight, 0);
	check_built(1);
	bed_done("server.drain", "{" SERVER ",\"cancel\":true}");
	CU_ASSERT_EQUAL(web()->servers[0].weight, 1);
	check_built(1);
	end(path);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_reload_takes_what_a_thread_has_built),
	UNIT_TEST(a_drain_takes_what_a_thread_has_built),
	UNIT_END,
};

const struct unit_suite graph_drafts = { "drafts", tests };
