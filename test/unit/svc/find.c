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

static void
publish(struct services *services)
{
	static struct lb_svc_spec specs[SERVICES];
	static char names[SERVICES][8];

	for (uint32_t i = 0; i < SERVICES; i++) {
		struct lb_svc_key key = key_of(i);

		snprintf(names[i], sizeof(names[i]), "s%u", i);
		specs[i] = service(names[i], "10.1.0.1", "rr", NULL, 0);
		specs[i].at =
			(struct lb_endpoint){ .addr = lb_addr_ip4(key.addr), .port = key.port };
		specs[i].protocol = key.protocol;
	}
	services_apply(services, specs, SERVICES);
}

/* In runs of the same key, since a look-up shares what it has found with the next packet. */
static void
draw_keys(uint64_t *state, struct lb_svc_key *keys, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		keys[i] = i > 0 && draw(state, 3) == 0 ? keys[i - 1]
						       : key_of(draw(state, SERVICES + 100));
		if (draw(state, 4) == 0)
			keys[i].protocol ^= IPPROTO_TCP ^ IPPROTO_UDP;
	}
}

static void
burst_finds_what_each_packet_finds(void)
{
	struct lb_svc_key keys[KEYS];
	const struct lb_svc *svcs[KEYS];
	const struct lb_svc_root *root;
	struct services services;
	uint64_t state = 7;
	uint32_t found = 0;

	services_begin(&services);
	publish(&services);
	root = lb_svc_root(services.set);
	for (int round = 0; round < ROUNDS; round++) {
		uint16_t n = (uint16_t)draw(&state, KEYS + 1);

		draw_keys(&state, keys, n);
		memset(svcs, 0xa5, sizeof(svcs));
		lb_svc_find4_burst(root, keys, n, 0, svcs);
		for (uint16_t i = 0; i < n; i++) {
			CU_ASSERT_PTR_EQUAL(svcs[i],
				lb_svc_find4(root, keys[i].addr, keys[i].port, keys[i].protocol));
			found += svcs[i] != NULL;
		}
	}
	CU_ASSERT_TRUE(found > KEYS);
	services_end(&services);
}

static const struct unit_test tests[] = {
	UNIT_TEST(burst_finds_what_each_packet_finds),
	UNIT_END,
};

const struct unit_suite unit_svc_find = { "find", tests };
