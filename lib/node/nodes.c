/* The nodes of the packet path, in the order in which a packet may meet them. */

#include "lb_node.h"

extern struct rte_node_register lb_node_eth_rx, lb_node_eth_input, lb_node_arp_input,
	lb_node_vrrp_input, lb_node_ip4_input, lb_node_ip6_input, lb_node_icmp4_input,
	lb_node_icmp6_input, lb_node_icmp4_related, lb_node_conn_lookup, lb_node_conn_new,
	lb_node_conn_answer, lb_node_conn_reset, lb_node_template_pick, lb_node_steer,
	lb_node_steer_rx, lb_node_transit, lb_node_host_tx, lb_node_icmp4_error, lb_node_tcp4_reset,
	lb_node_ip4_output, lb_node_ip6_output, lb_node_eth_output, lb_node_neigh_hold,
	lb_node_hold_release, lb_node_eth_tx;

struct rte_node_register *const lb_node_table[] = {
	&lb_node_eth_rx,
	&lb_node_eth_input,
	&lb_node_arp_input,
	&lb_node_vrrp_input,
	&lb_node_ip4_input,
	&lb_node_ip6_input,
	&lb_node_icmp4_input,
	&lb_node_icmp6_input,
	&lb_node_icmp4_related,
	&lb_node_conn_lookup,
	&lb_node_conn_new,
	&lb_node_conn_answer,
	&lb_node_template_pick,
	&lb_node_conn_reset,
	&lb_node_steer,
	&lb_node_steer_rx,
	&lb_node_transit,
	&lb_node_host_tx,
	&lb_node_icmp4_error,
	&lb_node_tcp4_reset,
	&lb_node_ip4_output,
	&lb_node_ip6_output,
	&lb_node_eth_output,
	&lb_node_neigh_hold,
	&lb_node_hold_release,
	&lb_node_eth_tx,
	NULL,
};
