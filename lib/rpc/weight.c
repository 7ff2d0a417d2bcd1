/* The weight of JSON: see rpc_weight.h. */

#include "rpc_weight.h"

#include <stdlib.h>
#include <string.h>

#define WEIGHT_VALUE 16

size_t
rpc_weight(json_t *json, size_t limit)
{
	size_t weight = WEIGHT_VALUE, i;
	const char *key;
	json_t *value;

	switch (json_typeof(json)) {
	case JSON_OBJECT:
		json_object_foreach(json, key, value) {
			weight += strlen(key) + rpc_weight(value, limit);
			if (weight > limit)
				break;
		}
		break;
	case JSON_ARRAY:
		json_array_foreach(json, i, value) {
			weight += rpc_weight(value, limit);
			if (weight > limit)
				break;
		}
		break;
	case JSON_STRING:
		weight += json_string_length(json);
		break;
	default:
		break;
	}
	return weight;
}

static void
discard_work(uv_work_t *work)
{
	json_decref(work->data);
}

static void
discard_done(uv_work_t *work, int status)
{
	(void)status;
	free(work);
}

void
rpc_discard(uv_loop_t *loop, json_t *json)
{
	uv_work_t *work;

	if (json == NULL || rpc_weight(json, RPC_WEIGHT_LIGHT) <= RPC_WEIGHT_LIGHT) {
		json_decref(json);
		return;
	}
	work = malloc(sizeof(*work));
	if (work == NULL) {
		json_decref(json);
		return;
	}
	work->data = json;
	uv_queue_work(loop, work, discard_work, discard_done);
}
