#pragma once
/**
 * @file
 * Each sends the wan port one packet, which the drop node of its name gets. The port has fd01::11
 * and fe80::11, and fd01::100 is a VIP on it.
 */

void drops6_ip6_truncated(void);
void drops6_ip6_version(void);
void drops6_ip6_source(void);
void drops6_ip6_options(void);
void drops6_ip6_protocol(void);
void drops6_ip6_group(void);
void drops6_ip6_not_ours(void);
void drops6_icmp6_truncated(void);
void drops6_icmp6_checksum(void);
void drops6_icmp6_type(void);
void drops6_nd_malformed(void);
void drops6_nd_not_ours(void);
