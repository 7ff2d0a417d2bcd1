/*
 * Sends small UDP datagrams at a rate, in bursts of a millisecond, and says how many it sent.
 *
 *     udp-flood ADDRESS PORT PER_SECOND SECONDS
 *
 * PER_SECOND 0: as many as the machine can. What the kernel refuses for want of room is not sent
 * again.
 */

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define TICK_NS 1000000
#define NS UINT64_C(1000000000)

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec;
}

static void
wait_until(uint64_t at)
{
	struct timespec time = { (time_t)(at / NS), (long)(at % NS) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

/* Send n datagrams at most; returns how many were. */
static uint64_t
send_some(int fd, uint64_t n)
{
	static char text[] = "flood";
	struct iovec part = { text, sizeof(text) };
	struct mmsghdr messages[BATCH];
	uint64_t sent = 0;

	for (int i = 0; i < BATCH; i++)
		messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &part, .msg_iovlen = 1 } };
	while (sent < n) {
		unsigned int most = n - sent < BATCH ? (unsigned int)(n - sent) : BATCH;
		int taken = sendmmsg(fd, messages, most, MSG_DONTWAIT);

		if (taken <= 0)
			break;
		sent += (uint64_t)taken;
	}
	return sent;
}

static uint64_t
flood(int fd, uint64_t rate, uint64_t seconds)
{
	uint64_t begin = now_ns(), end = begin + seconds * NS, at = begin, asked = 0, sent = 0;

	for (; at < end; at = rate == 0 ? now_ns() : at + TICK_NS) {
		uint64_t due = rate == 0 ? asked + BATCH : (at - begin + TICK_NS) * rate / NS;

		sent += send_some(fd, due - asked);
		asked = due;
		if (rate != 0)
			wait_until(at + TICK_NS);
	}
	return sent;
}

static bool
read_number(const char *text, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return *text != '\0' && *end == '\0';
}

int
main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	uint64_t port, rate, seconds;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc != 5 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 ||
		!read_number(argv[2], &port) || !read_number(argv[3], &rate) ||
		!read_number(argv[4], &seconds)) {
		fprintf(stderr, "usage: udp-flood ADDRESS PORT PER_SECOND SECONDS\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)port);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("udp-flood");
		return 1;
	}
	printf("%llu\n", (unsigned long long)flood(fd, rate, seconds));
	close(fd);
	return 0;
}
