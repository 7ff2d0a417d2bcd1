/*
 * mh against Maglev hashing told slowly: SipHash of any message, permutations that are counted out,
 * and every look for another server made. Random services of either family have their servers come,
 * go, change weight and place, close and open; each table is compared slot by slot, and then picks.
 */

#include "mh.h"

#include <stdlib.h>
#include <string.h>

#include "lb_sched.h"
#include "unit.h"

#define SERVERS 12
#define CASES 60
#define EDITS 40
#define PICKS 25
#define SLOTS_MOST 4093

/* A service and its servers; index i of dests has the slot that came with it. */
struct service {
	bool ip6, fallback, port;
	uint32_t slots;
	char key[33]; /* "": that of Linux */
	struct lb_sched_dest dests[SERVERS];
	size_t n;
	uint16_t ports; /* that servers have had: each has one of its own */
	uint64_t closed[LB_SCHED_CLOSED(SERVERS)];
	struct mh *mh;
	int model[SLOTS_MOST]; /* indices into dests */
};

/* What the random services came by. */
static struct {
	unsigned int wrong_slots, wrong_picks, at_home, elsewhere, nobody, shifted;
} seen;

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
sip_rounds(uint64_t v[4], int n)
{
	while (n-- > 0) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

/* SipHash-c-d as its paper has it. */
static uint64_t
sip(int c, int d, const uint64_t key[2], const uint8_t *message, size_t length)
{
	uint64_t v[4] = { key[0] ^ UINT64_C(0x736f6d6570736575),
		key[1] ^ UINT64_C(0x646f72616e646f6d), key[0] ^ UINT64_C(0x6c7967656e657261),
		key[1] ^ UINT64_C(0x7465646279746573) };

	for (size_t at = 0; at <= length; at += 8) {
		uint64_t word = at + 8 > length ? (uint64_t)length << 56 : 0;

		for (size_t i = at; i < length && i < at + 8; i++)
			word |= (uint64_t)message[i] << 8 * (i - at);
		v[3] ^= word;
		sip_rounds(v, c);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	sip_rounds(v, d);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Of the two hashes of a service, as 32 bits. */
static uint32_t
hash(const struct service *service, bool second, uint32_t name)
{
	const uint8_t message[4] = { (uint8_t)name, (uint8_t)(name >> 8), (uint8_t)(name >> 16),
		(uint8_t)(name >> 24) };
	uint64_t key[2] = { 2654435761, 2654435761 };
	char half[17] = "";

	if (service->key[0] == '\0' && second)
		key[0] = key[1] = 2654446892;
	for (int i = 0; i < 2 && service->key[0] != '\0'; i++) {
		memcpy(half, service->key + 16 * i, 16);
		key[i] = strtoull(half, NULL, 16) ^ (second ? UINT64_MAX : 0);
	}
	return (uint32_t)sip(1, 3, key, message, sizeof(message));
}

/* An address as a number; the four words of an IPv6 address are XORed. */
static uint32_t
number(const struct lb_addr *addr)
{
	size_t length = addr->family == AF_INET6 ? 16 : 4;
	uint32_t folded = 0;

	for (size_t i = 0; i < length; i++)
		folded ^= (uint32_t)addr->bytes[i] << (24 - 8 * (i % 4));
	return folded;
}

static bool
stands_before(const struct lb_sched_dest *a, const struct lb_sched_dest *b)
{
	size_t length = a->addr.family == AF_INET6 ? 16 : 4;
	int order = memcmp(a->addr.bytes, b->addr.bytes, length);

	return order < 0 || (order == 0 && rte_be_to_cpu_16(a->port) < rte_be_to_cpu_16(b->port));
}

/* The greatest number that all weights are multiples of. */
static uint32_t
divisor(const struct service *service)
{
	uint32_t candidate = LB_SCHED_WEIGHT;
	size_t divided = 0;

	for (size_t i = 0; i < service->n; i++)
		if (service->dests[i].weight != 0 && service->dests[i].weight < candidate)
			candidate = service->dests[i].weight;
	for (; divided < service->n && candidate > 1; candidate -= divided < service->n)
		for (divided = 0; divided < service->n; divided++)
			if (service->dests[divided].weight % candidate != 0)
				break;
	return candidate;
}

/* Slots that a server takes per round; weight 0 takes as many as the least weight could. */
static uint32_t
turns(const struct service *service, size_t server, uint32_t step)
{
	uint32_t most = 0, weight = service->dests[server].weight / step;
	int halvings = 0;

	for (size_t i = 0; i < service->n; i++)
		if (service->dests[i].weight / step > most)
			most = service->dests[i].weight / step;
	for (uint32_t rest = most; rest != 0; rest /= 2)
		halvings++;
	for (uint32_t rest = service->slots; rest > 1; rest /= 4)
		halvings--;
	seen.shifted += halvings > 0;
	for (; halvings > 0; halvings--)
		weight /= 2;
	return weight == 0 ? 1 : weight;
}

/* Fill the table of the model: by the paper, servers by address. */
static void
fill(struct service *service)
{
	uint32_t next[SERVERS] = { 0 }, wanted[SERVERS], offset[SERVERS], skip[SERVERS], filled = 0;
	uint32_t step = divisor(service);
	size_t order[SERVERS] = { 0 };

	for (size_t i = 0; i < service->n; i++) {
		const struct lb_sched_dest *dest = &service->dests[i];
		uint32_t name = number(&dest->addr) + rte_be_to_cpu_16(dest->port);
		size_t place = 0;

		for (size_t k = 0; k < service->n; k++)
			place += stands_before(&service->dests[k], dest);
		order[place] = i;
		wanted[i] = turns(service, i, step);
		offset[i] = hash(service, false, name) % service->slots;
		skip[i] = hash(service, true, name) % (service->slots - 1) + 1;
	}
	memset(service->model, -1, sizeof(service->model));
	for (size_t at = 0; filled < service->slots && service->n != 0; at++) {
		size_t i = order[at % service->n];

		for (uint32_t turn = 0; turn < wanted[i] && filled < service->slots; turn++) {
			uint64_t slot;

			do
				slot = (offset[i] + (uint64_t)next[i]++ * skip[i]) % service->slots;
			while (service->model[slot] >= 0);
			service->model[slot] = (int)i;
			filled++;
		}
	}
}

static bool
takes(const struct service *service, int i)
{
	uint64_t both = service->closed[0] >> 2 * service->dests[i].slot & 3;

	return service->dests[i].weight != 0 && both == 0;
}

static int
model_pick(const struct service *service, const struct lb_sched_flow *flow)
{
	uint32_t name = number(&flow->src) + (service->port ? rte_be_to_cpu_16(flow->sport) : 0);
	uint32_t home = hash(service, false, name) % service->slots;

	if (service->n == 0)
		return -1;
	if (takes(service, service->model[home])) {
		seen.at_home++;
		return service->model[home];
	}
	for (uint32_t k = 0; k < service->slots && service->fallback; k++) {
		uint32_t again = name + (home + k) % service->slots;
		int i = service->model[hash(service, false, again) % service->slots];

		if (takes(service, i)) {
			seen.elsewhere++;
			return i;
		}
	}
	seen.nobody++;
	return -1;
}

static struct lb_addr
random_address(const struct service *service)
{
	struct lb_addr addr = lb_addr_ip4((uint32_t)rand() << 1);

	if (!service->ip6)
		return addr;
	memset(&addr, 0, sizeof(addr));
	addr.family = AF_INET6;
	for (int i = 0; i < 16; i++)
		addr.bytes[i] = (uint8_t)(rand() >> 4);
	return addr;
}

static uint32_t
random_weight(void)
{
	switch (rand() % 5) {
	case 0:
		return 0;
	case 1:
		return 1 + (uint32_t)rand() % LB_SCHED_WEIGHT;
	case 2:
		return 50 * (1 + (uint32_t)rand() % 4);
	default:
		return 1 + (uint32_t)rand() % 5;
	}
}

/* One more, on a slot that nobody has; now and then at an address that is there. */
static void
add(struct service *service)
{
	struct lb_sched_dest *new = &service->dests[service->n];
	uint32_t taken = 0;

	if (service->n == SERVERS)
		return;
	*new = (struct lb_sched_dest){
		.weight = random_weight(),
		.addr = random_address(service),
		.port = rte_cpu_to_be_16((uint16_t)(40503 * ++service->ports)),
	};
	for (size_t i = 0; i < service->n; i++)
		taken |= 1U << service->dests[i].slot;
	while ((taken >> new->slot & 1) != 0)
		new->slot++;
	if (rand() % 4 == 0)
		new->addr = service->dests[0].addr;
	service->n++;
}

static void
edit(struct service *service)
{
	size_t i = service->n == 0 ? 0 : (size_t)rand() % service->n;
	struct lb_sched_dest first = service->dests[0];

	switch (service->n == 0 ? 0 : rand() % 4) {
	case 0:
		add(service);
		break;
	case 1:
		service->dests[i].weight = random_weight();
		break;
	case 2:
		service->dests[i] = service->dests[--service->n];
		break;
	default:
		service->dests[0] = service->dests[i];
		service->dests[i] = first;
	}
}

static void
build(struct service *service)
{
	const struct lb_sched_option list[] = {
		{ .name = "size", .type = LB_SCHED_OPTION_INT, .number = service->slots },
		{ .name = "fallback", .type = LB_SCHED_OPTION_BOOL, .number = service->fallback },
		{ .name = "port", .type = LB_SCHED_OPTION_BOOL, .number = service->port },
		{ .name = "key", .type = LB_SCHED_OPTION_STRING, .text = service->key },
	};
	const struct lb_sched_options options = { .n = 4, .list = list };
	const struct lb_sched_ops *ops = lb_sched_find(lb_sched_table, "mh");
	struct lb_error err = { 0 };

	ops->destroy(service->mh);
	service->mh = ops->build(service->dests, service->n, &options, 1, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(service->mh);
	fill(service);
	for (uint32_t slot = 0; slot < service->slots && service->n != 0; slot++)
		seen.wrong_slots += service->mh->table[slot] != (uint32_t)service->model[slot];
}

static void
pick(struct service *service)
{
	const struct lb_sched_flow flow = {
		.src = random_address(service),
		.sport = rte_cpu_to_be_16((uint16_t)rand()),
		.closed = service->closed,
	};
	int picked = lb_sched_find(lb_sched_table, "mh")->pick(service->mh, NULL, &flow);

	seen.wrong_picks += picked != model_pick(service, &flow);
	if (rand() % 4 == 0)
		service->closed[0] ^= (uint64_t)(rand() % 4) << 2 * (rand() % SERVERS);
}

static void
begin(struct service *service)
{
	static const uint32_t sizes[] = { 13, 127, 2039, SLOTS_MOST };

	memset(service, 0, sizeof(*service));
	service->ip6 = rand() % 3 == 0;
	service->fallback = rand() % 2 == 0;
	service->port = rand() % 2 == 0;
	service->slots = sizes[rand() % 4];
	for (int i = rand() % 2 == 0 ? 0 : 32; i < 32; i++)
		service->key[i] = "0123456789abcdefABCDEF"[rand() % 22];
	for (int i = rand() % SERVERS; i > 0; i--)
		add(service);
}

static void
tables_and_picks_are_those_of_plain_maglev(void)
{
	static struct service service;

	srand(9);
	for (int i = 0; i < CASES; i++) {
		begin(&service);
		for (int k = 0; k < EDITS; k++) {
			build(&service);
			for (int n = 0; n < PICKS; n++)
				pick(&service);
			edit(&service);
		}
		lb_sched_find(lb_sched_table, "mh")->destroy(service.mh);
	}
	CU_ASSERT_EQUAL(seen.wrong_slots, 0);
	CU_ASSERT_EQUAL(seen.wrong_picks, 0);
	/* It came by all ways to a server. */
	CU_ASSERT_TRUE(seen.at_home > 10000);
	CU_ASSERT_TRUE(seen.elsewhere > 1000);
	CU_ASSERT_TRUE(seen.nobody > 1000);
	CU_ASSERT_TRUE(seen.shifted > 1000);
}

/* The example of the paper of SipHash: key and message count up from 0. */
static void
the_model_hashes_as_the_paper_of_siphash(void)
{
	static const uint64_t key[2] = { UINT64_C(0x0706050403020100),
		UINT64_C(0x0f0e0d0c0b0a0908) };
	uint8_t message[15];

	for (uint8_t i = 0; i < sizeof(message); i++)
		message[i] = i;
	CU_ASSERT_EQUAL(sip(2, 4, key, message, sizeof(message)), UINT64_C(0xa129ca6149be45e5));
}

static const struct unit_test tests[] = {
	UNIT_TEST(the_model_hashes_as_the_paper_of_siphash),
	UNIT_TEST(tables_and_picks_are_those_of_plain_maglev),
	UNIT_END,
};

const struct unit_suite unit_sched_mh_model = { "mh_model", tests };
