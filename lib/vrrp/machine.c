/*
 * The state machine. An advert's fate is decided by three questions, each a function of its own:
 * does a Backup stay because of it (machine_heeds), does an Active give way to it (machine_yields),
 * and how long is silence (machine_down, machine_skew).
 *
 * The timer of an Active advances by whole intervals from the deadline that came, not from the time
 * at which somebody noticed, so adverts do not drift; a loop that slept through several sends one.
 */

#include "lb_vrrp.h"
#include "vrrp_message.h"

#include <assert.h>

/* Silence in units of the interval before a Backup acts, skew aside. */
#define MACHINE_LOST_ADVERTS 3

#define MACHINE_PRIORITIES 256

static void
machine_do(struct lb_vrrp_actions *actions, enum lb_vrrp_action_kind kind)
{
	assert(actions->n < LB_VRRP_ACTIONS);
	actions->list[actions->n++] = kind;
}

static bool
machine_owns(const struct lb_vrrp *vrrp)
{
	return vrrp->conf->priority == LB_VRRP_OWNER;
}

/* Version 2 measures silence by its own interval, and the skew by the second whatever that is. */
static uint64_t
machine_skew(const struct lb_vrrp *vrrp)
{
	uint64_t of = vrrp->conf->version == 2 ? VRRP_SECOND_US : vrrp->learned;

	return (uint64_t)(MACHINE_PRIORITIES - vrrp->priority) * of / MACHINE_PRIORITIES;
}

static uint64_t
machine_down(const struct lb_vrrp *vrrp)
{
	uint64_t of = vrrp->conf->version == 2 ? vrrp->conf->interval_us : vrrp->learned;

	return MACHINE_LOST_ADVERTS * of + machine_skew(vrrp);
}

/* Adopt the interval of the Active: an accepted advert, and no other, says it. */
static void
machine_learn(struct lb_vrrp *vrrp, const struct lb_vrrp_advert *advert)
{
	if (vrrp->conf->version == 3)
		vrrp->learned = advert->interval_us;
}

static void
machine_send(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	machine_do(actions, LB_VRRP_SEND);
	actions->priority = vrrp->priority;
	vrrp->deadline = now + vrrp->conf->interval_us;
}

/* The addresses are served before anybody is told that they are. */
static void
machine_enter_active(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	vrrp->state = LB_VRRP_ACTIVE;
	vrrp->learned = vrrp->conf->interval_us;
	machine_do(actions, LB_VRRP_VIPS_ON);
	machine_send(vrrp, now, actions);
	machine_do(actions, LB_VRRP_ANNOUNCE);
}

static void
machine_enter_backup(struct lb_vrrp *vrrp, uint64_t now)
{
	vrrp->state = LB_VRRP_BACKUP;
	vrrp->patience = LB_VRRP_NEVER;
	vrrp->heard = 0;
	vrrp->left = false;
	vrrp->met = false;
	vrrp->deadline = now + machine_down(vrrp);
}

/* Leave for a state without a timer; an Active says so first, while it still answers. */
static void
machine_leave(struct lb_vrrp *vrrp, enum lb_vrrp_state state, struct lb_vrrp_actions *actions)
{
	if (vrrp->state == LB_VRRP_ACTIVE) {
		machine_do(actions, LB_VRRP_LEAVE);
		machine_do(actions, LB_VRRP_VIPS_OFF);
	}
	vrrp->state = state;
	vrrp->deadline = LB_VRRP_NEVER;
}

/* RFC 9568 section 6.4.1. */
static void
machine_begin(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	vrrp->learned = vrrp->conf->interval_us;
	if (machine_owns(vrrp))
		machine_enter_active(vrrp, now, actions);
	else
		machine_enter_backup(vrrp, now);
}

/* Started and with a link, for the first time or again: it begins when both delays are over. */
static void
machine_ready(struct lb_vrrp *vrrp, uint64_t now, uint64_t delay, struct lb_vrrp_actions *actions)
{
	uint64_t from = RTE_MAX(vrrp->hold, now + delay);

	vrrp->state = LB_VRRP_INIT;
	if (from == now)
		machine_begin(vrrp, now, actions);
	else
		vrrp->deadline = from;
}

static void
machine_start(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	if (vrrp->started)
		return;
	vrrp->started = true;
	vrrp->hold = now + vrrp->conf->start_delay_us;
	if (vrrp->link)
		machine_ready(vrrp, now, 0, actions);
	else
		vrrp->state = LB_VRRP_FAULT;
}

static void
machine_shutdown(struct lb_vrrp *vrrp, struct lb_vrrp_actions *actions)
{
	vrrp->started = false;
	machine_leave(vrrp, LB_VRRP_INIT, actions);
}

static void
machine_link_down(struct lb_vrrp *vrrp, struct lb_vrrp_actions *actions)
{
	vrrp->link = false;
	if (vrrp->started)
		machine_leave(vrrp, LB_VRRP_FAULT, actions);
}

static void
machine_link_up(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	vrrp->link = true;
	if (vrrp->state == LB_VRRP_FAULT)
		machine_ready(vrrp, now, vrrp->conf->up_delay_us, actions);
}

static void
machine_timer(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	uint64_t due = vrrp->deadline, interval = vrrp->conf->interval_us;

	if (now < due)
		return;
	switch (vrrp->state) {
	case LB_VRRP_INIT:
		machine_begin(vrrp, now, actions);
		break;
	case LB_VRRP_BACKUP:
		machine_enter_active(vrrp, now, actions);
		break;
	case LB_VRRP_ACTIVE:
		machine_send(vrrp, due + (now - due) / interval * interval, actions);
		break;
	case LB_VRRP_FAULT:
		break;
	}
}

/*
 * Whether the Backup stays Backup for the sender. A live Active of lower priority is let be while
 * the preempt delay runs, which begins with the first of its adverts.
 */
static bool
machine_heeds(struct lb_vrrp *vrrp, const struct lb_vrrp_advert *advert, uint64_t now)
{
	const struct lb_vrrp_conf *conf = vrrp->conf;

	if (advert->priority >= vrrp->priority) {
		vrrp->patience = LB_VRRP_NEVER;
		return true;
	}
	if (machine_owns(vrrp))
		return false;
	if (!conf->preempt)
		return true;
	if (vrrp->patience == LB_VRRP_NEVER)
		vrrp->patience = now + conf->preempt_delay_us;
	return now < vrrp->patience;
}

/* RFC 9568 section 6.4.2. An advert that is not heeded leaves the timer alone, so it runs out. */
static void
machine_advert_backup(struct lb_vrrp *vrrp, const struct lb_vrrp_advert *advert, uint64_t now)
{
	vrrp->met = true;
	if (advert->priority == 0) {
		vrrp->heard = 0;
		vrrp->left = true;
		vrrp->deadline = now + machine_skew(vrrp);
	} else if (machine_heeds(vrrp, advert, now)) {
		machine_learn(vrrp, advert);
		vrrp->heard = advert->priority;
		vrrp->left = false;
		vrrp->deadline = now + machine_down(vrrp);
	}
}

/* Whether the Active gives way to the sender; nobody asks whether we would preempt. */
static bool
machine_yields(const struct lb_vrrp *vrrp, const struct lb_vrrp_advert *advert)
{
	if (advert->priority != vrrp->priority)
		return advert->priority > vrrp->priority;
	return lb_addr_compare(&advert->sender, &vrrp->conf->source) > 0;
}

/*
 * RFC 9568 section 6.4.3. Whoever is lower thought himself Active: hosts and bridges that believed
 * him are taught anew.
 */
static void
machine_advert_active(struct lb_vrrp *vrrp, const struct lb_vrrp_advert *advert, uint64_t now,
	struct lb_vrrp_actions *actions)
{
	if (advert->priority == 0) {
		machine_send(vrrp, now, actions);
		return;
	}
	if (machine_yields(vrrp, advert)) {
		if (vrrp->conf->last_word)
			machine_send(vrrp, now, actions);
		machine_do(actions, LB_VRRP_VIPS_OFF);
		machine_learn(vrrp, advert);
		machine_enter_backup(vrrp, now);
		vrrp->heard = advert->priority;
		vrrp->met = true;
		return;
	}
	if (!vrrp->conf->quiet)
		machine_send(vrrp, now, actions);
	machine_do(actions, LB_VRRP_ANNOUNCE);
}

static void
machine_advert(struct lb_vrrp *vrrp, const struct lb_vrrp_advert *advert, uint64_t now,
	struct lb_vrrp_actions *actions)
{
	assert(advert->interval_us != 0);
	if (vrrp->state != LB_VRRP_BACKUP && vrrp->state != LB_VRRP_ACTIVE)
		return;
	if (machine_owns(vrrp) && advert->priority == LB_VRRP_OWNER)
		machine_do(actions, LB_VRRP_CONTEST);
	if (vrrp->state == LB_VRRP_BACKUP)
		machine_advert_backup(vrrp, advert, now);
	else
		machine_advert_active(vrrp, advert, now, actions);
}

/* Whatever the timer says: the others of its group are, or become, Active. */
static void
machine_take(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	if (vrrp->started && vrrp->link && vrrp->state != LB_VRRP_ACTIVE)
		machine_enter_active(vrrp, now, actions);
}

static void
machine_yield(struct lb_vrrp *vrrp, uint64_t now, struct lb_vrrp_actions *actions)
{
	if (vrrp->state != LB_VRRP_ACTIVE)
		return;
	machine_leave(vrrp, LB_VRRP_BACKUP, actions);
	machine_enter_backup(vrrp, now);
}

/* It is silent here: whoever was heard is heard no more. */
static void
machine_defer(struct lb_vrrp *vrrp, uint64_t until)
{
	if (vrrp->state != LB_VRRP_BACKUP)
		return;
	vrrp->heard = 0;
	vrrp->deadline = until;
}

/* A Backup that waits goes on waiting, by the skew that it has now. */
static void
machine_priority(struct lb_vrrp *vrrp, int priority)
{
	uint64_t skew = machine_skew(vrrp);

	if (machine_owns(vrrp))
		vrrp->priority = LB_VRRP_OWNER;
	else
		vrrp->priority = (uint8_t)RTE_MIN(RTE_MAX(priority, 1), LB_VRRP_OWNER - 1);
	if (vrrp->state == LB_VRRP_BACKUP)
		vrrp->deadline = vrrp->deadline - skew + machine_skew(vrrp);
}

void
lb_vrrp_init(struct lb_vrrp *vrrp, const struct lb_vrrp_conf *conf)
{
	*vrrp = (struct lb_vrrp){
		.conf = conf,
		.state = LB_VRRP_INIT,
		.priority = conf->priority,
		.link = true,
		.learned = conf->interval_us,
		.deadline = LB_VRRP_NEVER,
		.patience = LB_VRRP_NEVER,
	};
}

void
lb_vrrp_step(
	struct lb_vrrp *vrrp, const struct lb_vrrp_event *event, struct lb_vrrp_actions *actions)
{
	*actions = (struct lb_vrrp_actions){ 0 };
	switch (event->kind) {
	case LB_VRRP_START:
		machine_start(vrrp, event->now, actions);
		break;
	case LB_VRRP_SHUTDOWN:
		machine_shutdown(vrrp, actions);
		break;
	case LB_VRRP_TIMER:
		machine_timer(vrrp, event->now, actions);
		break;
	case LB_VRRP_ADVERT:
		machine_advert(vrrp, event->advert, event->now, actions);
		break;
	case LB_VRRP_LINK_DOWN:
		machine_link_down(vrrp, actions);
		break;
	case LB_VRRP_LINK_UP:
		machine_link_up(vrrp, event->now, actions);
		break;
	case LB_VRRP_PRIORITY:
		machine_priority(vrrp, event->priority);
		break;
	case LB_VRRP_TAKE:
		machine_take(vrrp, event->now, actions);
		break;
	case LB_VRRP_YIELD:
		machine_yield(vrrp, event->now, actions);
		break;
	case LB_VRRP_DEFER:
		machine_defer(vrrp, event->until);
		break;
	case LB_VRRP_REPEAT:
		if (vrrp->state == LB_VRRP_ACTIVE)
			machine_do(actions, LB_VRRP_ANNOUNCE);
		break;
	}
}

const char *
lb_vrrp_waits(const struct lb_vrrp *vrrp, uint64_t now)
{
	switch (vrrp->state) {
	case LB_VRRP_INIT:
		if (!vrrp->started)
			return NULL;
		return vrrp->deadline == vrrp->hold ? "start_delay" : "up_delay";
	case LB_VRRP_BACKUP:
		if (!vrrp->met)
			return "first_advert";
		return vrrp->patience != LB_VRRP_NEVER && now < vrrp->patience ? "preempt_delay"
									       : NULL;
	case LB_VRRP_ACTIVE:
	case LB_VRRP_FAULT:
		break;
	}
	return NULL;
}

const char *
lb_vrrp_state_name(enum lb_vrrp_state state)
{
	static const char *const names[] = {
		[LB_VRRP_INIT] = "init",
		[LB_VRRP_BACKUP] = "backup",
		[LB_VRRP_ACTIVE] = "active",
		[LB_VRRP_FAULT] = "fault",
	};

	return names[state];
}
