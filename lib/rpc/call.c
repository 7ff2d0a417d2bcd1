/*
 * From a request to its answer. A call lives from the request until the method has answered, which
 * may be long after its client has gone: then the answer is thrown away. The answers of a batch are
 * gathered by the place of their requests, and leave as one line when the last is there.
 */

#include <errno.h>
#include <stdlib.h>

#include "rpc_fault.h"
#include "rpc_method.h"
#include "rpc_request.h"
#include "rpc_session.h"
#include "rpc_weight.h"

/* All answers of the batch as an array; NULL: there are none, or no memory. */
static json_t *
batch_gather(struct rpc_batch *batch, size_t *n)
{
	json_t *array = json_array();

	*n = 0;
	for (size_t i = 0; i < batch->n; i++) {
		if (batch->answers[i] == NULL)
			continue;
		(*n)++;
		if (json_array_append_new(array, batch->answers[i]) != 0) {
			json_decref(array);
			array = NULL;
		}
		batch->answers[i] = NULL;
	}
	return array;
}

static void
batch_put(struct rpc_batch *batch)
{
	json_t *array;
	size_t n;

	if (--batch->refs != 0)
		return;
	array = batch_gather(batch, &n);
	if (batch->session != NULL && n != 0)
		rpc_out_send(batch->session, array);
	else
		rpc_discard(batch->loop, array);
	rpc_discard(batch->loop, batch->requests);
	free(batch->answers);
	free(batch);
}

/* The session starts what is in the array. Takes it. 0 or -ENOMEM. */
static int
batch_begin(struct rpc_session *session, json_t *requests)
{
	size_t n = json_array_size(requests);
	struct rpc_batch *batch = calloc(1, sizeof(*batch));
	json_t **answers = calloc(n, sizeof(*answers));

	if (batch == NULL || answers == NULL) {
		free(batch);
		free(answers);
		rpc_discard(session->server->conf.loop, requests);
		return -ENOMEM;
	}
	*batch = (struct rpc_batch){
		.session = session,
		.loop = session->server->conf.loop,
		.requests = requests,
		.answers = answers,
		.n = n,
		.refs = 1,
	};
	session->batch = batch;
	return 0;
}

/* The call is over. Takes json, the whole answer; NULL: none is due. */
static void
call_end(struct lb_rpc_call *call, json_t *json)
{
	struct rpc_session *session = call->session;
	struct rpc_batch *batch = call->batch;

	if (session != NULL) {
		LIST_REMOVE(call, link);
		session->calls_n--;
	}
	if (session == NULL)
		rpc_discard(call->loop, json);
	else if (batch != NULL)
		batch->answers[call->index] = json;
	else if (json != NULL)
		rpc_out_send(session, json);
	if (batch != NULL)
		batch_put(batch);
	json_decref(call->id);
	free(call);
	if (session != NULL)
		rpc_session_next(session);
}

/* The answer with value as the member called key. Takes value. */
static void
call_answer(struct lb_rpc_call *call, const char *key, json_t *value)
{
	json_t *json;

	if (call->id == NULL) {
		rpc_discard(call->loop, value);
		call_end(call, NULL);
		return;
	}
	json = json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", call->id, key, value);
	if (json == NULL && call->session != NULL)
		rpc_session_close(call->session);
	if (json != NULL && call->batch != NULL)
		call->batch->weight += rpc_weight(json, LB_RPC_UNSENT_MAX);
	call_end(call, json);
}

void
lb_rpc_answer(struct lb_rpc_call *call, json_t *result)
{
	struct lb_error err = { 0 };

	if (result != NULL) {
		call_answer(call, "result", result);
		return;
	}
	lb_error_set(&err, ENOMEM,
		"answer: no memory for it; ask for less, or give the machine more memory");
	lb_rpc_fail(call, LB_RPC_INTERNAL, NULL, &err);
}

void
lb_rpc_fail(struct lb_rpc_call *call, int code, const char *word, const struct lb_error *err)
{
	if (call->session != NULL)
		call->session->server->stats.faults++;
	call_answer(call, "error", rpc_fault_json(code, word, err));
}

/* The method to be called. NULL: none, and fault says why. */
static const struct lb_rpc_method *
call_method(const struct lb_rpc_call *call, const struct rpc_request *request,
	struct lb_rpc_fault *fault)
{
	const struct rpc_session *session = call->session;
	const struct lb_rpc_server *server = session->server;
	const struct lb_rpc_method *method = rpc_method_find(&server->conf, request->method, fault);

	if (method == NULL)
		return NULL;
	if (method->changes && session->peer.uid != 0 &&
		session->peer.uid != server->socket.st_uid) {
		rpc_fault_set(fault, LB_RPC_NOT_PERMITTED,
			"%s: uid %u may only read; call it as root or as the owner of the socket",
			method->name, session->peer.uid);
		return NULL;
	}
	if (!rpc_method_takes(method, request->params, fault))
		return NULL;
	if (call->id != NULL && call->batch != NULL && call->batch->weight > LB_RPC_UNSENT_MAX) {
		rpc_fault_set(fault, LB_RPC_BATCH_TOO_LONG,
			"%s: the answers before it in the batch have more than %u MiB; send fewer "
			"requests in one",
			method->name, LB_RPC_UNSENT_MAX >> 20);
		return NULL;
	}
	return method;
}

/* Call what the request names. json is borrowed. */
static void
call_begin(struct lb_rpc_call *call, json_t *json)
{
	struct lb_rpc_server *server = call->session->server;
	const struct lb_rpc_method *method = NULL;
	struct lb_rpc_fault fault = { 0 };
	struct rpc_request request;
	bool is_request = rpc_request_read(json, &request, &fault);

	server->stats.requests++;
	call->id = json_incref(request.id);
	if (is_request)
		method = call_method(call, &request, &fault);
	else if (call->id == NULL)
		call->id = json_null();
	if (method == NULL)
		lb_rpc_fail(call, fault.code, NULL, &fault.err);
	else
		method->fn(call, request.params == NULL ? server->no_params : request.params,
			server->conf.arg);
}

/* A call of the session; batch NULL: of no batch. */
static void
call_create(struct rpc_session *session, json_t *json, struct rpc_batch *batch)
{
	struct lb_rpc_call *call = calloc(1, sizeof(*call));

	if (call == NULL) {
		rpc_session_close(session);
		return;
	}
	call->session = session;
	call->loop = session->server->conf.loop;
	call->batch = batch;
	if (batch != NULL) {
		call->index = batch->next++;
		batch->refs++;
	}
	LIST_INSERT_HEAD(&session->calls, call, link);
	session->calls_n++;
	call_begin(call, json);
}

/* The step itself holds the batch: an answer may close the session, and that drops it. */
void
rpc_call_step(struct rpc_session *session)
{
	struct rpc_batch *batch = session->batch;

	batch->refs++;
	call_create(session, json_array_get(batch->requests, batch->next), batch);
	if (session->batch == batch && batch->next == batch->n) {
		session->batch = NULL;
		batch_put(batch);
	}
	batch_put(batch);
}

void
rpc_call_take(struct rpc_session *session, json_t *json)
{
	size_t n = json_array_size(json);

	if (json_is_array(json) && n > 0 && n <= LB_RPC_BATCH_MAX) {
		if (batch_begin(session, json) != 0)
			rpc_session_close(session);
		return;
	}
	if (!json_is_array(json))
		call_create(session, json, NULL);
	else if (n == 0)
		rpc_out_fault(session, LB_RPC_INVALID_REQUEST,
			"batch: it is empty; put a request into it");
	else
		rpc_out_fault(session, LB_RPC_BATCH_TOO_LONG,
			"batch: it has more than 1000 requests; send several batches");
	rpc_discard(session->server->conf.loop, json);
}

void
rpc_call_detach(struct rpc_session *session)
{
	struct lb_rpc_call *call;

	while ((call = LIST_FIRST(&session->calls)) != NULL) {
		LIST_REMOVE(call, link);
		call->session = NULL;
		if (call->batch != NULL)
			call->batch->session = NULL;
	}
	if (session->batch != NULL) {
		session->batch->session = NULL;
		batch_put(session->batch);
		session->batch = NULL;
	}
}
