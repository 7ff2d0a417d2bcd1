/* What became of a program, in words that follow its name and a colon. */

#include "script_wire.h"

#include <stdio.h>
#include <string.h>

/* What a program wrote goes into logs: on one line, without blanks at its ends, and harmless. */
static void
make_line(const char *bytes, size_t n, char out[SCRIPT_TAIL + 1])
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool blank = c == ' ' || (c >= '\t' && c <= '\r');

		if (blank && (used == 0 || out[used - 1] == ' '))
			continue;
		out[used++] = blank ? ' ' : c < ' ' || c > '~' ? '?' : (char)c;
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
}

void
script_answer_lost(const char *why, struct lb_script_result *result)
{
	result->end = LB_SCRIPT_LOST;
	result->value = 0;
	snprintf(result->text, sizeof(result->text), "%s", why);
}

void
script_answer_read(const struct script_answer *answer, struct lb_script_result *result)
{
	size_t n = answer->tail_n < SCRIPT_TAIL ? answer->tail_n : SCRIPT_TAIL;
	char line[SCRIPT_TAIL + 1], what[96] = "";

	make_line(answer->tail, n, line);
	result->end = (enum lb_script_end)answer->end;
	result->value = answer->value;
	switch (result->end) {
	case LB_SCRIPT_EXITED:
		snprintf(what, sizeof(what), "exit status %d", result->value);
		break;
	case LB_SCRIPT_KILLED:
		snprintf(what, sizeof(what), "ended by signal %d", result->value);
		break;
	case LB_SCRIPT_LATE:
		snprintf(what, sizeof(what), "killed, since it took longer than %d ms",
			result->value);
		break;
	case LB_SCRIPT_CHATTY:
		snprintf(what, sizeof(what), "killed, since it wrote more than %u KiB",
			LB_SCRIPT_OUTPUT_MAX >> 10);
		break;
	case LB_SCRIPT_REFUSED:
	case LB_SCRIPT_LOST:
		snprintf(result->text, sizeof(result->text), "%s", line);
		return;
	}
	if (line[0] == '\0')
		snprintf(result->text, sizeof(result->text), "%s", what);
	else
		snprintf(result->text, sizeof(result->text), "%s, and wrote \"%s\"", what, line);
}
