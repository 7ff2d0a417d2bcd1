/*
 * Events go to the state machines, and their actions are done in order: on takeover VIP byte and
 * lease first, then the advert, then gratuitous ARP. A lease is renewed with each advert and ends
 * before the quickest Backup takes over, so a director whose loop hangs serves no VIP that another
 * has taken, and nobody has to tick for it.
 */

#include "vrrp_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "director.h"
#include "lb_announce.h"
#include "lb_log.h"
#include "vrrp_clock.h"

/* A VIP is served for so many own intervals after an advert. */
#define LEASE_INTERVALS 3

/* Gratuitous ARP waits this long while a port does not take frames. */
#define BUSY_US 1000

static uint64_t
lease_of(const struct vrrp_instance *instance)
{
	uint64_t us = LEASE_INTERVALS * instance->conf.interval_us;

	return rte_rdtsc() + us * (rte_get_tsc_hz() / 1000000);
}

static void
vips_on(struct director *director, struct vrrp_instance *instance)
{
	struct lb_netif_port *port = director->ports[instance->port];

	if (instance->virtual_mac && lb_netif_filter_add(port, &instance->conf.mac) == -ENOSPC)
		lb_log(LB_LOG_ERROR,
			"vrrp \"%s\": port \"%s\" takes no more MACs; configure fewer instances",
			instance->name, port->name);
	lb_vip_set_active(instance->number, true, lease_of(instance));
}

static void
vips_off(struct director *director, struct vrrp_instance *instance)
{
	lb_vip_set_active(instance->number, false, 0);
	if (instance->virtual_mac)
		lb_netif_filter_remove(director->ports[instance->port], &instance->conf.mac);
	vrrp_garp_end(&instance->garp);
}

static void
send_advert(struct director *director, struct vrrp_instance *instance, uint8_t priority)
{
	struct lb_vrrp_dest group = lb_vrrp_group(AF_INET);
	uint8_t frame[LB_VRRP_FRAME4_MAX];
	uint16_t len = lb_vrrp_frame4(frame, &instance->conf, &group, priority);

	lb_control_tx_send(&director->tx, instance->port, frame, len);
	instance->sent++;
	if (priority != 0)
		lb_vip_set_active(instance->number, true, lease_of(instance));
}

static void
contest(const struct vrrp_instance *instance)
{
	char sender[LB_ADDR_TEXT];

	lb_log(LB_LOG_WARN,
		"vrrp \"%s\": %s says too that it owns the addresses; lower the priority of one",
		instance->name, lb_addr_text(&instance->heard.sender, sender));
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
		send_advert(director, instance, priority);
		break;
	case LB_VRRP_LEAVE:
		send_advert(director, instance, 0);
		break;
	case LB_VRRP_ANNOUNCE:
		vrrp_garp_begin(&instance->garp, &instance->garp_conf, vrrp_clock_us());
		break;
	case LB_VRRP_CONTEST:
		contest(instance);
		break;
	}
}

void
vrrp_run_step(struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_event *event)
{
	enum lb_vrrp_state before = instance->machine.state;
	struct lb_vrrp_actions actions;

	lb_vrrp_step(&instance->machine, event, &actions);
	for (uint8_t i = 0; i < actions.n; i++)
		act(director, instance, actions.list[i], actions.priority);
	if (instance->machine.state == before)
		return;
	instance->since_us = event->now;
	vrrp_log_transition(instance, before, event);
}

static void
step_all(struct director *director, enum lb_vrrp_event_kind kind)
{
	const struct lb_vrrp_event event = { .kind = kind, .now = vrrp_clock_us() };

	for (uint32_t i = 0; i < director->vrrp.n; i++)
		vrrp_run_step(director, &director->vrrp.list[director->vrrp.numbers[i]], &event);
}

static void
announce(struct director *director, struct vrrp_instance *instance, uint64_t now_us)
{
	uint32_t n = vrrp_garp_take(&instance->garp, &instance->garp_conf, now_us);
	uint8_t frame[LB_ARP_FRAME];

	for (; n > 0 && instance->garp.rounds > 0; n--) {
		if (director->tx.waiting > 0) { /* an advert is not to wait behind these */
			instance->garp.due_us = now_us + BUSY_US;
			return;
		}
		lb_announce_gratuitous(frame,
			instance->addrs[vrrp_garp_next(&instance->garp, instance->conf.n_addrs)]
				.ip4,
			&instance->conf.mac);
		lb_control_tx_send(&director->tx, instance->port, frame, sizeof(frame));
	}
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

/* Adverts of all instances come before any announcing. */
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
		next_us = RTE_MIN(next_us, instance->machine.deadline);
	}
	for (uint32_t i = 0; i < run->n; i++) {
		struct vrrp_instance *instance = &run->list[run->numbers[i]];

		announce(director, instance, event.now);
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
	free(run->list);
	if (run->timer >= 0)
		close(run->timer);
}

/* Ports with an instance hear the group of VRRP, others do not. */
static void
join_groups(struct director *director)
{
	const struct rte_ether_addr mac = lb_vrrp_group(AF_INET).mac;
	bool wanted[LB_NETIF_PORTS] = { false };

	for (uint32_t i = 0; i < director->vrrp.n; i++)
		wanted[director->vrrp.list[director->vrrp.numbers[i]].port] = true;
	for (uint32_t p = 0; p < director->ports_n; p++) {
		if (wanted[p])
			lb_netif_filter_add(director->ports[p], &mac);
		else
			lb_netif_filter_remove(director->ports[p], &mac);
	}
}

static bool
same_addresses(const struct vrrp_instance *instance, const struct lb_conf_vrrp *from)
{
	if (instance->conf.n_addrs != from->addresses_n)
		return false;
	for (size_t i = 0; i < from->addresses_n; i++)
		if (!lb_addr_equal(&instance->addrs[i], &from->addresses[i].addr))
			return false;
	return true;
}

/* The same router, told anew: it goes on. New addresses are announced. */
static void
change(struct director *director, struct vrrp_instance *instance, const struct lb_conf_vrrp *from)
{
	struct lb_vrrp_event event = { .kind = LB_VRRP_PRIORITY, .now = vrrp_clock_us() };
	bool same = same_addresses(instance, from);

	event.priority = from->priority;
	vrrp_conf_fill(instance, director->conf, from, &director->ports[from->port]->mac);
	if (event.priority != instance->machine.priority)
		vrrp_run_step(director, instance, &event);
	if (!same && instance->machine.state == LB_VRRP_ACTIVE)
		vrrp_garp_begin(&instance->garp, &instance->garp_conf, event.now);
}

static void
begin(struct director *director, struct vrrp_instance *instance)
{
	struct lb_vrrp_event event = { .kind = LB_VRRP_LINK_DOWN, .now = vrrp_clock_us() };

	if (!director->vrrp.started)
		return;
	if (!director->vrrp.link.up[instance->port])
		vrrp_run_step(director, instance, &event);
	event.kind = LB_VRRP_START;
	vrrp_run_step(director, instance, &event);
}

static void
end(struct director *director, struct vrrp_instance *instance)
{
	const struct lb_vrrp_event event = { .kind = LB_VRRP_SHUTDOWN, .now = vrrp_clock_us() };

	vrrp_run_step(director, instance, &event);
	memset(instance, 0, sizeof(*instance));
}

static void
create(struct director *director, const struct lb_conf_vrrp *from, uint8_t number)
{
	struct vrrp_instance *instance = &director->vrrp.list[number];

	instance->number = number;
	vrrp_conf_fill(instance, director->conf, from, &director->ports[from->port]->mac);
	vrrp_garp_end(&instance->garp);
	lb_vrrp_init(&instance->machine, &instance->conf);
}

/* What goes on is told apart first, since a new one may get the number of one that ends. */
void
vrrp_run_apply(struct director *director)
{
	const struct lb_conf *conf = director->conf;
	struct vrrp_run *run = &director->vrrp;
	uint8_t numbers[LB_CONF_VRRP_MAX];
	bool goes_on[LB_VIP_INSTANCES] = { false };

	vrrp_run_numbers(run, conf, numbers);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		goes_on[numbers[i]] =
			vrrp_conf_continues(&run->list[numbers[i]], conf, &conf->vrrp[i]);
	for (uint32_t n = 0; n < run->n; n++)
		if (!goes_on[run->numbers[n]])
			end(director, &run->list[run->numbers[n]]);
	run->n = (uint32_t)conf->vrrp_n;
	memcpy(run->numbers, numbers, conf->vrrp_n);
	for (size_t i = 0; i < conf->vrrp_n; i++) {
		struct vrrp_instance *instance = &run->list[numbers[i]];

		if (goes_on[numbers[i]])
			change(director, instance, &conf->vrrp[i]);
		else
			create(director, &conf->vrrp[i], numbers[i]);
	}
	join_groups(director);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		if (!goes_on[numbers[i]])
			begin(director, &run->list[numbers[i]]);
}

void
vrrp_run_start(struct director *director)
{
	vrrp_link_start(director);
	director->vrrp.started = true;
	step_all(director, LB_VRRP_START);
}

void
vrrp_run_stop(struct director *director)
{
	if (!director->vrrp.started)
		return;
	director->vrrp.started = false;
	step_all(director, LB_VRRP_SHUTDOWN);
	lb_control_tx_retry(&director->tx);
}

void
vrrp_run_link(struct director *director, uint8_t port, bool up)
{
	const struct lb_vrrp_event event = {
		.kind = up ? LB_VRRP_LINK_UP : LB_VRRP_LINK_DOWN,
		.now = vrrp_clock_us(),
	};

	for (uint32_t i = 0; i < director->vrrp.n; i++) {
		struct vrrp_instance *instance = &director->vrrp.list[director->vrrp.numbers[i]];

		if (instance->port == port)
			vrrp_run_step(director, instance, &event);
	}
}

const struct rte_ether_addr *
vrrp_run_mac(const struct director *director, const struct lb_vip *vip, uint8_t port)
{
	if (vip != NULL && vip->kind == LB_VIP_VIP && vip->instance != LB_VIP_STATIC)
		return &director->vrrp.list[vip->instance].conf.mac;
	return &director->ports[port]->mac;
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
		.state = lb_vrrp_state_name(instance->machine.state),
		.port = instance->port,
		.vrid = instance->conf.vrid,
		.priority = instance->machine.priority,
		.learned_us = instance->machine.learned,
		.since_us = instance->since_us,
		.sent = instance->sent,
		.received = instance->received,
		.refused = instance->refused,
	};
}
