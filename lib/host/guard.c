/*
 * The table belongs to the netlink socket of libnftables' context ("flags owner"), so that the
 * kernel removes it when the process is gone, and nobody else changes it meanwhile.
 */

#include "lb_host_guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nftables/libnftables.h>
#include <rte_common.h>

struct lb_host_guard {
	struct nft_ctx *nft;
};

/* The commands as one transaction; the caller frees them. NULL: no memory. */
static char *
commands_of(const char *table, const char *const *interfaces, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (file == NULL)
		return NULL;
	fprintf(file, "add table netdev %s { flags owner; }\n", table);
	for (size_t i = 0; i < n; i++)
		fprintf(file,
			"add chain netdev %s port%zu { type filter hook ingress device \"%s\" "
			"priority -500; policy drop; }\n",
			table, i, interfaces[i]);
	if (fclose(file) == 0)
		return text;
	free(text);
	return NULL;
}

/* The first line of what nftables says. */
static int
refuse(const struct lb_host_guard *guard, const char *interface, struct lb_error *err)
{
	const char *why = nft_ctx_get_error_buffer(guard->nft);
	int n = why == NULL ? 0 : (int)strcspn(why, "\n");

	return lb_error_set(err, EIO,
		"interface \"%s\": nftables cannot keep its packets from the kernel, which sees "
		"them beside net_af_packet (%.*s); let the process use nftables (CAP_NET_ADMIN, "
		"nf_tables), use net_af_xdp, or set host = \"none\"",
		interface, RTE_MIN(n, 120), why == NULL ? "" : why);
}

struct lb_host_guard *
lb_host_guard_create(
	const char *table, const char *const *interfaces, size_t n, struct lb_error *err)
{
	struct lb_host_guard *guard = calloc(1, sizeof(*guard));
	char *commands = commands_of(table, interfaces, n);
	int ret = -1;

	if (guard != NULL && commands != NULL)
		guard->nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (guard == NULL || guard->nft == NULL) {
		lb_error_set(err, ENOMEM, "nftables: out of memory; add memory to the machine");
	} else {
		nft_ctx_buffer_error(guard->nft);
		ret = nft_run_cmd_from_buffer(guard->nft, commands);
		if (ret != 0)
			refuse(guard, interfaces[0], err);
	}
	free(commands);
	if (ret == 0)
		return guard;
	lb_host_guard_destroy(guard);
	return NULL;
}

void
lb_host_guard_destroy(struct lb_host_guard *guard)
{
	if (guard == NULL)
		return;
	if (guard->nft != NULL)
		nft_ctx_free(guard->nft);
	free(guard);
}
