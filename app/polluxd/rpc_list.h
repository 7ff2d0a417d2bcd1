#pragma once
/**
 * @file
 * Answers that are lists: made piece by piece, so that none holds the control loop. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lb_rpc_server.h"
#include "lb_slot.h"

struct director;
struct rpc;
struct rpc_list;

/** What a kind of list does. */
struct rpc_list_ops {
	/**
	 * Look at what stands at list->at, add it to the answer by rpc_list_add() if it belongs
	 * there, and move on; a short piece of work. false: there is nothing at list->at, the end
	 * was reached.
	 */
	bool (*step)(struct rpc_list *list);
	/** Optional (absent: a page): make the result; takes items. NULL: no memory, or failed. */
	json_t *(*result)(struct rpc_list *list, json_t *items);
};

/** What a server does, or all servers of a service. */
struct rpc_live {
	struct lb_sched_load load;
	struct lb_slot_stats stats;
	struct lb_slot_rates rates;
};

/** A list that is being made. Copied by rpc_list_start(). */
struct rpc_list {
	TAILQ_ENTRY(rpc_list) link;
	const struct rpc_list_ops *ops;
	struct lb_rpc_call *call;
	struct director *director;
	uint64_t revision;   /**< When another one comes, the list is made anew. */
	uint64_t from;       /**< Where the answer starts. */
	uint64_t at;         /**< Where the next item comes from; what it means is the kind's. */
	uint64_t last;       /**< Where the last item came from. */
	uint32_t limit;      /**< Items at most. */
	uint32_t part;       /**< Done of the item at `at`. */
	uint32_t parts;      /**< Done of all items. */
	struct rpc_live sum; /**< Of the parts of the item at `at` that are done. */
	json_t *items;
	bool failed; /**< No memory. */
	void *own;   /**< Of the kind; freed with the list. */
};

/** Add an item that comes from list->at. Takes item; NULL: no memory. */
void rpc_list_add(struct rpc_list *list, json_t *item);

/** Make the list; list has ops, limit, from and own. */
void rpc_list_start(
	struct director *director, struct lb_rpc_call *call, const struct rpc_list *list);

/** The same for a method with LB_RPC_PAGE_PARAMS. */
void rpc_list_page(struct director *director, struct lb_rpc_call *call, const json_t *params,
	const struct rpc_list_ops *ops);

/** Read where a cursor points to; NULL: 0. 0, or -EINVAL with the sentence. */
int rpc_cursor_read(const char *cursor, uint64_t *at, struct lb_error *err);

/** A cursor that points to at; text has room for RPC_CURSOR bytes. Returns text. */
#define RPC_CURSOR 24
const char *rpc_cursor_write(uint64_t at, char *text);

/** Go on with all lists for a while; returns whether there is more to do. */
bool rpc_lists_run(struct rpc *rpc);
void rpc_lists_end(struct rpc *rpc);
