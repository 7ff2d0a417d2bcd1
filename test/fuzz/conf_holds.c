/* Properties of configurations: see conf_holds.h. */

#include "conf_holds.h"

#include <string.h>

#include "conf_edit.h"
#include "conf_json.h"
#include "fuzz.h"

void
fuzz_conf_write_back(const struct lb_conf *conf)
{
	json_t *before = conf_json(conf), *behind;
	struct lb_error err = { 0 };
	struct lb_conf *again;

	FUZZ_HOLDS(before != NULL);
	again = conf_edit_finish(before, &err);
	if (again == NULL)
		fuzz_fail(__FILE__, __LINE__, err.text);
	behind = conf_json(again);
	FUZZ_HOLDS(json_equal(before, behind));
	json_decref(before);
	json_decref(behind);
	lb_conf_destroy(again);
}

void
fuzz_conf_sentence(const struct lb_error *err)
{
	size_t n = strnlen(err->text, sizeof(err->text));

	FUZZ_HOLDS(err->code > 0);
	FUZZ_HOLDS(n > 0 && n < sizeof(err->text));
	for (const char *c = err->text; *c != '\0'; c++)
		FUZZ_HOLDS((unsigned char)*c >= ' ');
	if (n < sizeof(err->text) - 1) /* else its end was cut off */
		FUZZ_HOLDS(strpbrk(err->text, ";,:?") != NULL);
}
