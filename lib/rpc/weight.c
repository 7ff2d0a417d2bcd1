/* The weight of JSON: see rpc_weight.h. */

#include "rpc_weight.h"

#include <stdlib.h>
#include <string.h>

#include "lb_work.h"

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

/* JSON that is freed in a work thread. */
struct discard {
	struct lb_work work;
	json_t *json;
};

static void
discard_work(uv_work_t *uv)
{
	const struct discard *discard = uv->data;

	json_decref(discard->json);
}

static void
discard_done(uv_work_t *uv, int status)
{
	(void)status;
	free(uv->data);
}

void
rpc_discard(uv_loop_t *loop, json_t *json)
{
	struct discard *discard;

	if (json == NULL || rpc_weight(json, RPC_WEIGHT_LIGHT) <= RPC_WEIGHT_LIGHT) {
		json_decref(json);
		return;
	}
	discard = malloc(sizeof(*discard));
	if (discard == NULL) {
		json_decref(json);
		return;
	}
	discard->json = json;
	discard->work.uv.data = discard;
	lb_work_queue(loop, &discard->work, discard_work, discard_done);
}
