/* Rise and fall: see vrrp_rise.h. */

#include "vrrp_rise.h"

bool
vrrp_rise_take(struct vrrp_rise *rise, bool good, uint32_t rises, uint32_t falls)
{
	enum vrrp_script_state says = good ? VRRP_SCRIPT_UP : VRRP_SCRIPT_DOWN;
	uint32_t enough = good ? rises : falls;

	if (rise->state == says) {
		rise->against = 0;
		return false;
	}
	if (rise->state != VRRP_SCRIPT_UNKNOWN && ++rise->against < enough)
		return false;
	*rise = (struct vrrp_rise){ .state = says };
	return true;
}

const char *
vrrp_script_name(enum vrrp_script_state state)
{
	static const char *const names[] = {
		[VRRP_SCRIPT_UNKNOWN] = "unknown",
		[VRRP_SCRIPT_UP] = "up",
		[VRRP_SCRIPT_DOWN] = "down",
	};

	return names[state];
}
