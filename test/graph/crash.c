/*
 * A process that crashes, over and over: each test boots a director in a process of its own, makes
 * it Active on both ports, lets it crash, and looks at what it sent from then on and how it died.
 * The wan port has a TX queue for each sender, the lan port one for all.
 */

#include "harness.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_ethdev.h>
#include <rte_graph_worker.h>

#include "crash.h"
#include "director.h"
#include "lb_netif.h"
#include "unit.h"

/* Bytes of an advert's frame: VRID and priority. */
#define AT_VRID (FRAME_L4 + 1)
#define AT_PRIORITY (FRAME_L4 + 2)

#define WAN_VRID 51
#define LAN_VRID 52

#define WORKER 0

/* How a process ends that did not crash: it sent too late, lived on, or could not begin. */
enum {
	SENT = 7,
	ALIVE,
	BROKEN
};

#if defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define INSTANCES                                                                                  \
	"{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10;"                           \
	"  addresses = [ \"10.1.0.100/24\" ]; },"                                                  \
	"{ name = \"lan\"; port = \"lan\"; vrid = 52; interval_ms = 10;"                           \
	"  addresses = [ \"10.2.0.100/24\" ]; }"

/* What came out of a process after it had begun to crash. */
struct last_words {
	uint32_t wan, lan; /* adverts of priority 0 */
	uint32_t others;   /* any other frame */
	int status;
};

/* In the process that crashes. */
static struct director *director;
static int out;
static int *volatile nowhere; /* a page that nobody may touch */
static bool crashing;
static void (*in_driver)(void); /* instead of sending, once */

static uint16_t
driver(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	void (*instead)(void) = in_driver;

	(void)queue;
	in_driver = NULL;
	if (instead != NULL)
		instead();
	for (uint16_t i = 0; i < n; i++) {
		struct frame frame = { .len = rte_pktmbuf_data_len(mbufs[i]) };

		memcpy(frame.bytes, rte_pktmbuf_mtod(mbufs[i], void *), frame.len);
		if (crashing && rte_mbuf_refcnt_read(mbufs[i]) < 2)
			_exit(BROKEN); /* to free it here would touch the pool */
		if (write(out, &frame, sizeof(frame)) != sizeof(frame))
			_exit(BROKEN);
		rte_pktmbuf_free(mbufs[i]);
	}
	return n;
}

static void
boot(const char *instances)
{
	const struct rlimit none = { 0 };
	struct lb_error err = { 0 };
	uint32_t active;

	setrlimit(RLIMIT_CORE, &none);
	nowhere = mmap(NULL, (size_t)getpagesize(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	director = graph_boot_met(&(struct graph_setup){ .vrrp = instances });
	do {
		struct vrrp_info info;

		graph_turn();
		active = 0;
		for (uint32_t i = 0; i < vrrp_run_count(director); i++) {
			vrrp_run_info(director, i, &info);
			active += strcmp(info.state, "active") == 0;
		}
	} while (active < vrrp_run_count(director));
	if (crash_begin(director, &err) != 0)
		_exit(BROKEN);
	for (uint32_t p = 0; p < GRAPH_PORTS; p++)
		rte_eth_fp_ops[director->ports[p]->id].tx_pkt_burst = driver;
}

static void
fault(void)
{
	crashing = true;
	*nowhere = 1;
}

/* Run as the worker in a thread of its own until the process dies. */
static void
as_worker(void *(*run)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL) != 0)
		_exit(BROKEN);
	pthread_join(thread, NULL);
	_exit(ALIVE);
}

/* Let crash() do it in a new process. */
static struct last_words
words_of(const char *instances, void (*crash)(void))
{
	struct last_words words = { 0 };
	struct frame frame;
	int ends[2];
	pid_t child;

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	fflush(stdout);
	child = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(child, -1);
	if (child == 0) {
		out = ends[1];
		alarm(60);
		boot(instances);
		crash();
		_exit(ALIVE);
	}
	close(ends[1]);
	while (read(ends[0], &frame, sizeof(frame)) == sizeof(frame)) {
		bool leaves = frame_get16(&frame, FRAME_TYPE) == TYPE_IP4 &&
			      frame.bytes[FRAME_IP_PROTOCOL] == 112 &&
			      frame.bytes[AT_PRIORITY] == 0;

		words.wan += leaves && frame.bytes[AT_VRID] == WAN_VRID;
		words.lan += leaves && frame.bytes[AT_VRID] == LAN_VRID;
		words.others += !leaves;
	}
	close(ends[0]);
	CU_ASSERT_EQUAL(waitpid(child, &words.status, 0), child);
	return words;
}

/* A sanitizer has its say when the handler gives the signal back, and then aborts or exits. */
static bool
died_by(int status, int number)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	if (SANITIZED && number == SIGSEGV && WIFEXITED(status))
		return code != 0 && code != SENT && code != ALIVE && code != BROKEN;
	if (SANITIZED && number == SIGSEGV)
		number = SIGABRT;
	return WIFSIGNALED(status) && WTERMSIG(status) == number;
}

#define EXPECT_WORDS(words, wan_n, lan_n, number)                                                  \
	do {                                                                                       \
		CU_ASSERT_EQUAL((words).wan, wan_n);                                               \
		CU_ASSERT_EQUAL((words).lan, lan_n);                                               \
		CU_ASSERT_EQUAL((words).others, 0);                                                \
		CU_ASSERT_TRUE(died_by((words).status, number));                                   \
	} while (0)

static void
fault_in_the_control_loop_says_goodbye_for_each_active_instance(void)
{
	struct last_words words = words_of(INSTANCES, fault);

	EXPECT_WORDS(words, 1, 1, SIGSEGV);
}

static uint16_t
broken_node(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	(void)graph;
	(void)node;
	(void)objs;
	fault();
	return n;
}

static void *
walk_into_fault(void *arg)
{
	const struct frame_flow flow = frame_flow(0, 80);
	struct lb_worker *worker = director->workers[WORKER];
	struct frame frame = frame_tcp(&flow, TCP_SYN, 0);

	crash_enter(WORKER);
	graph_put(WAN, 0, &frame);
	rte_graph_node_get_by_name(worker->graph->name, "ip4_input")->process = broken_node;
	graph_walk(WORKER);
	return arg;
}

static void
crash_in_a_node(void)
{
	as_worker(walk_into_fault);
}

static void
fault_in_a_node_of_a_worker_says_goodbye_on_own_and_shared_queues(void)
{
	struct last_words words = words_of(INSTANCES, crash_in_a_node);

	EXPECT_WORDS(words, 1, 1, SIGSEGV);
}

static void *
send_as_worker(void *arg)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(director->pool);

	crash_enter(WORKER);
	in_driver = fault;
	lb_netif_send(director->ports[LAN], WORKER, &m, 1);
	return arg;
}

static void
crash_inside_the_shared_burst(void)
{
	as_worker(send_as_worker);
}

static void
port_whose_driver_has_crashed_is_left_alone(void)
{
	struct last_words words = words_of(INSTANCES, crash_inside_the_shared_burst);

	EXPECT_WORDS(words, 1, 0, SIGSEGV);
}

static void *
hold_the_lock(void *arg)
{
	crash_enter(WORKER);
	rte_spinlock_lock(&director->ports[LAN]->tx_lock);
	fault();
	return arg;
}

static void
crash_with_the_lock(void)
{
	as_worker(hold_the_lock);
}

static void
lock_that_the_crashed_thread_holds_does_not_matter(void)
{
	struct last_words words = words_of(INSTANCES, crash_with_the_lock);

	EXPECT_WORDS(words, 1, 1, SIGSEGV);
}

static _Atomic bool in_burst, comes_out;

static void
linger(void)
{
	atomic_store(&in_burst, true);
	while (!atomic_load(&comes_out))
		usleep(10);
}

static void *
send_and_linger(void *arg)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(director->pool);

	crash_enter(WORKER);
	in_driver = linger;
	lb_netif_send(director->ports[LAN], WORKER, &m, 1);
	return arg;
}

/* While a worker is in the shared queue's driver, and never comes out. */
static void
crash_while_another_sends(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, send_and_linger, NULL);
	while (!atomic_load(&in_burst))
		usleep(10);
	fault();
}

static void
queue_that_another_thread_does_not_leave_is_left_alone(void)
{
	struct last_words words = words_of(INSTANCES, crash_while_another_sends);

	EXPECT_WORDS(words, 1, 0, SIGSEGV);
}

/* The handler has said its words, and the process is not dead yet: a worker goes on. */
static void
send_afterwards(int number)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(director->pool);

	if (lb_netif_send(director->ports[WAN], WORKER, &m, 1) != 0 ||
		lb_netif_send(director->ports[LAN], WORKER, &m, 1) != 0)
		_exit(SENT);
	signal(number, SIG_DFL);
	raise(number);
}

static void
crash_and_send(void)
{
	struct lb_error err;

	crash_end();
	signal(SIGABRT, send_afterwards);
	if (crash_begin(director, &err) != 0)
		_exit(BROKEN);
	raise(SIGABRT);
}

static void
nobody_sends_after_the_last_words(void)
{
	struct last_words words = words_of(INSTANCES, crash_and_send);

	EXPECT_WORDS(words, 1, 1, SIGABRT);
}

static void
ask_to_abort(void)
{
	abort();
}

static void
abort_says_goodbye_and_stays_an_abort(void)
{
	struct last_words words = words_of(INSTANCES, ask_to_abort);

	EXPECT_WORDS(words, 1, 1, SIGABRT);
}

static void
be_killed(void)
{
	kill(getpid(), SIGBUS);
	pause();
}

static void
signal_that_somebody_sent_ends_the_process_too(void)
{
	struct last_words words = words_of(INSTANCES, be_killed);

	CU_ASSERT_EQUAL(words.wan, 1);
	CU_ASSERT_EQUAL(words.lan, 1);
	CU_ASSERT_FALSE(WIFEXITED(words.status) && WEXITSTATUS(words.status) == ALIVE);
}

static void
become_backup_and_fault(void)
{
	const struct lb_vrrp_event down = { .kind = LB_VRRP_LINK_DOWN, .now = 1 };

	vrrp_run_step(director, &director->vrrp.list[director->vrrp.numbers[0]], &down);
	fault();
}

/* The first word is the one with which it left Active. */
static void
instance_that_is_not_active_says_nothing(void)
{
	struct last_words words = words_of(INSTANCES, become_backup_and_fault);

	EXPECT_WORDS(words, 1, 1, SIGSEGV);
}

static int
deeper(int depth)
{
	volatile char much[65536];

	much[depth % 16] = (char)depth;
	return depth < 0 ? 0 : deeper(depth + 1) + much[depth % 16];
}

static void
overflow(void)
{
	_exit(deeper(0) == 0 ? ALIVE : BROKEN);
}

static void
stack_that_overflows_is_a_crash_like_others(void)
{
	struct last_words words = words_of(INSTANCES, overflow);

	EXPECT_WORDS(words, 1, 1, SIGSEGV);
}

static const struct unit_test tests[] = {
	UNIT_TEST(fault_in_the_control_loop_says_goodbye_for_each_active_instance),
	UNIT_TEST(fault_in_a_node_of_a_worker_says_goodbye_on_own_and_shared_queues),
	UNIT_TEST(port_whose_driver_has_crashed_is_left_alone),
	UNIT_TEST(lock_that_the_crashed_thread_holds_does_not_matter),
	UNIT_TEST(queue_that_another_thread_does_not_leave_is_left_alone),
	UNIT_TEST(nobody_sends_after_the_last_words),
	UNIT_TEST(abort_says_goodbye_and_stays_an_abort),
	UNIT_TEST(signal_that_somebody_sent_ends_the_process_too),
	UNIT_TEST(instance_that_is_not_active_says_nothing),
	UNIT_TEST(stack_that_overflows_is_a_crash_like_others),
	UNIT_END,
};

const struct unit_suite graph_crash = { "crash", tests };
