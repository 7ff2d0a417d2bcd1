#pragma once
/* What a connection is looked up by, read from a checked IPv4 packet that is no fragment. */

#include "lb_node.h"

/*
 * Read a packet's key, in the direction that its meta tells, and what it means to the state. false:
 * shorter than its TCP or UDP header says.
 */
bool flow_read(struct rte_mbuf *m, struct lb_conn_key *key, enum lb_conn_event *event);

/* The worker that owns a client's flows: the same in both directions. */
uint32_t flow_owner(rte_be32_t client, rte_be16_t client_port, uint32_t workers);

/* Whether a TCP packet opens a connection: SYN, and nothing that contradicts it. */
bool flow_opens(struct rte_mbuf *m);

/* Whether an address that is no VIP is a destination of ours, because a service matches it. */
static inline bool
flow_is_matched(
	const struct lb_node_env *env, rte_be32_t address, rte_be16_t port, uint8_t protocol)
{
	return env->matching && lb_svc_match4(env->services, address, port, protocol) != NULL;
}

/* Whether the VIP of a flow is served by us now. */
static inline bool
flow_vip_is_ours(const struct lb_node_env *env, const struct lb_conn *conn)
{
	const struct lb_vip *vip = lb_vip_find4(env->vips, conn->target.vip);

	if (unlikely(vip == NULL))
		return flow_is_matched(
			env, conn->target.vip, conn->target.vip_port, conn->protocol);
	return vip->kind == LB_VIP_VIP && lb_vip_is_active(vip->instance, env->tsc);
}

/* Whether a packet ends the flow that it belongs to, because it starts the next one. */
static inline bool
flow_starts_afresh(const struct lb_conn *conn, enum lb_conn_event event)
{
	return event == LB_CONN_EVENT_SYN && lb_conn_is_closing(conn->state);
}
