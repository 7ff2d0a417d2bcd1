/* What follows from the configuration for DPDK, and the kind of memory it takes. */

#include "eal.h"
#include "fixture.h"
#include "hugepages.h"

#include <errno.h>
#include <sched.h>

static const char *
prefix_of(const char *socket, char out[32])
{
	struct lb_conf conf = { .rpc_socket = socket };

	return eal_file_prefix(&conf, out, 32);
}

static void
file_prefix_is_pollux_and_eight_hex_digits(void)
{
	char prefix[32];

	prefix_of("/run/pollux/pollux.sock", prefix);
	CU_ASSERT_EQUAL(strlen(prefix), 15);
	CU_ASSERT_EQUAL(strncmp(prefix, "pollux-", 7), 0);
	CU_ASSERT_EQUAL(strspn(prefix + 7, "0123456789abcdef"), 8);
}

static void
file_prefix_is_the_same_for_the_same_socket(void)
{
	char first[32], second[32], copy[] = "/run/pollux/pollux.sock";

	prefix_of("/run/pollux/pollux.sock", first);
	prefix_of(copy, second);
	CU_ASSERT_STRING_EQUAL(first, second);
}

static void
file_prefix_differs_between_sockets(void)
{
	char prefixes[100][32], socket[64];

	for (int i = 0; i < 100; i++) {
		snprintf(socket, sizeof(socket), "/run/pollux/%d.sock", i);
		prefix_of(socket, prefixes[i]);
		for (int j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(prefixes[i], prefixes[j]);
	}
}

static void
pci_devices_are_told_from_others(void)
{
	CU_ASSERT_TRUE(eal_is_pci("0000:03:00.1"));
	CU_ASSERT_TRUE(eal_is_pci("03:00.1"));
	CU_ASSERT_TRUE(eal_is_pci("0000:af:1f.7,rx_queue=2"));
	CU_ASSERT_FALSE(eal_is_pci("net_af_xdp0,iface=eth1"));
	CU_ASSERT_FALSE(eal_is_pci("net_null0"));
	CU_ASSERT_FALSE(eal_is_pci("net_tap0,mac=02:00:00:00:00:01"));
	CU_ASSERT_FALSE(eal_is_pci("d0"));
	CU_ASSERT_FALSE(eal_is_pci("deadbeef"));
	CU_ASSERT_FALSE(eal_is_pci(""));
}

static void
workers_run_behind_control(void)
{
	CU_ASSERT_EQUAL(eal_worker_lcore(0), 1);
	CU_ASSERT_EQUAL(eal_worker_lcore(63), 64);
}

static void
lcores_on_one_cpu_are_seen(void)
{
	struct lb_conf conf = { .cpu = { .control = 0, .workers = { 1, 2, 3 }, .workers_n = 3 } };

	CU_ASSERT_FALSE(eal_shares_cpus(&conf));
	conf.cpu.workers[2] = 1;
	CU_ASSERT_TRUE(eal_shares_cpus(&conf));
	conf.cpu.workers[2] = 0;
	CU_ASSERT_TRUE(eal_shares_cpus(&conf));
	conf.cpu.workers_n = 2;
	CU_ASSERT_FALSE(eal_shares_cpus(&conf));
}

static void
cpu_that_may_not_be_used_is_told_by_its_key(void)
{
	static const char rest[] = ": CPU 1023 does not exist or may not be used by this process; "
				   "this machine gives it ";
	struct lb_error err[3] = { 0 };
	struct lb_conf conf = { .cpu = { .workers_n = 1 } };
	cpu_set_t usable;
	uint32_t cpu = 0;

	CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof(usable), &usable), 0);
	while (!CPU_ISSET(cpu, &usable))
		cpu++;
	conf.cpu.control = conf.cpu.workers[0] = conf.cpu.other = cpu;
	CU_ASSERT_EQUAL(eal_check_cpus(&conf, &err[0]), 0);
	conf.cpu.other = 1023;
	CU_ASSERT_EQUAL(eal_check_cpus(&conf, &err[0]), -EINVAL);
	conf.cpu.workers[0] = 1023;
	CU_ASSERT_EQUAL(eal_check_cpus(&conf, &err[1]), -EINVAL);
	conf.cpu.control = 1023;
	CU_ASSERT_EQUAL(eal_check_cpus(&conf, &err[2]), -EINVAL);
	CU_ASSERT_EQUAL(strncmp(err[0].text, "cpu.other", 9), 0);
	CU_ASSERT_EQUAL(strncmp(err[1].text, "cpu.workers", 11), 0);
	CU_ASSERT_EQUAL(strncmp(err[2].text, "cpu.control", 11), 0);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(err[i].text, rest));
}

static void
hugepages_are_not_taken_when_they_are_not_wanted(void)
{
	struct lb_conf conf = { .memory = { .hugepages = LB_CONF_HUGEPAGES_NEVER } };
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(hugepages_choose(&conf, 0, "pollux-", &err), HUGEPAGES_NONE);
}

static void
hugepages_that_do_not_suffice_are_done_without(void)
{
	struct lb_conf conf = { .memory = { .hugepages = LB_CONF_HUGEPAGES_AUTO } };
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(hugepages_choose(&conf, UINT32_MAX, "pollux-", &err), HUGEPAGES_NONE);
	CU_ASSERT_STRING_EQUAL(err.text, "");
}

static void
hugepages_that_are_required_and_missing_are_told(void)
{
	static const char sentence[] = "pollux.conf:4: memory.hugepages = \"require\": 4294967295 "
				       "MB are needed, ";
	struct lb_conf conf = { .memory = { .hugepages = LB_CONF_HUGEPAGES_REQUIRE,
					.place = { "pollux.conf", 4 } } };
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(hugepages_choose(&conf, UINT32_MAX, "pollux-", &err), -ENOMEM);
	CU_ASSERT_EQUAL(strncmp(err.text, sentence, strlen(sentence)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "; reserve more (sysctl vm.nr_hugepages)"));
}

static const struct unit_test tests[] = {
	UNIT_TEST(file_prefix_is_pollux_and_eight_hex_digits),
	UNIT_TEST(file_prefix_is_the_same_for_the_same_socket),
	UNIT_TEST(file_prefix_differs_between_sockets),
	UNIT_TEST(pci_devices_are_told_from_others),
	UNIT_TEST(workers_run_behind_control),
	UNIT_TEST(lcores_on_one_cpu_are_seen),
	UNIT_TEST(cpu_that_may_not_be_used_is_told_by_its_key),
	UNIT_TEST(hugepages_are_not_taken_when_they_are_not_wanted),
	UNIT_TEST(hugepages_that_do_not_suffice_are_done_without),
	UNIT_TEST(hugepages_that_are_required_and_missing_are_told),
	UNIT_END,
};

const struct unit_suite unit_polluxd_eal = { "eal", tests };
