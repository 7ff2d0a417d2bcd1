/* Requests as packets: see script_wire.h. */

#include "script_wire.h"

#include <errno.h>
#include <string.h>

static char path_variable[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* Where a text is to go; NULL: there was no room for one. */
static char *
put(char *at, const char *end, const char *text)
{
	size_t n = strlen(text) + 1;

	if (at == NULL || n > (size_t)(end - at))
		return NULL;
	memcpy(at, text, n);
	return at + n;
}

static char *
put_all(char *at, const char *end, const char *const *texts, uint16_t *n)
{
	*n = 0;
	for (; texts != NULL && texts[*n] != NULL; (*n)++) {
		if (*n == LB_SCRIPT_WORDS_MAX)
			return NULL;
		at = put(at, end, texts[*n]);
	}
	return at;
}

ssize_t
script_wire_write(const struct lb_script *script, uint32_t id, char *packet)
{
	struct script_head head = {
		.id = id,
		.timeout_ms = script->timeout_ms,
		.last = script->last,
	};
	const char *end = packet + SCRIPT_REQUEST_MAX;
	char *at = put(packet + sizeof(head), end, script->user == NULL ? "" : script->user);

	at = put_all(at, end, script->argv, &head.args);
	at = put_all(at, end, script->env, &head.variables);
	if (at == NULL)
		return -E2BIG;
	memcpy(packet, &head, sizeof(head));
	return at - packet;
}

/* The text at *at, which moves on to the next; NULL: there is none. */
static char *
take(char **at, const char *end)
{
	char *text = *at;
	char *zero = text == NULL ? NULL : memchr(text, '\0', (size_t)(end - text));

	*at = zero == NULL ? NULL : zero + 1;
	return zero == NULL ? NULL : text;
}

int
script_wire_read(char *packet, size_t n, struct script_request *request)
{
	char *at = packet + sizeof(request->head);
	const char *end = packet + n;

	memset(request, 0, sizeof(*request));
	if (n < sizeof(request->head))
		return -EBADMSG;
	memcpy(&request->head, packet, sizeof(request->head));
	if (request->head.id == SCRIPT_FAREWELL)
		return 0;
	if (request->head.args == 0 || request->head.args > LB_SCRIPT_WORDS_MAX ||
		request->head.variables > LB_SCRIPT_WORDS_MAX)
		return -EBADMSG;
	request->user = take(&at, end);
	for (uint16_t i = 0; i < request->head.args; i++)
		request->argv[i] = take(&at, end);
	request->env[0] = path_variable;
	for (uint16_t i = 0; i < request->head.variables; i++)
		request->env[i + 1] = take(&at, end);
	return at == NULL ? -EBADMSG : 0;
}
