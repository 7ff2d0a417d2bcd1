/*
 * Timeouts of connections: a group of the root, where an absent key has its default, and one of
 * services, where it is 0.
 */

#include "conf_read.h"

#define TIMEOUT(index)                                                                             \
	CONF_NUMBER, CONF_MEMBER(struct lb_conf_timeouts, ms[index]), .min = 1000, .max = INT32_MAX

const struct conf_key conf_timeouts_keys[] = {
	{ "none_ms", TIMEOUT(LB_CONF_TIMEOUT_NONE), .fallback = 2000 },
	{ "established_ms", TIMEOUT(LB_CONF_TIMEOUT_ESTABLISHED), .fallback = 900000 },
	{ "syn_sent_ms", TIMEOUT(LB_CONF_TIMEOUT_SYN_SENT), .fallback = 120000 },
	{ "syn_recv_ms", TIMEOUT(LB_CONF_TIMEOUT_SYN_RECV), .fallback = 60000 },
	{ "fin_wait_ms", TIMEOUT(LB_CONF_TIMEOUT_FIN_WAIT), .fallback = 120000 },
	{ "time_wait_ms", TIMEOUT(LB_CONF_TIMEOUT_TIME_WAIT), .fallback = 120000 },
	{ "close_ms", TIMEOUT(LB_CONF_TIMEOUT_CLOSE), .fallback = 10000 },
	{ "close_wait_ms", TIMEOUT(LB_CONF_TIMEOUT_CLOSE_WAIT), .fallback = 60000 },
	{ "last_ack_ms", TIMEOUT(LB_CONF_TIMEOUT_LAST_ACK), .fallback = 30000 },
	{ "listen_ms", TIMEOUT(LB_CONF_TIMEOUT_LISTEN), .fallback = 120000 },
	{ "synack_ms", TIMEOUT(LB_CONF_TIMEOUT_SYNACK), .fallback = 120000 },
	{ "udp_ms", TIMEOUT(LB_CONF_TIMEOUT_UDP), .fallback = 300000 },
	{ .name = NULL },
};

const struct conf_key conf_own_timeouts_keys[] = {
	{ "none_ms", TIMEOUT(LB_CONF_TIMEOUT_NONE) },
	{ "established_ms", TIMEOUT(LB_CONF_TIMEOUT_ESTABLISHED) },
	{ "syn_sent_ms", TIMEOUT(LB_CONF_TIMEOUT_SYN_SENT) },
	{ "syn_recv_ms", TIMEOUT(LB_CONF_TIMEOUT_SYN_RECV) },
	{ "fin_wait_ms", TIMEOUT(LB_CONF_TIMEOUT_FIN_WAIT) },
	{ "time_wait_ms", TIMEOUT(LB_CONF_TIMEOUT_TIME_WAIT) },
	{ "close_ms", TIMEOUT(LB_CONF_TIMEOUT_CLOSE) },
	{ "close_wait_ms", TIMEOUT(LB_CONF_TIMEOUT_CLOSE_WAIT) },
	{ "last_ack_ms", TIMEOUT(LB_CONF_TIMEOUT_LAST_ACK) },
	{ "listen_ms", TIMEOUT(LB_CONF_TIMEOUT_LISTEN) },
	{ "synack_ms", TIMEOUT(LB_CONF_TIMEOUT_SYNACK) },
	{ "udp_ms", TIMEOUT(LB_CONF_TIMEOUT_UDP) },
	{ .name = NULL },
};

int
conf_read_timeouts(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_group(
		reader, setting, conf_timeouts_keys, &((struct lb_conf *)object)->timeouts);
}

int
conf_read_own_timeouts(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_group(reader, setting, conf_own_timeouts_keys,
		&((struct lb_conf_service *)object)->timeouts);
}
