/*
 * ICMP errors about flows of ours go where the packet that they quote came from.
 *
 * From the client's side the quote is an answer (its source is the VIP): the error goes on to the
 * server, translated under NAT, by the flow's method otherwise. From a server's side it is a
 * request that NAT sent on: the error goes to the client, as if the VIP had made it. An error about
 * our own tunnel quotes the request inside it: a new error about that request goes to the client.
 */

#include "flow.h"
#include "lb_icmp4.h"
#include "lb_icmp4_quote.h"
#include "lb_ip4.h"
#include "lb_node.h"

#define LEAST_MTU 68 /* That a link may have for IPv4 (RFC 791). */

enum icmp4_related_edge {
	ICMP4_RELATED_TO_OUTPUT,
	ICMP4_RELATED_TO_ERROR,
	ICMP4_RELATED_TO_STEER,
	ICMP4_RELATED_TO_TRANSIT,
	ICMP4_RELATED_TO_HOST,
	ICMP4_RELATED_DROP_QUOTE,
	ICMP4_RELATED_DROP_UNKNOWN,
	ICMP4_RELATED_DROP_BACKUP,
	ICMP4_RELATED_DROP_SILENT,
	ICMP4_RELATED_TO_FWD, /* The first method; the others follow. */
};

/* The flow of a quoted packet: an answer from a VIP, or a request to a server. */
static inline struct lb_conn_key
key_of_quote(const struct lb_icmp4_quote *quote, enum lb_fwd_direction direction)
{
	bool answer = direction == LB_FWD_REQUEST;

	return (struct lb_conn_key){
		.client = answer ? quote->dst : quote->src,
		.client_port = answer ? quote->dst_port : quote->src_port,
		.other = answer ? quote->src : quote->dst,
		.other_port = answer ? quote->src_port : quote->dst_port,
		.protocol = quote->protocol,
		.direction = (uint8_t)direction,
	};
}

/*
 * To somebody else, an error that is not about a flow of ours is other people's traffic; to a
 * port's address it may be about the kernel's.
 */
static inline rte_edge_t
not_related(const struct lb_node_env *env, struct rte_mbuf *m, enum icmp4_related_edge drop)
{
	if (lb_node_meta(m)->kind == LB_VIP_NONE)
		return ICMP4_RELATED_TO_TRANSIT;
	return lb_node_is_for_host(env, m) ? ICMP4_RELATED_TO_HOST : drop;
}

static inline rte_edge_t
to_server(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_icmp4_quote *quote,
	const struct lb_conn *conn)
{
	struct rte_ipv4_hdr *ip = lb_node_ip4(m);

	if ((conn->flags & LB_CONN_REPLY_KEY) == 0) {
		lb_node_set_conn(env, m, conn);
		return (rte_edge_t)(ICMP4_RELATED_TO_FWD + conn->method);
	}
	if (ip->time_to_live <= 1)
		return ICMP4_RELATED_DROP_SILENT;
	lb_icmp4_quote_to_server(m, quote, conn->target.server, conn->target.server_port);
	lb_ip4_lower_ttl(ip);
	return ICMP4_RELATED_TO_OUTPUT;
}

static inline rte_edge_t
to_client(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_icmp4_quote *quote,
	const struct lb_conn *conn)
{
	struct rte_ipv4_hdr *ip = lb_node_ip4(m);

	if (!flow_vip_is_ours(env, conn))
		return ICMP4_RELATED_DROP_BACKUP;
	if (ip->time_to_live <= 1)
		return ICMP4_RELATED_DROP_SILENT;
	lb_icmp4_quote_to_client(m, quote, conn->target.vip, conn->target.vip_port);
	lb_ip4_lower_ttl(ip);
	return ICMP4_RELATED_TO_OUTPUT;
}

/* A router on the way to a server reports about our tunnel: the client hears about his packet. */
static inline rte_edge_t
about_tunnel(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_icmp4_quote *tunnel)
{
	uint16_t overhead = sizeof(struct rte_ipv4_hdr);
	struct lb_icmp4_quote inside;

	if (lb_icmp4_quote_read_tunnel(m, tunnel, &inside) != LB_ICMP4_QUOTE_OK)
		return ICMP4_RELATED_DROP_QUOTE;
	if (lb_vip_find4(env->vips, inside.dst) == NULL &&
		!flow_is_matched(env, inside.dst, inside.dst_port, inside.protocol))
		return ICMP4_RELATED_DROP_UNKNOWN;
	if (inside.type == LB_ICMP4_UNREACHABLE && inside.code == LB_ICMP4_FRAG_NEEDED &&
		(!inside.df || inside.mtu < overhead + LEAST_MTU))
		return ICMP4_RELATED_DROP_UNKNOWN;
	rte_pktmbuf_adj(m, inside.offset);
	lb_node_meta(m)->icmp.type = inside.type;
	lb_node_meta(m)->icmp.code = inside.code;
	lb_node_meta(m)->icmp.mtu = inside.mtu == 0 ? 0 : inside.mtu - overhead;
	return ICMP4_RELATED_TO_ERROR;
}

static inline rte_edge_t
about_flow(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_icmp4_quote *quote)
{
	enum lb_fwd_direction direction = lb_node_direction(m);
	struct lb_conn_key key = key_of_quote(quote, direction);
	struct lb_conn *conn;

	if (env->workers > 1) {
		uint32_t owner = flow_owner(key.client, key.client_port, env->workers);

		lb_node_meta(m)->steer = (struct lb_node_steer){ .worker = owner };
		if (owner != env->worker)
			return ICMP4_RELATED_TO_STEER;
	}
	lb_conn_lookup(env->conns, &key, 1, env->now, &conn);
	if (conn == NULL)
		return not_related(env, m, ICMP4_RELATED_DROP_UNKNOWN);
	return direction == LB_FWD_REQUEST ? to_server(env, m, quote, conn)
					   : to_client(env, m, quote, conn);
}

static inline rte_edge_t
icmp4_related_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct lb_icmp4_quote quote;

	if (lb_icmp4_quote_read(m, &quote) != LB_ICMP4_QUOTE_OK)
		return not_related(env, m, ICMP4_RELATED_DROP_QUOTE);
	if (lb_icmp4_quote_is_tunnel(&quote) && lb_node_meta(m)->kind == LB_VIP_LOCAL)
		return about_tunnel(env, m, &quote);
	if (!quote.has_ports)
		return not_related(env, m, ICMP4_RELATED_DROP_UNKNOWN);
	if (lb_node_meta(m)->kind == LB_VIP_NONE &&
		flow_is_matched(env, quote.src, quote.src_port, quote.protocol))
		lb_node_meta(m)->kind = LB_VIP_VIP;
	return about_flow(env, m, &quote);
}

static uint16_t
icmp4_related(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, icmp4_related_edge);
}

struct rte_node_register lb_node_icmp4_related = {
	.name = "icmp4_related",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = icmp4_related,
	.nb_edges = ICMP4_RELATED_TO_FWD,
	.next_nodes = {
		[ICMP4_RELATED_TO_OUTPUT] = "ip4_output",
		[ICMP4_RELATED_TO_ERROR] = "icmp4_error",
		[ICMP4_RELATED_TO_STEER] = "steer",
		[ICMP4_RELATED_TO_TRANSIT] = "transit",
		[ICMP4_RELATED_TO_HOST] = "host_tx",
		[ICMP4_RELATED_DROP_QUOTE] = "drop_icmp4_quote",
		[ICMP4_RELATED_DROP_UNKNOWN] = "drop_icmp4_unknown",
		[ICMP4_RELATED_DROP_BACKUP] = "drop_vip_backup",
		[ICMP4_RELATED_DROP_SILENT] = "drop_icmp4_silent",
	},
};
