/* Sentences about the configuration: see conf_fault.h. */

#include "conf_fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int
lb_conf_fault(const struct lb_conf_place *place, struct lb_error *err)
{
	if (err == NULL)
		return -EINVAL;
	if (place->file[0] != '\0') /* a text that was made has no lines that anybody knows */
		lb_error_prefix(err, "%s:%u: ", place->file, place->line);
	return -err->code;
}

int
conf_fault(struct lb_error *err, const struct lb_conf_place *place, const char *format, ...)
{
	char text[LB_ERROR_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	lb_error_set(err, EINVAL, "%s", text);
	return lb_conf_fault(place, err);
}

int
conf_fault_memory(struct lb_error *err)
{
	return lb_error_set(err, ENOMEM,
		"configuration: out of memory while it was read; give the machine more, or polluxd "
		"a smaller file");
}
