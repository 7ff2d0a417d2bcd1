/*
 * Hugepages as the kernel shows them: counts of the default size, the mount, and files that an
 * earlier run with our prefix left behind, which EAL takes back at its start.
 */

#include "hugepages.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A line "Key:   number" of /proc/meminfo; 0 when there is none. */
static uint64_t
meminfo(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "re");
	unsigned long long value = 0, found = 0;
	char line[256], name[64];

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "%63[^:]: %llu", name, &value) == 2 && strcmp(name, key) == 0)
			found = value;
	fclose(file);
	return found;
}

static bool
find_mount(char *path, size_t size)
{
	FILE *file = fopen("/proc/mounts", "re");
	char line[1024], where[512], type[64];
	bool found = false;

	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL)
		found = sscanf(line, "%*s %511s %63s", where, type) == 2 &&
			strcmp(type, "hugetlbfs") == 0;
	fclose(file);
	if (found)
		snprintf(path, size, "%s", where);
	return found;
}

static uint64_t
count_own_files(const char *path, const char *prefix)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	uint64_t n = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		n += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(dir);
	return n;
}

int
hugepages_choose(const struct lb_conf *conf, uint32_t mb, const char *prefix, struct lb_error *err)
{
	uint64_t size_kb = meminfo("Hugepagesize"), pages = meminfo("HugePages_Free"), needed;
	char mount[512];
	bool mounted = find_mount(mount, sizeof(mount));

	if (conf->memory.hugepages == LB_CONF_HUGEPAGES_NEVER)
		return HUGEPAGES_NONE;
	if (mounted)
		pages += count_own_files(mount, prefix);
	needed = size_kb == 0 ? UINT64_MAX : ((uint64_t)mb * 1024 + size_kb - 1) / size_kb;
	if (pages >= needed)
		return mounted ? HUGEPAGES_FILES : HUGEPAGES_MEMORY;
	if (conf->memory.hugepages == LB_CONF_HUGEPAGES_AUTO)
		return HUGEPAGES_NONE;
	lb_error_set(err, ENOMEM,
		"memory.hugepages = \"require\": %u MB are needed, %llu MB are free; reserve more "
		"(sysctl vm.nr_hugepages), or set it to \"auto\"",
		mb, (unsigned long long)(pages * size_kb / 1024));
	return lb_conf_fault(&conf->memory.place, err);
}
