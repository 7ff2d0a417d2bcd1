/*
 * Measures the gaps between the VRRP adverts (version 3, IPv4) that one router sends of each of its
 * instances, and beside it how well a bare timer keeps the same time on the CPU of that router's
 * control loop: what the machine takes from both is not the router's fault.
 *
 *     advert-gaps IFACE SENDER VRID[-VRID] INTERVAL_US INTERVALS PERCENT CPU
 *
 * A gap is too long above PERCENT of the interval.
 *
 * Times of adverts are the kernel's time stamps on IFACE. Where that is the other end of the
 * router's own link, an advert has its stamp when the router sends it, before it waits for anything
 * in the kernel. The bare loop has the real-time priority above control's: control's own turns
 * never excuse control. It ticks far more often than adverts leave, so that no pause of the machine
 * falls between two ticks. The pauses it saw, those above 1 ms, are taken off a gap before that is
 * judged.
 *
 * Prints a line of figures, see report(). Ends with 0 if it could measure.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 500000
#define LATE_NS 1000000
#define SILENCE_S 2 /* without any advert: it has ended */
#define PROTOCOL_VRRP 112
#define CONTROL_PRIORITY 2

/* When adverts of an instance came. */
struct series {
	uint64_t *seen;
	size_t n;
};

/* The bare loop had to wait so long. */
struct pause {
	uint64_t from, to;
};

/* What is asked for, and what came of it. Times are ns of CLOCK_REALTIME. */
struct run {
	struct in_addr sender;
	int first, last; /* VRIDs */
	int cpu;
	uint64_t interval;
	uint64_t limit; /* of a gap */
	size_t wanted;  /* adverts of each: one more than intervals */
	struct series series[256];
	int complete;  /* those that have as many */
	size_t others; /* adverts of other senders */
	struct pause *pauses;
	size_t pauses_n, pauses_max;
	atomic_bool over;
};

static uint64_t
ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
}

static uint64_t
now_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return ns_of(&now);
}

/* The next tick may have been due before the pause was over: then it is the same one. */
static void
note_pause(struct run *run, uint64_t from, uint64_t to)
{
	size_t n = run->pauses_n;

	if (n > 0 && from <= run->pauses[n - 1].to)
		run->pauses[n - 1].to = to;
	else if (n < run->pauses_max)
		run->pauses[run->pauses_n++] = (struct pause){ from, to };
}

/* Note the pauses of more than LATE_NS. */
static void *
bare_loop(void *arg)
{
	struct run *run = arg;
	uint64_t due = now_of(CLOCK_MONOTONIC) + TICK_NS, count;
	struct itimerspec spec = {
		.it_interval = { .tv_nsec = TICK_NS },
		.it_value = { (time_t)(due / 1000000000), (long)(due % 1000000000) },
	};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
	while (!atomic_load(&run->over) && read(timer, &count, sizeof(count)) == sizeof(count)) {
		uint64_t late = now_of(CLOCK_MONOTONIC) - due, now = now_of(CLOCK_REALTIME);

		due += count * TICK_NS;
		if (late > LATE_NS)
			note_pause(run, now - late, now);
	}
	close(timer);
	return NULL;
}

static int
start_bare_loop(struct run *run, pthread_t *thread)
{
	struct sched_param param = { .sched_priority = CONTROL_PRIORITY + 1 };
	pthread_attr_t attr;
	cpu_set_t cpus;
	int ret;

	CPU_ZERO(&cpus);
	CPU_SET(run->cpu, &cpus);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	ret = pthread_create(thread, &attr, bare_loop, run);
	pthread_attr_destroy(&attr);
	return ret;
}

static int
open_tap(const char *iface)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(iface),
	};
	struct timeval silence = { .tv_sec = SILENCE_S };
	int size = 8 << 20, on = 1;
	int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));

	if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0 ||
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence)) != 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static uint64_t
stamp_of(struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		struct timespec stamp;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
		return ns_of(&stamp);
	}
	return 0;
}

/* The instance of the router whose advert it is, or NULL; one of another router is counted only. */
static struct series *
series_of(struct run *run, const uint8_t *packet, size_t len)
{
	const uint8_t *advert = packet + sizeof(struct iphdr);
	const struct iphdr *ip = (const void *)packet;

	if (len < sizeof(*ip) + 8 || ip->ihl != 5 || ip->protocol != PROTOCOL_VRRP ||
		advert[0] != 0x31 || advert[1] < run->first || advert[1] > run->last)
		return NULL;
	if (ip->saddr == run->sender.s_addr)
		return &run->series[advert[1]];
	run->others++;
	return NULL;
}

static void
note(struct run *run, struct series *series, uint64_t at)
{
	if (series == NULL || series->n == run->wanted)
		return;
	series->seen[series->n++] = at;
	if (series->n == run->wanted)
		run->complete++;
}

/* false: silence, or a fault of the socket. */
static bool
receive(struct run *run, int fd)
{
	_Alignas(struct cmsghdr) char control[256];
	_Alignas(struct iphdr) uint8_t packet[256];
	struct iovec part = { packet, sizeof(packet) };
	struct sockaddr_ll from;
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &message, 0);

	if (len < 0)
		return errno == EINTR;
	if (from.sll_protocol == htons(ETH_P_IP))
		note(run, series_of(run, packet, (size_t)len), stamp_of(&message));
	return true;
}

/* What pauses took of this time. From *at on they may matter for it and for what comes after. */
static uint64_t
paused_between(const struct run *run, uint64_t from, uint64_t to, size_t *at)
{
	uint64_t sum = 0;

	while (*at < run->pauses_n && run->pauses[*at].to <= from)
		(*at)++;
	for (size_t i = *at; i < run->pauses_n && run->pauses[i].from < to; i++) {
		const struct pause *pause = &run->pauses[i];
		uint64_t begin = pause->from > from ? pause->from : from;

		sum += (pause->to < to ? pause->to : to) - begin;
	}
	return sum;
}

/* Time stamps of two CPUs may be a little out of order. */
static uint64_t
gap_before(const struct series *series, size_t i)
{
	const uint64_t *seen = series->seen;

	return seen[i] > seen[i - 1] ? seen[i] - seen[i - 1] : 0;
}

struct figures {
	size_t intervals, above, excused;
	uint64_t longest;
	size_t calm;   /* intervals without a pause in them and in the one before */
	uint64_t span; /* of these */
};

static void
add_figures(const struct run *run, const struct series *series, struct figures *figures)
{
	uint64_t before = 0;
	size_t at = 0;

	for (size_t i = 1; i < series->n; i++) {
		uint64_t gap = gap_before(series, i);
		uint64_t paused = paused_between(run, series->seen[i] - gap, series->seen[i], &at);
		uint64_t own = gap - paused;

		figures->intervals++;
		figures->longest = own > figures->longest ? own : figures->longest;
		figures->above += own > run->limit;
		figures->excused += gap > run->limit && own <= run->limit;
		if (paused + before == 0) {
			figures->calm++;
			figures->span += gap;
		}
		before = paused;
	}
}

/*
 * intervals N   what was measured, of all instances
 * mean US       on average, without those that pauses made longer or shorter
 * longest US    less its pauses
 * above N       gaps above the limit, less their pauses
 * excused N     gaps above the limit because of pauses alone
 * others N      adverts of other routers with these VRIDs
 */
static int
report(const struct run *run)
{
	struct figures figures = { 0 };

	for (int vrid = run->first; vrid <= run->last; vrid++)
		add_figures(run, &run->series[vrid], &figures);
	if (figures.calm == 0) {
		fprintf(stderr, "advert-gaps: there were no adverts, or no time for them\n");
		return 1;
	}
	printf("intervals %zu mean %.1f longest %.0f above %zu excused %zu others %zu\n",
		figures.intervals, (double)figures.span / 1000 / (double)figures.calm,
		(double)figures.longest / 1000, figures.above, figures.excused, run->others);
	return 0;
}

static bool
has_memory(struct run *run)
{
	run->pauses_max = 2 * run->wanted * (run->interval / LATE_NS);
	run->pauses = calloc(run->pauses_max, sizeof(*run->pauses));
	for (int vrid = run->first; vrid <= run->last; vrid++) {
		run->series[vrid].seen = calloc(run->wanted, sizeof(uint64_t));
		if (run->series[vrid].seen == NULL)
			return false;
	}
	return run->pauses != NULL;
}

static int
measure(struct run *run, const char *iface)
{
	int fd = open_tap(iface);
	pthread_t thread;

	if (fd < 0) {
		fprintf(stderr, "advert-gaps: %s cannot be read: %s\n", iface, strerror(errno));
		return 1;
	}
	if (!has_memory(run) || start_bare_loop(run, &thread) != 0) {
		fprintf(stderr, "advert-gaps: no memory, or no real-time priority\n");
		return 1;
	}
	while (run->complete <= run->last - run->first && receive(run, fd))
		;
	atomic_store(&run->over, true);
	pthread_join(thread, NULL);
	close(fd);
	return report(run);
}

/* "51" or "51-114" */
static bool
read_vrids(struct run *run, const char *text)
{
	int n = sscanf(text, "%d-%d", &run->first, &run->last);

	if (n == 1)
		run->last = run->first;
	return n >= 1 && run->first > 0 && run->first <= run->last && run->last < 256;
}

int
main(int argc, char **argv)
{
	struct run run = { 0 };

	if (argc != 8 || inet_pton(AF_INET, argv[2], &run.sender) != 1 ||
		!read_vrids(&run, argv[3])) {
		fprintf(stderr, "usage: advert-gaps IFACE SENDER VRID[-VRID] INTERVAL_US INTERVALS "
				"PERCENT CPU\n");
		return 2;
	}
	run.interval = strtoull(argv[4], NULL, 10) * 1000;
	run.wanted = strtoul(argv[5], NULL, 10) + 1;
	run.limit = run.interval * strtoul(argv[6], NULL, 10) / 100;
	run.cpu = atoi(argv[7]);
	return measure(&run, argv[1]);
}
