/* See timeouts.h. The words of the configuration and the states of connections have one order. */

#include "timeouts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lb_clock.h"

static_assert((int)LB_CONF_TIMEOUT_NONE == (int)LB_CONN_NO &&
		      (int)LB_CONF_TIMEOUT_SYNACK == (int)LB_CONN_SA &&
		      (int)LB_CONF_TIMEOUT_UDP == (int)LB_CONN_TCP_STATES,
	"timeouts of the configuration are in the order of states");

static uint32_t
ticks_of(const struct lb_conf *conf, const struct lb_conf_service *service, int state)
{
	uint32_t ms = service == NULL ? 0 : service->timeouts.ms[state];

	return lb_ticks_from_ms(ms != 0 ? ms : conf->timeouts.ms[state]);
}

struct lb_conn_timeouts
timeouts_of(const struct lb_conf *conf, const struct lb_conf_service *service)
{
	struct lb_conn_timeouts timeouts;

	for (int state = 0; state < LB_CONN_TCP_STATES; state++)
		timeouts.tcp[state] = ticks_of(conf, service, state);
	timeouts.udp = ticks_of(conf, service, LB_CONF_TIMEOUT_UDP);
	return timeouts;
}

void
timeouts_begin(struct timeouts *timeouts, const struct lb_conf *conf)
{
	timeouts->common = timeouts_of(conf, NULL);
	timeouts->used[0] = ++timeouts->plan;
}

void
timeouts_publish(const struct timeouts *timeouts)
{
	lb_conn_timeouts[0] = timeouts->common;
}

static bool
are(const struct lb_conn_timeouts *a, const struct lb_conn_timeouts *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

int
timeouts_class(struct timeouts *timeouts, const struct lb_conf *conf,
	const struct lb_conf_service *service, struct lb_error *err)
{
	struct lb_conn_timeouts wanted = timeouts_of(conf, service);
	int oldest = 0, class = 1;

	if (are(&timeouts->common, &wanted))
		return 0;
	for (; class < LB_CONN_TIMEOUT_CLASSES && timeouts->used[class] != 0; class ++) {
		if (are(&lb_conn_timeouts[class], &wanted)) {
			timeouts->used[class] = timeouts->plan;
			return class;
		}
		if (timeouts->used[class] < timeouts->used[oldest])
			oldest = class;
	}
	if (class == LB_CONN_TIMEOUT_CLASSES)
		class = oldest;
	if (timeouts->used[class] + 1 >= timeouts->plan && timeouts->used[class] != 0)
		return lb_error_set(err, ENOSPC,
			"service \"%s\": more than %d different timeouts; let services share some",
			service->name, LB_CONN_TIMEOUT_CLASSES - 1);
	lb_conn_timeouts[class] = wanted;
	timeouts->used[class] = timeouts->plan;
	return class;
}
