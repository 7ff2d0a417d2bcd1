/*
 * The configuration's instances against those that run, by name: one that is the same router goes
 * on, told anew; what is gone ends, what is new begins.
 */

#include "vrrp_run.h"

#include <string.h>

#include "director.h"
#include "vrrp_clock.h"

/* What people want of an instance; it goes on with its name. */
struct vrrp_wish {
	uint8_t override;
	bool standby;
};

/* Ports with an IPv4 instance that uses multicast hear the group of VRRP, others do not. */
static void
join_groups(struct director *director)
{
	const struct rte_ether_addr mac = lb_vrrp_group(AF_INET).mac;
	bool wanted[LB_NETIF_PORTS] = { false };

	for (uint32_t i = 0; i < director->vrrp.n; i++) {
		const struct vrrp_instance *instance =
			&director->vrrp.list[director->vrrp.numbers[i]];

		wanted[instance->port] |=
			instance->conf.n_peers == 0 && instance->conf.source.family == AF_INET;
	}
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
	if (instance->vips_n != from->addresses_n)
		return false;
	for (size_t i = 0; i < from->addresses_n; i++)
		if (!lb_addr_equal(&instance->vips[i].addr, &from->addresses[i].addr))
			return false;
	return true;
}

/* What the configuration says of it, and what its group shares. */
static void
fill(struct director *director, struct vrrp_instance *instance, const struct lb_conf_vrrp *from)
{
	vrrp_conf_fill(instance, director->conf, from, &director->ports[from->port]->mac);
	vrrp_group_share(director->conf, from, instance);
}

/* The same router, told anew: it goes on. New addresses are announced. */
static void
change(struct director *director, struct vrrp_instance *instance, const struct lb_conf_vrrp *from)
{
	bool same = same_addresses(instance, from), listens = instance->joined;

	if (!same)
		vrrp_run_listen(director, instance, false);
	fill(director, instance, from);
	vrrp_run_listen(director, instance, listens);
	for (size_t i = 0; i < LB_VRRP_ROUTERS; i++)
		instance->routers.list[i].told = 0;
	if (same || instance->machine.state != LB_VRRP_ACTIVE)
		return;
	vrrp_garp_end(&instance->garp);
	vrrp_garp_begin(&instance->garp, &instance->garp_conf, vrrp_clock_us());
}

static void
begin(struct director *director, struct vrrp_instance *instance)
{
	const struct lb_vrrp_event event = { .kind = LB_VRRP_START, .now = vrrp_clock_us() };

	if (director->vrrp.started)
		vrrp_run_step(director, instance, &event);
}

/* Alone: what remains of its group goes on without it. */
static void
end(struct director *director, struct vrrp_instance *instance)
{
	const struct lb_vrrp_event event = { .kind = LB_VRRP_SHUTDOWN, .now = vrrp_clock_us() };

	instance->group = NULL;
	vrrp_run_step(director, instance, &event);
	vrrp_farewell_free(&instance->farewell);
	memset(instance, 0, sizeof(*instance));
}

static void
create(struct director *director, const struct lb_conf_vrrp *from, uint8_t number,
	const struct vrrp_wish *wish)
{
	struct vrrp_instance *instance = &director->vrrp.list[number];

	instance->number = number;
	instance->standby = wish->standby;
	instance->override = from->priority == LB_VRRP_OWNER ? 0 : wish->override;
	fill(director, instance, from);
	vrrp_garp_end(&instance->garp);
	lb_vrrp_init(&instance->machine, &instance->conf);
}

/* What people wanted of the instances of a configuration, those that become other routers too. */
static void
keep_wishes(struct director *director, const struct lb_conf *conf, struct vrrp_wish *wishes)
{
	for (size_t i = 0; i < conf->vrrp_n; i++) {
		const struct vrrp_instance *old = vrrp_run_find(director, conf->vrrp[i].name);

		wishes[i] = (struct vrrp_wish){ 0 };
		if (old != NULL)
			wishes[i] = (struct vrrp_wish){ old->override, old->standby };
	}
}

/* What goes on is told apart first, since a new one may get the number of one that ends. */
void
vrrp_run_apply(struct director *director)
{
	const struct lb_conf *conf = director->conf;
	struct vrrp_run *run = &director->vrrp;
	uint8_t numbers[LB_CONF_VRRP_MAX];
	bool goes_on[LB_VIP_INSTANCES] = { false };
	struct vrrp_wish wishes[LB_CONF_VRRP_MAX];

	keep_wishes(director, conf, wishes);
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
			create(director, &conf->vrrp[i], numbers[i], &wishes[i]);
	}
	join_groups(director);
	vrrp_group_apply(director);
	vrrp_track_apply(director);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		if (!goes_on[numbers[i]])
			begin(director, &run->list[numbers[i]]);
	vrrp_group_settle(director);
}
