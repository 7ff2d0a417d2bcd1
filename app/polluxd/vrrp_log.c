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

void
vrrp_log_difference(struct vrrp_instance *instance, const struct lb_vrrp_advert *advert)
{
	char sender[LB_ADDR_TEXT];

	if (!advert->other_interval && !advert->other_addrs)
		return;
	if (lb_addr_equal(&instance->told, &advert->sender))
		return;
	instance->told = advert->sender;
	lb_log(LB_LOG_WARN,
		"vrrp \"%s\": %s advertises other %s than ours; make both files say the same",
		instance->name, lb_addr_text(&advert->sender, sender),
		advert->other_addrs ? "addresses" : "intervals");
}
