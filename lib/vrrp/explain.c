/*
 * Refusals for people. The figures are read from the packet anew, only when a sentence is wanted:
 * whoever floods us with bad adverts must not make us print each of them.
 */

#include "lb_vrrp_packet.h"
#include "vrrp_message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *
lb_vrrp_refusal_name(enum lb_vrrp_refusal refusal)
{
	static const char *const names[LB_VRRP_REFUSALS] = {
		[LB_VRRP_TAKEN] = "taken",
		[LB_VRRP_BAD_TTL] = "ttl",
		[LB_VRRP_BAD_LENGTH] = "length",
		[LB_VRRP_BAD_VERSION] = "version",
		[LB_VRRP_BAD_TYPE] = "type",
		[LB_VRRP_BAD_CHECKSUM] = "checksum",
		[LB_VRRP_BAD_COUNT] = "count",
		[LB_VRRP_BAD_INTERVAL] = "interval",
		[LB_VRRP_BAD_LINK_LOCAL] = "link_local",
		[LB_VRRP_OTHER_VRID] = "other_vrid",
		[LB_VRRP_OTHER_DEST] = "other_dest",
		[LB_VRRP_OTHER_SENDER] = "other_sender",
		[LB_VRRP_OTHER_VERSION] = "other_version",
		[LB_VRRP_OTHER_AUTH] = "auth",
		[LB_VRRP_OTHER_INTERVAL] = "other_interval",
		[LB_VRRP_OTHER_ADDRS] = "other_addresses",
		[LB_VRRP_OWN] = "own",
		[LB_VRRP_REPEATED] = "repeated",
	};

	return names[refusal];
}

/* Append to out, which has LB_VRRP_TEXT bytes. */
static void __attribute__((format(printf, 2, 3))) explain_add(char *out, const char *format, ...)
{
	size_t used = strlen(out);
	va_list args;

	va_start(args, format);
	vsnprintf(out + used, LB_VRRP_TEXT - used, format, args);
	va_end(args);
}

/* The fixed part as far as there is one; what is missing is 0. */
static struct vrrp_message
explain_fixed(const struct lb_vrrp_packet *packet)
{
	struct vrrp_message fixed = { 0 };

	if (packet->len != 0)
		memcpy(&fixed, packet->message, RTE_MIN((size_t)packet->len, sizeof(fixed)));
	return fixed;
}

static void
explain_ttl(char *out, const struct lb_vrrp_packet *packet, const struct lb_vrrp_conf *conf)
{
	if (conf != NULL && conf->n_peers != 0 && !vrrp_is_group(&packet->dst))
		explain_add(out,
			"TTL %u is not in %u to %u; allow it if the peer is behind a router",
			packet->ttl, conf->ttl_min, conf->ttl_max);
	else
		explain_add(out, "TTL is %u, must be 255; it came through a router", packet->ttl);
}

static void
explain_first(char *out, const struct lb_vrrp_packet *packet)
{
	struct lb_addr first = { .family = AF_INET6 };
	char text[LB_ADDR_TEXT];

	memcpy(first.bytes, (const uint8_t *)packet->message + sizeof(struct vrrp_message),
		sizeof(first.bytes));
	explain_add(out, "its first address is %s, must be link-local; change the order there",
		lb_addr_text(&first, text));
}

/* Faults that the packet has by itself. */
static void
explain_packet(enum lb_vrrp_refusal refusal, const struct lb_vrrp_packet *packet, char *out)
{
	struct vrrp_message fixed = explain_fixed(packet);

	switch (refusal) {
	case LB_VRRP_BAD_LENGTH:
		explain_add(out, "%u bytes are too few for %u addresses", packet->len, fixed.count);
		break;
	case LB_VRRP_BAD_VERSION:
		explain_add(out, "there is no version %u for this family", fixed.version_type >> 4);
		break;
	case LB_VRRP_BAD_TYPE:
		explain_add(out, "type is %u, must be 1", fixed.version_type & 0x0f);
		break;
	case LB_VRRP_BAD_CHECKSUM:
		explain_add(out, "checksum 0x%04x is wrong", rte_be_to_cpu_16(fixed.checksum));
		break;
	case LB_VRRP_BAD_COUNT:
		explain_add(out, "it lists no address");
		break;
	case LB_VRRP_BAD_INTERVAL:
		explain_add(out, "its interval is 0");
		break;
	case LB_VRRP_BAD_LINK_LOCAL:
		explain_first(out, packet);
		break;
	default:
		break;
	}
}

static void
explain_auth(char *out, uint8_t theirs, uint8_t ours)
{
	if (theirs == ours)
		explain_add(out, "its password is not ours; use the same on both sides");
	else
		explain_add(out,
			"authentication type is %u, ours is %u; use auth_pass, or none, on both "
			"sides",
			theirs, ours);
}

/* What does not go with the instance. */
static void
explain_instance(enum lb_vrrp_refusal refusal, const struct lb_vrrp_packet *packet,
	const struct lb_vrrp_conf *conf, char *out)
{
	struct vrrp_message fixed = explain_fixed(packet);
	char text[LB_ADDR_TEXT];

	switch (refusal) {
	case LB_VRRP_OTHER_DEST:
		explain_add(out, "it was sent to %s, we use %s; use the same on both sides",
			lb_addr_text(&packet->dst, text),
			conf->n_peers != 0 ? "unicast" : "multicast");
		break;
	case LB_VRRP_OTHER_SENDER:
		explain_add(out, "the sender is no peer; add it to the peers if it should be");
		break;
	case LB_VRRP_OTHER_VERSION:
		explain_add(out, "version is %u, ours is %u; use the same on both sides",
			fixed.version_type >> 4, conf->version);
		break;
	case LB_VRRP_OTHER_AUTH:
		explain_auth(out, fixed.v2.auth_type, vrrp_auth_type(conf));
		break;
	case LB_VRRP_OTHER_INTERVAL:
		explain_add(out, "interval is %u s, ours is %u s; use the same on both sides",
			fixed.v2.seconds, (unsigned int)(conf->interval_us / VRRP_SECOND_US));
		break;
	case LB_VRRP_OTHER_ADDRS:
		explain_add(out, "it lists other addresses than ours; use the same on both sides");
		break;
	case LB_VRRP_OWN:
		explain_add(out, "we sent it ourselves; look for a loop on the link");
		break;
	case LB_VRRP_REPEATED:
		explain_add(out, "it says in version 2 what the sender says in version 3");
		break;
	default:
		break;
	}
}

const char *
lb_vrrp_explain(enum lb_vrrp_refusal refusal, const struct lb_vrrp_packet *packet,
	const struct lb_vrrp_conf *conf, char *out)
{
	char sender[LB_ADDR_TEXT];

	snprintf(out, LB_VRRP_TEXT, "advert of VRID %u from %s: ", explain_fixed(packet).vrid,
		lb_addr_text(&packet->src, sender));
	if (refusal == LB_VRRP_BAD_TTL)
		explain_ttl(out, packet, conf);
	else if (refusal == LB_VRRP_OTHER_VRID)
		explain_add(out, "no instance has this VRID on this port");
	else if (refusal < LB_VRRP_OTHER_VRID)
		explain_packet(refusal, packet, out);
	else
		explain_instance(refusal, packet, conf, out);
	return out;
}
