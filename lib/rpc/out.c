/*
 * Answers on their way out, in the order in which they were given. A heavy one becomes text in a
 * work thread; those behind it wait.
 */

#include <stdlib.h>
#include <string.h>

#include "rpc_fault.h"
#include "rpc_session.h"
#include "rpc_weight.h"

static void
out_free(struct rpc_out *out)
{
	json_decref(out->json);
	free(out->text);
	free(out);
}

static void
on_written(uv_write_t *write, int status)
{
	struct rpc_out *out = write->data;
	struct rpc_session *session = out->session;

	session->writes--;
	out_free(out);
	if (status < 0)
		rpc_session_close(session);
	else
		rpc_session_next(session);
}

/* Hand to libuv what is text, up to the first that is not. */
static void
flush(struct rpc_session *session)
{
	static char newline[] = "\n";
	struct rpc_out *out;

	while ((out = TAILQ_FIRST(&session->outs)) != NULL && out->written) {
		uv_buf_t bufs[] = {
			uv_buf_init(out->text, (unsigned int)out->length),
			uv_buf_init(newline, 1),
		};

		TAILQ_REMOVE(&session->outs, out, link);
		session->outs_n--;
		session->held -= out->length;
		session->handed += out->length + 1;
		session->writes++;
		out->write.data = out;
		if (uv_write(&out->write, (uv_stream_t *)&session->pipe, bufs, 2, on_written) !=
			0) {
			session->writes--;
			out_free(out);
			rpc_session_close(session);
			return;
		}
	}
}

/* Any thread: what is written is nobody else's. */
static void
write_text(struct rpc_out *out)
{
	out->text = json_dumps(out->json, JSON_COMPACT);
	out->length = out->text == NULL ? 0 : strlen(out->text);
	json_decref(out->json);
	out->json = NULL;
}

static void
is_text(struct rpc_out *out)
{
	struct rpc_session *session = out->session;

	if (session->closing)
		return;
	if (out->text == NULL) {
		rpc_session_close(session);
		return;
	}
	out->written = true;
	session->held += out->length;
	flush(session);
}

static void
text_work(uv_work_t *work)
{
	write_text(work->data);
}

static void
text_done(uv_work_t *work, int status)
{
	struct rpc_out *out = work->data;
	struct rpc_session *session = out->session;

	(void)status;
	is_text(out);
	rpc_session_next(session);
	rpc_session_put(session);
}

void
rpc_out_send(struct rpc_session *session, json_t *json)
{
	struct rpc_out *out = json == NULL ? NULL : calloc(1, sizeof(*out));

	if (out == NULL) {
		rpc_discard(session->server->conf.loop, json);
		rpc_session_close(session);
		return;
	}
	out->session = session;
	out->json = json;
	TAILQ_INSERT_TAIL(&session->outs, out, link);
	session->outs_n++;
	if (rpc_weight(json, RPC_WEIGHT_LIGHT) <= RPC_WEIGHT_LIGHT) {
		write_text(out);
		is_text(out);
		return;
	}
	session->refs++;
	out->work.uv.data = out;
	lb_work_queue(session->server->conf.loop, &out->work, text_work, text_done);
}

void
rpc_out_fault(struct rpc_session *session, int code, const char *sentence)
{
	struct lb_error err = { 0 };

	lb_error_set(&err, 1, "%s", sentence);
	session->server->stats.faults++;
	rpc_out_send(session, json_pack("{s:s, s:n, s:o}", "jsonrpc", "2.0", "id", "error",
				      rpc_fault_json(code, NULL, &err)));
}

void
rpc_out_drop(struct rpc_session *session)
{
	struct rpc_out *out;

	while ((out = TAILQ_FIRST(&session->outs)) != NULL) {
		TAILQ_REMOVE(&session->outs, out, link);
		out_free(out);
	}
}
