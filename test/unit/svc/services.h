#pragma once
/**
 * @file
 * A set of services under test, with one worker that the test plays itself.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "lb_rcu.h"
#include "lb_svc.h"
#include "unit.h"

/** Workers of the set; the test plays number 0, the others stay offline. */
#define SERVICES_WORKERS 2

/** Slots, set and domain of one test. */
struct services {
	struct lb_slots *slots;
	struct lb_svc_set *set;
	struct lb_error err;
};

static inline void
services_begin(struct services *services)
{
	unit_eal();
	CU_ASSERT_EQUAL_FATAL(lb_rcu_init(SERVICES_WORKERS), 0);
	lb_rcu_online(0);
	memset(services, 0, sizeof(*services));
	services->slots = lb_slots_create(SERVICES_WORKERS);
	CU_ASSERT_PTR_NOT_NULL_FATAL(services->slots);
	services->set = lb_svc_create(SERVICES_WORKERS, services->slots);
	CU_ASSERT_PTR_NOT_NULL_FATAL(services->set);
}

static inline void
services_end(struct services *services)
{
	lb_rcu_offline(0);
	lb_svc_destroy(services->set);
	lb_rcu_fini();
	lb_slots_destroy(services->slots);
}

/** The worker passes, and what waits for it is freed. */
static inline void
services_pass(void)
{
	lb_rcu_quiescent(0);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
}

static inline struct lb_endpoint
endpoint(const char *addr, uint16_t port)
{
	struct lb_endpoint e = { .port = rte_cpu_to_be_16(port) };

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(addr, &e.addr), 0);
	return e;
}

/** A TCP service with these servers. */
static inline struct lb_svc_spec
service(const char *name, const char *addr, const char *scheduler,
	const struct lb_svc_server_spec *servers, size_t n)
{
	return (struct lb_svc_spec){
		.name = name,
		.at = endpoint(addr, 80),
		.protocol = IPPROTO_TCP,
		.sched = lb_sched_find(lb_sched_table, scheduler),
		.servers = servers,
		.n = n,
	};
}

/** Publish, which must succeed. */
static inline void
services_apply(struct services *services, const struct lb_svc_spec *specs, size_t n)
{
	CU_ASSERT_EQUAL_FATAL(lb_svc_apply(services->set, specs, n, &services->err), 0);
}

/** The service that a worker finds at addr, TCP port 80. */
static inline const struct lb_svc *
services_find(const struct services *services, const char *addr)
{
	return lb_svc_find4(lb_svc_root(services->set), endpoint(addr, 80).addr.ip4,
		rte_cpu_to_be_16(80), IPPROTO_TCP);
}

/** The next n picks of worker 0: 'A' is the first server of the service; '-': none. */
static inline const char *
services_pick(const struct services *services, const struct lb_svc *svc, size_t n, char *text)
{
	struct lb_slot_worker *worker = lb_slots_worker(services->slots, 0);
	const struct lb_sched_flow flow = {
		.total = worker->total,
		.delta = worker->delta,
		.closed = worker->closed,
	};

	for (size_t i = 0; i < n; i++) {
		const struct lb_svc_server *server = lb_svc_pick(svc, worker, &flow);

		text[i] = server == NULL ? '-' : (char)('A' + (server - svc->servers));
	}
	text[n] = '\0';
	return text;
}

/** Worker `number` picks at a time in microseconds; the server's last digit, or '-'. */
static inline char
services_pick_at(const struct services *services, uint32_t number, uint64_t us, const char *addr)
{
	struct lb_slot_worker *worker = lb_slots_worker(services->slots, number);
	const struct lb_sched_flow flow = {
		.now = (us + 1000000) * (rte_get_tsc_hz() / 1000000),
		.total = worker->total,
		.delta = worker->delta,
		.closed = worker->closed,
	};
	const struct lb_svc_server *server =
		lb_svc_pick(services_find(services, addr), worker, &flow);

	return server == NULL ? '-' : (char)('0' + server->at.addr.bytes[3] % 10);
}
