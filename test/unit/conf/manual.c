/*
 * pollux.conf(5) has an entry for each key of the schema, in its order, with type, range and
 * default, and none for anything else. POLLUX_SOURCE is the source folder.
 *
 * An entry begins with a line "Group *name*...", "List *name*..." (of the root) or "*name* = type",
 * and ends where the next one or another section begins.
 */

#include "conf_read.h"
#include "fixture.h"

#include <ctype.h>
#include <stdarg.h>

#define ENTRIES_MAX 256
#define TEXT_MAX 1024

struct entry {
	char name[64];
	char type[128]; /* "Group" or "List" with the root's */
	char text[TEXT_MAX];
};

static struct entry entries[ENTRIES_MAX];
static size_t entries_n;
static size_t faults;
static bool lost; /* the page has another order, so that no entry can be compared any more */

static void fault(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
fault(const char *name, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	printf("# pollux.conf(5): %s: ", name);
	vprintf(format, list);
	printf("\n");
	va_end(list);
	faults++;
}

/* The line without backslashes, and with one space for any run of white space. */
static void
plain(const char *line, char out[static TEXT_MAX])
{
	size_t n = 0;

	for (; *line != '\0' && n < TEXT_MAX - 1; line++) {
		if (!isspace((unsigned char)*line) && *line != '\\')
			out[n++] = *line;
		else if (*line != '\\' && n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

/* Whether an entry begins with the line; then with its name and type. */
static bool
begins(const char *line, struct entry *entry)
{
	int n = 0;

	*entry = (struct entry){ 0 };
	if (sscanf(line, "*%63[a-z0-9_]* = %127[^\n]%n", entry->name, entry->type, &n) == 2)
		return true;
	return sscanf(line, "%5[GroupListV]%n *%63[a-z0-9_]*", entry->type, &n, entry->name) == 2 &&
	       (strcmp(entry->type, "Group") == 0 || strcmp(entry->type, "List") == 0);
}

static bool
ends(const char *line)
{
	return line[0] == '#' || strncmp(line, "Keys of ", 8) == 0;
}

static void
read_page(void)
{
	FILE *file = fopen(POLLUX_SOURCE "/doc/pollux.conf.5.scd", "r");
	char line[512], text[TEXT_MAX];
	struct entry entry, *open = NULL;

	entries_n = 0;
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		plain(line, text);
		if (!isspace((unsigned char)line[0]) && begins(text, &entry)) {
			CU_ASSERT_TRUE_FATAL(entries_n < ENTRIES_MAX);
			open = &entries[entries_n++];
			*open = entry;
		} else if (ends(line)) {
			open = NULL;
		}
		if (open == NULL)
			continue;
		CU_ASSERT_TRUE_FATAL(strlen(open->text) + strlen(text) + 2 < TEXT_MAX);
		strcat(strcat(open->text, text), " ");
	}
	fclose(file);
}

/* How the page writes the type; NULL: in more than one way. */
static const char *
type_of(const struct conf_key *key, bool root, char out[static 128])
{
	switch (key->type) {
	case CONF_NUMBER:
	case CONF_L4_PORT:
		return "_number_";
	case CONF_BOOL:
		return "true | false";
	case CONF_NAME:
		return "_name_";
	case CONF_WORD:
		out[0] = '\0';
		for (const struct conf_word *word = key->words; word->name != NULL; word++)
			sprintf(out + strlen(out), "%s\"%s\"", out[0] == '\0' ? "" : " | ",
				word->name);
		return out;
	case CONF_STRING:
		return NULL;
	case CONF_OTHER:
		break;
	}
	if (key->keys != NULL)
		return root ? "Group" : "_group_";
	return key->list == NULL ? NULL : root ? "List" : "_list of ";
}

static void
check_type(const struct conf_key *key, const struct entry *entry, bool root)
{
	char words[128];
	const char *want = type_of(key, root, words);
	size_t n = want == NULL ? 0 : strlen(want);

	if (want != NULL && key->list != NULL && strncmp(entry->type, want, n) == 0)
		return; /* what the elements are stands behind it */
	if (want != NULL && strcmp(entry->type, want) != 0)
		fault(key->name, "type is %s; write %s", entry->type, want);
}

static void wants(const struct entry *entry, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
wants(const struct entry *entry, const char *format, ...)
{
	char want[256];
	va_list list;

	va_start(list, format);
	vsnprintf(want, sizeof(want), format, list);
	va_end(list);
	if (strstr(entry->text, want) == NULL)
		fault(entry->name, "nowhere does it say \"%s\"", want);
}

static bool
is_number(const struct conf_key *key)
{
	return key->type == CONF_NUMBER || key->type == CONF_L4_PORT;
}

static void
check_range(const struct conf_key *key, const struct entry *entry)
{
	if (is_number(key))
		wants(entry, "%lld to %lld", (long long)key->min, (long long)key->max);
	if (key->zero)
		wants(entry, " 0");
	if (key->step != 0)
		wants(entry, "a multiple of %u", key->step);
	if (key->list != NULL && key->list->max != SIZE_MAX)
		wants(entry, " %zu", key->list->max);
}

/* A fallback that no file could give stands for something that the schema does not know. */
static bool
is_known(const struct conf_key *key)
{
	return (key->fallback >= key->min && key->fallback <= key->max) ||
	       (key->zero && key->fallback == 0);
}

static const char *
word_of(const struct conf_key *key)
{
	for (const struct conf_word *word = key->words; word->name != NULL; word++)
		if (word->value == key->fallback)
			return word->name;
	return "no word";
}

static void
check_default(const struct conf_key *key, const struct entry *entry)
{
	if (key->required != NULL) {
		if (strstr(entry->text, "Default:") != NULL)
			fault(key->name, "has a default, but must be given");
	} else if (is_number(key) && is_known(key)) {
		wants(entry, "Default: %u.", key->fallback);
	} else if (key->type == CONF_BOOL) {
		wants(entry, "Default: %s.", key->fallback != 0 ? "true" : "false");
	} else if (key->type == CONF_WORD) {
		wants(entry, "Default: \"%s\".", word_of(key));
	} else if (key->type == CONF_STRING && key->fallback_text != NULL) {
		wants(entry, "Default: \"%s\".", key->fallback_text);
	} else if (strcmp(entry->type, "Group") != 0) {
		wants(entry, "Default: ");
	}
}

static void
check_entry(const struct conf_key *key, bool root, size_t *next)
{
	const struct entry *entry = &entries[*next];

	if (lost)
		return;
	if (*next == entries_n || strcmp(entry->name, key->name) != 0) {
		lost = true;
		fault(key->name, "has no entry where it should be, before %s",
			*next == entries_n ? "the end" : entry->name);
		return;
	}
	(*next)++;
	check_type(key, entry, root);
	check_range(key, entry);
	check_default(key, entry);
}

static void check_keys(const struct conf_key *keys, bool root, size_t *next);

static void
check_inside(const struct conf_key *key, size_t *next)
{
	if (key->keys != NULL)
		check_keys(key->keys, false, next);
	if (key->list != NULL && key->list->keys != NULL)
		check_keys(key->list->keys, false, next);
}

/* Each section of the page has a key of the root; below that, groups come after the plain keys. */
static void
check_keys(const struct conf_key *keys, bool root, size_t *next)
{
	for (const struct conf_key *key = keys; key->name != NULL; key++) {
		check_entry(key, root, next);
		if (root)
			check_inside(key, next);
	}
	for (const struct conf_key *key = keys; !root && key->name != NULL; key++)
		check_inside(key, next);
}

static void
manual_has_every_key_with_type_range_and_default(void)
{
	size_t next = 0;

	read_page();
	faults = 0;
	lost = false;
	check_keys(conf_root_keys, true, &next);
	if (!lost && next < entries_n)
		fault(entries[next].name, "has an entry, but is no key");
	CU_ASSERT_EQUAL(faults, 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(manual_has_every_key_with_type_range_and_default),
	UNIT_END,
};

const struct unit_suite unit_conf_manual = { "manual", tests };
