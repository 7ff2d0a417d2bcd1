/* What people are told of instances: each change of state with its reason, in one line. */

#include <stdio.h>

#include "director.h"
#include "lb_log.h"
#include "vrrp_run.h"

/* Why a Backup's timer has come. */
static void
explain_silence(const struct vrrp_instance *instance, uint64_t now_us, char *reason)
{
	const struct vrrp_heard *heard = &instance->heard;
	uint64_t age_us = now_us - heard->at_us;
	char sender[LB_ADDR_TEXT];

	lb_addr_text(&heard->sender, sender);
	if (heard->sender.family == 0)
		snprintf(reason, VRRP_REASON, "nobody else advertises");
	else if (heard->priority == 0)
		snprintf(reason, VRRP_REASON, "%s has left", sender);
	else if (heard->priority < instance->machine.priority &&
		 age_us <= 2 * instance->machine.learned)
		snprintf(reason, VRRP_REASON, "%s has priority %u only", sender, heard->priority);
	else
		snprintf(reason, VRRP_REASON, "%s has been silent for %llu ms", sender,
			(unsigned long long)age_us / 1000);
}

static void
explain(const struct director *director, const struct vrrp_instance *instance,
	const struct lb_vrrp_event *event, char *reason)
{
	char sender[LB_ADDR_TEXT];

	switch (event->kind) {
	case LB_VRRP_ADVERT:
		snprintf(reason, VRRP_REASON, "%s has priority %u",
			lb_addr_text(&instance->heard.sender, sender), instance->heard.priority);
		break;
	case LB_VRRP_TIMER:
		explain_silence(instance, event->now, reason);
		break;
	case LB_VRRP_LINK_DOWN:
		vrrp_track_cause(director, instance, reason);
		break;
	case LB_VRRP_LINK_UP:
		snprintf(reason, VRRP_REASON, "%s", director->vrrp.track.why);
		break;
	case LB_VRRP_SHUTDOWN:
		snprintf(reason, VRRP_REASON, "it ends");
		break;
	case LB_VRRP_TAKE:
		snprintf(reason, VRRP_REASON, "its group is");
		break;
	case LB_VRRP_YIELD:
		snprintf(reason, VRRP_REASON, "its group is no longer");
		break;
	case LB_VRRP_START:
	case LB_VRRP_PRIORITY:
	case LB_VRRP_DEFER:
	case LB_VRRP_REPEAT:
		snprintf(reason, VRRP_REASON, "it begins with priority %u",
			instance->machine.priority);
		break;
	}
}

void
vrrp_log_transition(const struct director *director, struct vrrp_instance *instance,
	enum lb_vrrp_state before, const struct lb_vrrp_event *event)
{
	if (event->kind == LB_VRRP_START && instance->machine.state == LB_VRRP_FAULT)
		vrrp_track_cause(director, instance, instance->reason);
	else
		explain(director, instance, event, instance->reason);
	lb_log(LB_LOG_INFO, "vrrp \"%s\": %s after %s: %s", instance->name,
		vrrp_run_state(director, instance), lb_vrrp_state_name(before), instance->reason);
}

static bool
other_addresses(const struct vrrp_instance *instance, const struct lb_vrrp_advert *advert)
{
	(void)instance;
	return advert->other_addrs;
}

static bool
other_interval(const struct vrrp_instance *instance, const struct lb_vrrp_advert *advert)
{
	(void)instance;
	return advert->other_interval;
}

/* The owner's is a conflict, of which the machine tells. */
static bool
same_priority(const struct vrrp_instance *instance, const struct lb_vrrp_advert *advert)
{
	return advert->priority == instance->conf.priority && advert->priority != LB_VRRP_OWNER;
}

/* What of a router is told, once, since it works but is not meant. */
static const struct difference {
	bool (*is_there)(const struct vrrp_instance *instance, const struct lb_vrrp_advert *advert);
	const char *text;
} differences[] = {
	{ other_addresses, "advertises other addresses than ours; make both files say the same" },
	{ other_interval, "advertises other intervals than ours; make both files say the same" },
	{ same_priority, "has our priority; give each director its own" },
};

void
vrrp_log_difference(struct vrrp_instance *instance, const struct lb_vrrp_advert *advert)
{
	struct lb_vrrp_router *router = lb_vrrp_routers_find(&instance->routers, &advert->sender);
	char sender[LB_ADDR_TEXT];

	for (size_t i = 0; i < RTE_DIM(differences); i++) {
		if ((router->told >> i & 1) != 0 || !differences[i].is_there(instance, advert))
			continue;
		router->told |= UINT32_C(1) << i;
		lb_log(LB_LOG_WARN, "vrrp \"%s\": %s %s", instance->name,
			lb_addr_text(&advert->sender, sender), differences[i].text);
	}
}

void
vrrp_log_rival(const struct vrrp_instance *instance, const struct lb_vrrp_advert *advert)
{
	char sender[LB_ADDR_TEXT];

	lb_log(LB_LOG_WARN,
		"vrrp \"%s\": two are Active: %s goes on with priority %u, so it does not take our "
		"adverts; see why it does not",
		instance->name, lb_addr_text(&advert->sender, sender), advert->priority);
}
