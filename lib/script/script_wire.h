#pragma once
/**
 * @file
 * What crosses the socketpair: one packet per request, one per answer. Both ends are the same
 * program, so numbers are as the machine has them.
 */

#include "lb_script.h"

/** Bytes of a request: head, user, arguments, variables, each with its zero. */
#define SCRIPT_REQUEST_MAX (sizeof(struct script_head) + LB_SCRIPT_BYTES_MAX)
/** Bytes kept of what a program wrote: the last ones. */
#define SCRIPT_TAIL 320

/** Identity of the request that says: only those that are `last` run on. */
#define SCRIPT_FAREWELL 0

struct script_head {
	uint32_t id;
	uint32_t timeout_ms;
	uint16_t args;
	uint16_t variables;
	bool last;
};

/** A request taken apart; it points into the packet. */
struct script_request {
	struct script_head head;
	const char *user; /**< Empty: whoever is right. */
	char *argv[LB_SCRIPT_WORDS_MAX + 1];
	char *env[LB_SCRIPT_WORDS_MAX + 2]; /**< PATH, and those of the request. */
};

struct script_answer {
	uint32_t id;
	int32_t end; /**< enum lb_script_end */
	int32_t value;
	uint32_t tail_n;
	char tail[SCRIPT_TAIL]; /**< What it wrote, or why it could not be started. */
};

/** Write a request. The bytes, or -E2BIG. */
ssize_t script_wire_write(const struct lb_script *script, uint32_t id, char *packet);

/** Take a packet apart. 0 or -EBADMSG. */
int script_wire_read(char *packet, size_t n, struct script_request *request);

/** From an answer to what the asker is told. */
void script_answer_read(const struct script_answer *answer, struct lb_script_result *result);

/** The words of a script that was lost, for this reason. */
void script_answer_lost(const char *why, struct lb_script_result *result);
