/*
 * Measures the gaps between the VRRP adverts (version 3, IPv4) that one router sends, and beside it
 * how well a bare timer keeps the same time on the CPU of that router's control loop: what the
 * machine takes from both is not the router's fault.
 *
 *     advert-gaps IFACE SENDER VRID INTERVAL_US INTERVALS CPU
 *
 * Times of adverts are the kernel's time stamps on IFACE. The bare loop has the real-time priority
 * above control's: control's own turns never excuse control. A gap is excused if the bare loop was
 * more than 1 ms late within it.
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

#define LATE_NS 1000000
#define SILENCE_S 2 /* without any advert: it has ended */
#define PROTOCOL_VRRP 112
#define CONTROL_PRIORITY 2

/* What is asked for, and what came of it. Times are ns of CLOCK_REALTIME. */
struct run {
	struct in_addr sender;
	int vrid;
	int cpu;
	uint64_t interval;
	size_t wanted;  /* adverts: one more than intervals */
	uint64_t *seen; /* when adverts came */
	size_t seen_n;
	size_t others;   /* adverts of other senders */
	uint64_t *ticks; /* when the bare loop was more than LATE_NS late */
	size_t ticks_n;
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

/* Note the deadlines that were missed by more than LATE_NS; missing several notes each. */
static void *
bare_loop(void *arg)
{
	struct run *run = arg;
	uint64_t due = now_of(CLOCK_MONOTONIC) + run->interval, count;
	struct itimerspec spec = {
		.it_interval = { .tv_nsec = (long)run->interval },
		.it_value = { (time_t)(due / 1000000000), (long)(due % 1000000000) },
	};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
	while (!atomic_load(&run->over) && read(timer, &count, sizeof(count)) == sizeof(count)) {
		uint64_t late = now_of(CLOCK_MONOTONIC) - due, now = now_of(CLOCK_REALTIME);

		for (; count > 0; count--, due += run->interval, late -= run->interval)
			if (late > LATE_NS && run->ticks_n < 2 * run->wanted)
				run->ticks[run->ticks_n++] = now - late;
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

/* An advert of the router; one of another is counted only. */
static bool
is_advert(struct run *run, const uint8_t *packet, size_t len)
{
	const uint8_t *advert = packet + sizeof(struct iphdr);
	const struct iphdr *ip = (const void *)packet;

	if (len < sizeof(*ip) + 8 || ip->ihl != 5 || ip->protocol != PROTOCOL_VRRP ||
		advert[0] != 0x31 || advert[1] != run->vrid)
		return false;
	if (ip->saddr == run->sender.s_addr)
		return true;
	run->others++;
	return false;
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
	if (from.sll_protocol == htons(ETH_P_IP) && is_advert(run, packet, (size_t)len))
		run->seen[run->seen_n++] = stamp_of(&message);
	return true;
}

static bool
is_late_between(const struct run *run, uint64_t from, uint64_t to, size_t *at)
{
	while (*at < run->ticks_n && run->ticks[*at] < from)
		(*at)++;
	return *at < run->ticks_n && run->ticks[*at] <= to;
}

/* Time stamps of two CPUs may be a little out of order. */
static uint64_t
gap_before(const struct run *run, size_t i)
{
	return run->seen[i] > run->seen[i - 1] ? run->seen[i] - run->seen[i - 1] : 0;
}

/*
 * intervals N   what was measured
 * mean US       on average
 * longest US    that the machine does not excuse
 * above N       gaps above one and a half intervals that the machine does not excuse
 * excused N     intervals in which the bare loop was late
 * others N      adverts of other routers with the same VRID
 */
static void
report(const struct run *run)
{
	size_t above = 0, excused = 0, at = 0, n = run->seen_n - 1;
	uint64_t longest = 0;

	for (size_t i = 1; i < run->seen_n; i++) {
		uint64_t gap = gap_before(run, i);

		if (is_late_between(run, run->seen[i - 1] - run->interval, run->seen[i], &at)) {
			excused++;
			continue;
		}
		longest = gap > longest ? gap : longest;
		above += gap > run->interval + run->interval / 2;
	}
	printf("intervals %zu mean %.1f longest %.0f above %zu excused %zu others %zu\n", n,
		(double)(run->seen[n] - run->seen[0]) / 1000 / (double)n, (double)longest / 1000,
		above, excused, run->others);
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
	run->seen = calloc(run->wanted, sizeof(*run->seen));
	run->ticks = calloc(2 * run->wanted, sizeof(*run->ticks));
	if (run->seen == NULL || run->ticks == NULL || start_bare_loop(run, &thread) != 0) {
		fprintf(stderr, "advert-gaps: no memory, or no real-time priority\n");
		return 1;
	}
	while (run->seen_n < run->wanted && receive(run, fd))
		;
	atomic_store(&run->over, true);
	pthread_join(thread, NULL);
	close(fd);
	if (run->seen_n < 2) {
		fprintf(stderr, "advert-gaps: no adverts on %s\n", iface);
		return 1;
	}
	report(run);
	return 0;
}

int
main(int argc, char **argv)
{
	struct run run = { 0 };

	if (argc != 7 || inet_pton(AF_INET, argv[2], &run.sender) != 1) {
		fprintf(stderr, "usage: advert-gaps IFACE SENDER VRID INTERVAL_US INTERVALS CPU\n");
		return 2;
	}
	run.vrid = atoi(argv[3]);
	run.interval = strtoull(argv[4], NULL, 10) * 1000;
	run.wanted = strtoul(argv[5], NULL, 10) + 1;
	run.cpu = atoi(argv[6]);
	return measure(&run, argv[1]);
}
