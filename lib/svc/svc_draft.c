/*
 * Drafts: a table of some schedulers takes longer to fill than control may spend, so a work thread
 * builds it from the new configuration, and control only adds the slots. A draft that is not
 * needed, since the service has not changed, is thrown away.
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lb_svc.h"

int
lb_svc_draft_build(struct lb_svc_draft *draft, const struct lb_svc_spec *spec, struct lb_error *err)
{
	draft->sched = spec->sched;
	draft->state = NULL;
	draft->dests = calloc(spec->n + 1, sizeof(*draft->dests));
	if (draft->dests == NULL)
		return lb_error_set(err, ENOMEM,
			"service \"%s\": no memory for %zu servers; give the machine more memory",
			spec->name, spec->n);
	for (size_t i = 0; i < spec->n; i++)
		draft->dests[i] = (struct lb_sched_dest){
			.weight = spec->servers[i].weight,
			.addr = spec->servers[i].at.addr,
			.port = spec->servers[i].at.port,
		};
	draft->state =
		spec->sched->build(draft->dests, spec->n, &spec->options, lb_sched_version(), err);
	if (draft->state != NULL)
		return 0;
	assert(err->code != 0);
	lb_error_prefix(err, "service \"%s\": ", spec->name);
	lb_svc_draft_free(draft);
	return -err->code;
}

void
lb_svc_draft_free(struct lb_svc_draft *draft)
{
	if (draft->state != NULL)
		draft->sched->destroy(draft->state);
	free(draft->dests);
	memset(draft, 0, sizeof(*draft));
}
