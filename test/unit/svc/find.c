/* Services of bursts of packets: each packet's is the one that it would find alone. */

#include "services.h"

/* So many services, of VIPs 10.1.0.0 to 10.1.0.15, and keys of which some have none. */
#define SERVICES 300
#define KEYS 200
#define ROUNDS 50

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((*state >> 33) % below);
}

static struct lb_svc_key
key_of(uint32_t number)
{
	return (struct lb_svc_key){
		.addr = rte_cpu_to_be_32(UINT32_C(0x0a010000) + number % 16),
		.port = rte_cpu_to_be_16((uint16_t)(1000 + number / 16)),
		.protocol = number % 3 == 0 ? IPPROTO_UDP : IPPROTO_TCP,
	};
}

/* The name of a service, by its number. */
static const char *
name_of(uint32_t number)
{
	static char name[8];

	snprintf(name, sizeof(name), "s%u", number);
	return name;
}

static void
publish(struct services *services)
{
	static const struct lb_svc_server_spec servers[] = {
		{ .at = { .addr = { .ip4 = 1, .family = AF_INET } }, .weight = 1 },
		{ .at = { .addr = { .ip4 = 2, .family = AF_INET } }, .weight = 1 },
	};
	static struct lb_svc_spec specs[SERVICES];
	static char names[SERVICES][8];

	for (uint32_t i = 0; i < SERVICES; i++) {
		struct lb_svc_key key = key_of(i);

		snprintf(names[i], sizeof(names[i]), "%s", name_of(i));
		specs[i] = service(names[i], "10.1.0.1", "rr", servers, i % 3);
		specs[i].at =
			(struct lb_endpoint){ .addr = lb_addr_ip4(key.addr), .port = key.port };
		specs[i].protocol = key.protocol;
	}
	services_apply(services, specs, SERVICES);
}

/* In runs of the same key, since a look-up shares what it has found with the next packet. */
static void
draw_keys(uint64_t *state, struct lb_svc_key *keys, uint32_t *numbers, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		numbers[i] =
			i > 0 && draw(state, 3) == 0 ? numbers[i - 1] : draw(state, SERVICES + 100);
		keys[i] = key_of(numbers[i]);
		if (draw(state, 4) == 0) {
			keys[i].protocol ^= IPPROTO_TCP ^ IPPROTO_UDP;
			numbers[i] = UINT32_MAX;
		}
	}
}

/* Every seventh service goes, and comes back, one after the other. */
static void
remove_or_add(struct services *services, uint32_t number, bool *there)
{
	struct lb_svc_key key = key_of(number);
	struct lb_svc_spec spec = service(name_of(number), "10.1.0.1", "rr", NULL, 0);

	spec.at = (struct lb_endpoint){ .addr = lb_addr_ip4(key.addr), .port = key.port };
	spec.protocol = key.protocol;
	if (*there)
		CU_ASSERT_EQUAL(lb_svc_remove(services->set, spec.name), 0)
	else
		CU_ASSERT_EQUAL(lb_svc_put(services->set, &spec, &services->err), 0)
	*there = !*there;
}

static void
check_found(const struct lb_svc *svc, uint32_t number, bool there)
{
	if (number >= SERVICES || !there)
		CU_ASSERT_PTR_NULL(svc)
	else
		CU_ASSERT_STRING_EQUAL(svc->name, name_of(number))
}

static void
burst_finds_the_service_of_each_packet(void)
{
	bool there[SERVICES];
	struct services services;
	uint64_t state = 7;

	services_begin(&services);
	publish(&services);
	memset(there, true, sizeof(there));
	for (int round = 0; round < ROUNDS; round++) {
		struct lb_slot_worker *worker = lb_slots_worker(services.slots, 0);
		const struct lb_svc_root *root = lb_svc_root(services.set);
		const struct lb_svc *svcs[KEYS];
		struct lb_svc_key keys[KEYS];
		uint32_t numbers[KEYS];
		uint16_t n = (uint16_t)draw(&state, KEYS + 1);
		char pick[2];

		draw_keys(&state, keys, numbers, n);
		memset(svcs, 0xa5, sizeof(svcs));
		lb_svc_find4_burst(root, keys, n, worker, svcs);
		for (uint16_t i = 0; i < n; i++) {
			check_found(
				svcs[i], numbers[i], numbers[i] < SERVICES && there[numbers[i]]);
			CU_ASSERT_PTR_EQUAL(svcs[i],
				lb_svc_find4(root, keys[i].addr, keys[i].port, keys[i].protocol));
			if (svcs[i] != NULL)
				services_pick(&services, svcs[i], 1, pick);
		}
		remove_or_add(&services, (uint32_t)round % 20 * 7, &there[round % 20 * 7]);
		services_pass();
	}
	services_end(&services);
}

static const struct unit_test tests[] = {
	UNIT_TEST(burst_finds_the_service_of_each_packet),
	UNIT_END,
};

const struct unit_suite unit_svc_find = { "find", tests };
