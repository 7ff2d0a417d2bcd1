/*
 * The end: what still is to run, runs. The helper takes one request after the other from the
 * socket, which is its queue, and ends when it has seen the end of that.
 */

#include "script_client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lb_clock.h"

/* Who does not say how long he waits, waits this long. */
#define LEAVE_MS 1000

/* Wait for events of the socket. false: the time is over. */
static bool
await(const struct lb_scripts *scripts, short events, uint64_t end_ms)
{
	uint64_t now_ms = lb_clock_ms();
	struct pollfd fd = { .fd = scripts->fd, .events = events };

	return now_ms < end_ms && poll(&fd, 1, (int)(end_ms - now_ms)) != 0;
}

static bool
send_all(struct lb_scripts *scripts, uint64_t end_ms)
{
	while (!STAILQ_EMPTY(&scripts->packets)) {
		if (script_client_flush(scripts) != 0)
			return false;
		if (!STAILQ_EMPTY(&scripts->packets) && !await(scripts, POLLOUT, end_ms))
			return false;
	}
	return true;
}

/* Whether the helper has closed its end. */
static bool
has_ended(struct lb_scripts *scripts, uint64_t end_ms)
{
	struct script_answer answer;

	while (await(scripts, POLLIN, end_ms)) {
		ssize_t n = recv(scripts->fd, &answer, sizeof(answer), MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return true;
	}
	return false;
}

static void
drop_packets(struct lb_scripts *scripts, bool last_too)
{
	struct script_packet *packet, *next;

	for (packet = STAILQ_FIRST(&scripts->packets); packet != NULL; packet = next) {
		next = STAILQ_NEXT(packet, next);
		if (packet->last && !last_too)
			continue;
		STAILQ_REMOVE(&scripts->packets, packet, script_packet, next);
		free(packet);
	}
}

void
lb_scripts_farewell(struct lb_scripts *scripts)
{
	static const struct script_head farewell = { .id = SCRIPT_FAREWELL };
	struct script_packet *packet = malloc(sizeof(*packet) + sizeof(farewell));

	drop_packets(scripts, packet == NULL);
	if (packet == NULL)
		return; /* the helper sees the end of the socket, and ends everything */
	packet->id = SCRIPT_FAREWELL;
	packet->last = true;
	packet->n = sizeof(farewell);
	memcpy(packet->bytes, &farewell, sizeof(farewell));
	STAILQ_INSERT_HEAD(&scripts->packets, packet, next);
	script_client_flush(scripts);
}

void
lb_scripts_leave(struct lb_scripts *scripts, uint32_t wait_ms)
{
	uint64_t end_ms = lb_clock_ms() + wait_ms;

	if (scripts->dead)
		return;
	scripts->dead = true;
	if (!send_all(scripts, end_ms) || shutdown(scripts->fd, SHUT_WR) != 0 ||
		!has_ended(scripts, end_ms))
		kill(scripts->pid, SIGKILL); /* and with it all that it runs */
	waitpid(scripts->pid, NULL, 0);
	scripts->pid = 0;
}

void
lb_scripts_destroy(struct lb_scripts *scripts)
{
	if (scripts == NULL)
		return;
	if (!scripts->dead) {
		lb_scripts_farewell(scripts);
		lb_scripts_leave(scripts, LEAVE_MS);
	}
	if (scripts->pid != 0)
		waitpid(scripts->pid, NULL, 0);
	drop_packets(scripts, true);
	close(scripts->fd);
	free(scripts);
}
