/* The root and the groups that are there once: cpu, memory, rpc, log. */

#include "conf_read.h"

#include <string.h>
#include <sys/un.h>

#include "conf_object.h"
#include "conf_value.h"

#define CPU_MAX 1023
#define CPU_OF_CONTROL UINT32_MAX

static int
read_worker(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	static const struct conf_key key = { .max = CPU_MAX };
	uint64_t number;
	int rc = conf_read_number(reader, setting, &key, &number);

	if (rc == 0)
		*(uint32_t *)item = (uint32_t)number;
	return rc;
}

static const struct conf_list workers_list = {
	.size = sizeof(uint32_t),
	.max = LB_CONF_WORKERS_MAX,
	.read = read_worker,
};

static int
read_workers(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_cpu *cpu = object;
	uint32_t *workers = NULL;
	size_t n = 0;
	int rc = conf_read_list(reader, setting, &workers_list, &workers, &n);

	if (rc != 0)
		return rc;
	if (setting == NULL) {
		cpu->workers[0] = 1;
		cpu->workers_n = 1;
		return 0;
	}
	if (n == 0)
		return conf_fault_at(reader, setting,
			"workers is empty; name at least one CPU, as in workers = [ 1 ]");
	memcpy(cpu->workers, workers, n * sizeof(cpu->workers[0]));
	cpu->workers_n = (uint32_t)n;
	return 0;
}

/* A spinning worker gives its CPU to nobody. */
static int
check_spin(struct conf_reader *reader, const config_setting_t *group, const struct lb_conf_cpu *cpu)
{
	const config_setting_t *workers = conf_member(group, "workers");

	if (cpu->idle != LB_CONF_IDLE_SPIN)
		return 0;
	for (uint32_t i = 0; i < cpu->workers_n; i++) {
		const config_setting_t *at =
			workers == NULL ? group : config_setting_get_elem(workers, i);

		if (cpu->workers[i] == cpu->control)
			return conf_fault_at(reader, at,
				"CPU %u is a worker's and control's, which idle = \"spin\" "
				"forbids; choose another CPU, or idle = \"sleep\"",
				cpu->control);
		for (uint32_t j = 0; j < i; j++)
			if (cpu->workers[i] == cpu->workers[j])
				return conf_fault_at(reader, at,
					"CPU %u has two workers, which idle = \"spin\" forbids; "
					"choose another CPU, or idle = \"sleep\"",
					cpu->workers[i]);
	}
	return 0;
}

static const struct conf_word idle_words[] = {
	{ "sleep", LB_CONF_IDLE_SLEEP },
	{ "spin", LB_CONF_IDLE_SPIN },
	{ .name = NULL },
};

static const struct conf_key cpu_keys[] = {
	{ "control", CONF_NUMBER, CONF_MEMBER(struct lb_conf_cpu, control), .max = CPU_MAX },
	{ "workers", CONF_OTHER, .read = read_workers, .list = &workers_list },
	{ "other", CONF_NUMBER, CONF_MEMBER(struct lb_conf_cpu, other), .max = CPU_MAX,
		.fallback = CPU_OF_CONTROL },
	{ "idle", CONF_WORD, CONF_MEMBER(struct lb_conf_cpu, idle), .words = idle_words },
	{ "idle_max_us", CONF_NUMBER, CONF_MEMBER(struct lb_conf_cpu, idle_max_us), .min = 50,
		.max = 100000, .fallback = 1000 },
	{ .name = NULL },
};

static int
read_cpu(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_cpu *cpu = &((struct lb_conf *)object)->cpu;
	int rc = conf_read_group(reader, setting, cpu_keys, cpu);

	if (rc != 0)
		return rc;
	if (cpu->other == CPU_OF_CONTROL)
		cpu->other = cpu->control;
	return setting == NULL ? 0 : check_spin(reader, setting, cpu);
}

static const struct conf_word hugepages_words[] = {
	{ "auto", LB_CONF_HUGEPAGES_AUTO },
	{ "require", LB_CONF_HUGEPAGES_REQUIRE },
	{ "never", LB_CONF_HUGEPAGES_NEVER },
	{ .name = NULL },
};

static const struct conf_key memory_keys[] = {
	{ "hugepages", CONF_WORD, CONF_MEMBER(struct lb_conf_memory, hugepages),
		.words = hugepages_words },
	{ "mb", CONF_NUMBER, CONF_MEMBER(struct lb_conf_memory, mb), .min = 64, .max = 1048576,
		.zero = true },
	{ "connections", CONF_NUMBER, CONF_MEMBER(struct lb_conf_memory, connections), .min = 1024,
		.max = 100000000, .fallback = 1000000 },
	{ "connections6", CONF_NUMBER, CONF_MEMBER(struct lb_conf_memory, connections6),
		.max = 100000000, .fallback = 250000 },
	{ .name = NULL },
};

static int
read_memory(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_memory *memory = &((struct lb_conf *)object)->memory;

	memory->place =
		setting == NULL ? conf_text_place(reader->text, 0) : conf_place(reader, setting);
	return conf_read_group(reader, setting, memory_keys, memory);
}

static const struct conf_key rpc_keys[] = {
	{ "socket", CONF_STRING, CONF_MEMBER(struct lb_conf, rpc_socket),
		.fallback_text = "/run/pollux/pollux.sock" },
	{ .name = NULL },
};

static int
read_rpc(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	const char *path;
	int rc = conf_read_group(reader, setting, rpc_keys, object);

	if (rc != 0)
		return rc;
	path = ((struct lb_conf *)object)->rpc_socket;
	if (path[0] != '/')
		return conf_fault_at(reader, conf_member(setting, "socket"),
			"socket is \"%s\"; write a path that begins with /", path);
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return conf_fault_at(reader, conf_member(setting, "socket"),
			"socket has %zu letters, and a socket's path at most %zu; choose a shorter "
			"one",
			strlen(path), sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
	return 0;
}

static const struct conf_word log_levels[] = {
	{ "error", 0 },
	{ "warn", 1 },
	{ "info", 2 },
	{ "debug", 3 },
	{ .name = NULL },
};

static const struct conf_key log_keys[] = {
	{ "level", CONF_WORD, .size = sizeof(uint32_t), .fallback = 2, .words = log_levels },
	{ .name = NULL },
};

static int
read_log(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	uint32_t level;
	int rc = conf_read_group(reader, setting, log_keys, &level);

	if (rc == 0)
		((struct lb_conf *)object)->log_level = log_levels[level].name;
	return rc;
}

/* What becomes of packets that are for our MAC but for no address of ours. */
static const struct conf_word transit[] = {
	{ "drop", LB_CONF_TRANSIT_DROP },
	{ "route", LB_CONF_TRANSIT_ROUTE },
	{ "host", LB_CONF_TRANSIT_HOST },
	{ .name = NULL },
};

/* In this order: what comes later may refer to what came before. */
const struct conf_key conf_root_keys[] = {
	{ "cpu", CONF_OTHER, .read = read_cpu, .keys = cpu_keys },
	{ "memory", CONF_OTHER, .read = read_memory, .keys = memory_keys },
	{ "ports", CONF_OTHER, .read = conf_read_ports, .list = &conf_ports,
		.required = "( { name = \"wan\"; device = \"0000:03:00.0\"; } );" },
	{ "routes", CONF_OTHER, .read = conf_read_routes, .list = &conf_routes },
	{ "transit", CONF_WORD, CONF_MEMBER(struct lb_conf, transit), .words = transit },
	{ "vips", CONF_OTHER, .read = conf_read_vips, .list = &conf_vips },
	{ "vrrp", CONF_OTHER, .read = conf_read_vrrp, .keys = conf_vrrp_keys },
	{ "timeouts", CONF_OTHER, .read = conf_read_timeouts, .keys = conf_timeouts_keys },
	{ "services", CONF_OTHER, .read = conf_read_services, .list = &conf_services },
	{ "rpc", CONF_OTHER, .read = read_rpc, .keys = rpc_keys },
	{ "log", CONF_OTHER, .read = read_log, .keys = log_keys },
	{ .name = NULL },
};

int
conf_read_root(struct conf_reader *reader, const config_setting_t *root)
{
	return conf_read_group(reader, root, conf_root_keys, reader->conf);
}
