/*
 * Events go to the state machines, and their actions are done in order: on takeover VIP byte and
 * lease first, then the advert, then gratuitous ARP.
 */

#include "vrrp_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "director.h"
#include "lb_log.h"
#include "vrrp_clock.h"
#include "vrrp_tell.h"

/* A worker may hold a shared queue while we end: the last adverts are worth a moment. */
#define LAST_TRIES 100
#define LAST_PAUSE_US 100

void
vrrp_run_listen(struct director *director, struct vrrp_instance *instance, bool on)
{
	if (instance->joined == on)
		return;
	instance->joined = on;
	for (uint32_t i = 0; i < instance->vips_n; i++) {
		const struct lb_addr *addr = &instance->vips[i].addr;

		if (addr->family != AF_INET6)
			continue;
		if (on)
			mcast_join(director, instance->port, addr);
		else
			mcast_leave(director, instance->port, addr);
	}
}

static void
vips_on(struct director *director, struct vrrp_instance *instance)
{
	struct lb_netif_port *port = director->ports[instance->port];

	if (instance->virtual_mac && lb_netif_filter_add(port, &instance->conf.mac) == -ENOSPC)
		lb_log(LB_LOG_ERROR,
			"vrrp \"%s\": port \"%s\" takes no more MACs; configure fewer instances",
			instance->name, port->name);
	vrrp_run_listen(director, instance, true);
	vrrp_send_lease(instance);
}

static void
vips_off(struct director *director, struct vrrp_instance *instance)
{
	lb_vip_set_active(instance->number, false, 0);
	if (instance->virtual_mac)
		lb_netif_filter_remove(director->ports[instance->port], &instance->conf.mac);
	vrrp_run_listen(director, instance, false);
	vrrp_garp_end(&instance->garp);
}

static void
act(struct director *director, struct vrrp_instance *instance, enum lb_vrrp_action_kind kind,
	uint8_t priority)
{
	switch (kind) {
	case LB_VRRP_VIPS_ON:
		vips_on(director, instance);
		break;
	case LB_VRRP_VIPS_OFF:
		vips_off(director, instance);
		break;
	case LB_VRRP_SEND:
		vrrp_send_advert(director, instance, priority);
		break;
	case LB_VRRP_LEAVE:
		vrrp_send_advert(director, instance, 0);
		break;
	case LB_VRRP_ANNOUNCE:
		vrrp_garp_begin(&instance->garp, &instance->garp_conf, vrrp_clock_us());
		break;
	case LB_VRRP_CONTEST:
		vrrp_tell_contest(director, instance);
		break;
	}
}

void
vrrp_run_act(struct director *director, struct vrrp_instance *instance, enum lb_vrrp_state before,
	const struct lb_vrrp_event *event, const struct lb_vrrp_actions *actions)
{
	for (uint8_t i = 0; i < actions->n; i++)
		act(director, instance, actions->list[i], actions->priority);
	if (instance->machine.state == before) {
		vrrp_tell_won(director, instance, event);
		return;
	}
	instance->since_us = event->now;
	vrrp_log_transition(director, instance, before, event);
	vrrp_tell_state(director, instance, before);
}

void
vrrp_run_step(struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_event *event)
{
	enum lb_vrrp_state before = instance->machine.state;
	struct lb_vrrp_actions actions;

	if (instance->group != NULL) {
		vrrp_group_step(director, instance, event);
		return;
	}
	lb_vrrp_step(&instance->machine, event, &actions);
	vrrp_run_act(director, instance, before, event, &actions);
}

static void
step_all(struct director *director, enum lb_vrrp_event_kind kind)
{
	const struct lb_vrrp_event event = { .kind = kind, .now = vrrp_clock_us() };

	for (uint32_t i = 0; i < director->vrrp.n; i++)
		vrrp_run_step(director, &director->vrrp.list[director->vrrp.numbers[i]], &event);
}

/* Let the timer come at CLOCK_MONOTONIC us at. */
static void
arm(struct vrrp_run *run, uint64_t at_us)
{
	struct itimerspec spec = { 0 };

	if (at_us == run->armed_us)
		return;
	run->armed_us = at_us;
	if (at_us != LB_VRRP_NEVER) {
		spec.it_value.tv_sec = (time_t)(at_us / 1000000);
		spec.it_value.tv_nsec = (long)(at_us % 1000000) * 1000;
	}
	timerfd_settime(run->timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

/* Adverts of all instances come before any announcing, of which a turn has its measure. */
void
vrrp_run_turn(struct director *director)
{
	struct vrrp_run *run = &director->vrrp;
	struct lb_vrrp_event event = { .kind = LB_VRRP_TIMER, .now = vrrp_clock_us() };
	uint64_t next_us;

	if (!run->started)
		return;
	next_us = vrrp_link_turn(director, event.now);
	for (uint32_t i = 0; i < run->n; i++) {
		struct vrrp_instance *instance = &run->list[run->numbers[i]];

		if (event.now >= instance->machine.deadline)
			vrrp_run_step(director, instance, &event);
	}
	next_us = RTE_MIN(next_us, vrrp_track_turn(director, event.now));
	vrrp_send_announce(director, vrrp_clock_us());
	for (uint32_t i = 0; i < run->n; i++) {
		struct vrrp_instance *instance = &run->list[run->numbers[i]];

		next_us = RTE_MIN(next_us, instance->machine.deadline);
		next_us = RTE_MIN(next_us, vrrp_garp_due(&instance->garp));
	}
	arm(run, next_us);
}

/* It only wakes the loop: the turn that follows does the work. */
static void
on_timer(uv_poll_t *poll, int status, int events)
{
	struct vrrp_run *run = poll->data;
	uint64_t count;

	(void)status;
	(void)events;
	if (read(run->timer, &count, sizeof(count)) == sizeof(count))
		run->armed_us = LB_VRRP_NEVER; /* it has come: nothing is set any more */
}

int
vrrp_run_init(struct director *director, struct lb_error *err)
{
	struct vrrp_run *run = &director->vrrp;
	int ret;

	run->armed_us = LB_VRRP_NEVER;
	run->list = calloc(LB_VIP_INSTANCES, sizeof(*run->list));
	run->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	ret = run->list == NULL ? -ENOMEM : run->timer < 0 ? -errno : 0;
	if (ret == 0)
		ret = uv_poll_init(lb_control_loop(director->control), &run->poll, run->timer);
	run->poll.data = run;
	if (ret == 0)
		ret = uv_poll_start(&run->poll, UV_READABLE, on_timer);
	if (ret != 0)
		lb_error_set(err, -ret,
			"vrrp: its timer cannot be made (%s); give the process more memory and "
			"open files",
			uv_strerror(ret));
	return ret == 0 ? vrrp_link_init(director, err) : ret;
}

void
vrrp_run_fini(struct vrrp_run *run)
{
	if (run->list == NULL)
		return;
	vrrp_link_fini(&run->link);
	for (uint32_t number = 0; number < LB_VIP_INSTANCES; number++)
		vrrp_farewell_free(&run->list[number].farewell);
	free(run->list);
	if (run->timer >= 0)
		close(run->timer);
}

void
vrrp_run_start(struct director *director)
{
	vrrp_link_start(director);
	director->vrrp.started = true;
	vrrp_track_settle(director, "it begins");
	step_all(director, LB_VRRP_START);
}

void
vrrp_run_stop(struct director *director)
{
	if (!director->vrrp.started)
		return;
	director->vrrp.started = false;
	step_all(director, LB_VRRP_SHUTDOWN);
	for (int i = 0; i < LAST_TRIES && lb_control_tx_retry(&director->tx) > 0; i++)
		usleep(LAST_PAUSE_US);
}

void
vrrp_run_link(struct director *director, uint8_t port, bool up)
{
	char why[VRRP_REASON];

	snprintf(why, sizeof(why), "the link of port \"%s\" is %s", director->ports[port]->name,
		up ? "up" : "down");
	vrrp_track_settle(director, why);
}

const struct rte_ether_addr *
vrrp_run_mac(const struct director *director, const struct lb_vip *vip, uint8_t port)
{
	if (vip != NULL && vip->kind == LB_VIP_VIP && vip->instance != LB_VIP_STATIC)
		return &director->vrrp.list[vip->instance].conf.mac;
	return &director->ports[port]->mac;
}

bool
vrrp_run_is_router(const struct director *director, const struct lb_vip *vip)
{
	return vip->kind == LB_VIP_VIP && vip->instance != LB_VIP_STATIC &&
	       director->vrrp.list[vip->instance].router;
}

uint32_t
vrrp_run_count(const struct director *director)
{
	return director->vrrp.n;
}

void
vrrp_run_info(const struct director *director, uint32_t i, struct vrrp_info *info)
{
	const struct vrrp_run *run = &director->vrrp;
	const struct vrrp_instance *instance = &run->list[run->numbers[i]];

	*info = (struct vrrp_info){
		.name = instance->name,
		.state = vrrp_run_state(director, instance),
		.port = instance->port,
		.vrid = instance->conf.vrid,
		.priority = instance->machine.priority,
		.learned_us = instance->machine.learned,
		.since_us = instance->since_us,
		.sent = instance->sent,
		.unsent = instance->unsent,
		.received = instance->received,
		.refused = instance->refused,
		.instance = instance,
	};
}

struct vrrp_instance *
vrrp_run_find(struct director *director, const char *name)
{
	struct vrrp_run *run = &director->vrrp;

	for (uint32_t i = 0; i < run->n; i++)
		if (strcmp(run->list[run->numbers[i]].name, name) == 0)
			return &run->list[run->numbers[i]];
	return NULL;
}

struct vrrp_group *
vrrp_run_find_group(struct director *director, const char *name)
{
	struct vrrp_run *run = &director->vrrp;

	for (uint32_t i = 0; i < run->groups_n; i++)
		if (strcmp(run->groups[i].name, name) == 0)
			return &run->groups[i];
	return NULL;
}

const char *
vrrp_run_state(const struct director *director, const struct vrrp_instance *instance)
{
	if (instance->machine.state == LB_VRRP_FAULT && vrrp_track_stands_by(director, instance))
		return "standby";
	return lb_vrrp_state_name(instance->machine.state);
}
