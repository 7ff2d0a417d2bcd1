/* Addresses: see lb_addr.h. */

#include "lb_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int
addr_bits(const struct lb_addr *addr)
{
	return addr->family == AF_INET6 ? 128 : 32;
}

int
lb_addr_compare(const struct lb_addr *a, const struct lb_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool
lb_addr_is_special(const struct lb_addr *addr)
{
	if (addr->family == AF_INET) {
		uint32_t host = rte_be_to_cpu_32(addr->ip4);

		return host >> 24 == 0 || host >> 24 == 127 || host >> 28 == 0xe ||
		       host == UINT32_MAX;
	}
	if (addr->bytes[0] == 0xff)
		return true;
	return addr->words[0] == 0 && rte_be_to_cpu_64(addr->words[1]) <= 1;
}

int
lb_addr_parse(const char *text, struct lb_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, addr->bytes) == 1)
		addr->family = AF_INET;
	else if (inet_pton(AF_INET6, text, addr->bytes) == 1)
		addr->family = AF_INET6;
	else
		return -EINVAL;
	return 0;
}

int
lb_prefix_parse(const char *text, struct lb_prefix *prefix)
{
	const char *slash = strchr(text, '/');
	char host[LB_ADDR_TEXT];
	unsigned int len = 0;
	const char *digit;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';
	if (lb_addr_parse(host, &prefix->addr) != 0)
		return -EINVAL;
	for (digit = slash + 1; *digit >= '0' && *digit <= '9' && digit - slash <= 3; digit++)
		len = len * 10 + (unsigned int)(*digit - '0');
	if (digit == slash + 1 || *digit != '\0' || len > addr_bits(&prefix->addr))
		return -EINVAL;
	prefix->len = (uint8_t)len;
	return 0;
}

bool
lb_prefix_contains(const struct lb_prefix *prefix, const struct lb_addr *addr)
{
	unsigned int whole = prefix->len / 8;
	unsigned int rest = prefix->len % 8;

	if (prefix->addr.family != addr->family)
		return false;
	if (memcmp(prefix->addr.bytes, addr->bytes, whole) != 0)
		return false;
	return rest == 0 || (prefix->addr.bytes[whole] ^ addr->bytes[whole]) >> (8 - rest) == 0;
}

bool
lb_prefix_overlaps(const struct lb_prefix *a, const struct lb_prefix *b)
{
	return a->len <= b->len ? lb_prefix_contains(a, &b->addr) : lb_prefix_contains(b, &a->addr);
}

const char *
lb_addr_text(const struct lb_addr *addr, char *out)
{
	if (addr->family == 0 || inet_ntop(addr->family, addr->bytes, out, LB_ADDR_TEXT) == NULL)
		snprintf(out, LB_ADDR_TEXT, "none");
	return out;
}

const char *
lb_prefix_text(const struct lb_prefix *prefix, char *out)
{
	size_t n = strlen(lb_addr_text(&prefix->addr, out));

	snprintf(out + n, LB_ADDR_TEXT - n, "/%u", prefix->len);
	return out;
}

const char *
lb_endpoint_text(const struct lb_endpoint *endpoint, char *out)
{
	bool ip6 = endpoint->addr.family == AF_INET6;
	char host[LB_ADDR_TEXT];

	snprintf(out, LB_ADDR_TEXT, "%s%.48s%s:%u", ip6 ? "[" : "",
		lb_addr_text(&endpoint->addr, host), ip6 ? "]" : "",
		rte_be_to_cpu_16(endpoint->port));
	return out;
}
