/*
 * The handler calls nothing but what is safe in one: it stops all sending, waits a little for who
 * is in the driver, sends frames that lie ready, and gives the signal back to whoever had it
 * before. A fault happens again as soon as the handler returns, and then has its old effect; a
 * signal that somebody sent is sent again.
 */

#include "crash.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "director.h"
#include "lb_vip.h"

/* A second thread that crashes meanwhile waits so long for the first one. */
#define SECOND_WAIT_MS 50

#define STACK_BYTES (64 * 1024)

static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

static struct {
	struct director *_Atomic director;
	struct sigaction before[RTE_DIM(fatal)];
	_Atomic pid_t threads[LB_NODE_WORKERS + 1]; /* by queue */
	atomic_flag begun;
} crash = { .begun = ATOMIC_FLAG_INIT };

/* A thread whose own stack has overflown needs another one; under a sanitizer it has one. */
static _Thread_local char stack[STACK_BYTES] __rte_aligned(16);

static uint32_t
own_queue(void)
{
	pid_t self = (pid_t)syscall(SYS_gettid);

	for (uint32_t q = 0; q < RTE_DIM(crash.threads); q++)
		if (atomic_load(&crash.threads[q]) == self)
			return q;
	return LB_NETIF_NOBODY;
}

static void
leave(struct director *director)
{
	uint32_t self = own_queue();
	uint64_t now = rte_rdtsc();

	lb_netif_silence();
	for (uint32_t number = LB_VIP_STATIC + 1; number < LB_VIP_INSTANCES; number++) {
		const struct vrrp_instance *instance = &director->vrrp.list[number];

		if (lb_vip_is_active((uint8_t)number, now))
			vrrp_farewell_send(&instance->farewell, director->ports[instance->port],
				director->tx.queue, self);
	}
}

static void
give_back(int number)
{
	for (size_t i = 0; i < RTE_DIM(fatal); i++)
		if (fatal[i] == number)
			sigaction(number, &crash.before[i], NULL);
}

static void
on_fatal(int number, siginfo_t *info, void *context)
{
	struct director *director = atomic_load(&crash.director);

	(void)context;
	if (atomic_flag_test_and_set(&crash.begun))
		poll(NULL, 0, SECOND_WAIT_MS);
	else if (director != NULL)
		leave(director);
	give_back(number);
	if (info->si_code <= 0)
		syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), number);
}

void
crash_enter(uint32_t queue)
{
	const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	stack_t present;

	if (sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE) != 0)
		sigaltstack(&alternate, NULL);
	atomic_store(&crash.threads[queue], (pid_t)syscall(SYS_gettid));
}

int
crash_begin(struct director *director, struct lb_error *err)
{
	struct sigaction action = { .sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	lb_netif_silence_prepare();
	crash_enter(director->tx.queue);
	atomic_store(&crash.director, director);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < RTE_DIM(fatal); i++)
		if (sigaction(fatal[i], &action, &crash.before[i]) != 0)
			return lb_error_set(err, errno,
				"crash: the signal \"%s\" cannot be caught (%s); start the daemon "
				"without a filter of system calls",
				strsignal(fatal[i]), strerror(errno));
	return 0;
}

void
crash_end(void)
{
	if (atomic_exchange(&crash.director, NULL) == NULL)
		return;
	for (size_t i = 0; i < RTE_DIM(fatal); i++)
		give_back(fatal[i]);
}
