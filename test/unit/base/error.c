/* The first fault stands, with its place in front. */

#include "lb_error.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static void
first_fault_stays(void)
{
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(lb_error_set(&err, EINVAL, "service \"%s\": no port", "web"), -EINVAL);
	CU_ASSERT_EQUAL(lb_error_set(&err, ENOMEM, "later"), -ENOMEM);
	CU_ASSERT_EQUAL(err.code, EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "service \"web\": no port");
}

static void
place_stands_in_front(void)
{
	struct lb_error err = { 0 };

	lb_error_set(&err, EINVAL, "no port");
	lb_error_prefix(&err, "%s:%d: ", "pollux.conf", 41);
	CU_ASSERT_STRING_EQUAL(err.text, "pollux.conf:41: no port");
}

static void
too_long_a_sentence_is_cut(void)
{
	struct lb_error err = { 0 };
	char text[2 * LB_ERROR_TEXT];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	lb_error_set(&err, EINVAL, "%s", text);
	lb_error_prefix(&err, "%s", "place: ");
	CU_ASSERT_EQUAL(strlen(err.text), LB_ERROR_TEXT - 1);
	CU_ASSERT_EQUAL(strncmp(err.text, "place: xxx", 10), 0);
}

static void
no_byte_of_it_ends_the_line_or_steers_a_terminal(void)
{
	struct lb_error err = { 0 };

	lb_error_set(&err, EINVAL, "service \"%s\"", "a\nb\x1b[2J\x7f\xc3\xa9");
	lb_error_prefix(&err, "%s: ", "x\r\ty");
	CU_ASSERT_STRING_EQUAL(err.text, "x??y: service \"a?b?[2J?\xc3\xa9\"");
}

static void
nobody_asks_for_the_sentence(void)
{
	CU_ASSERT_EQUAL(lb_error_set(NULL, EINVAL, "unheard"), -EINVAL);
	lb_error_prefix(NULL, "unheard");
}

static const struct unit_test tests[] = {
	UNIT_TEST(first_fault_stays),
	UNIT_TEST(place_stands_in_front),
	UNIT_TEST(too_long_a_sentence_is_cut),
	UNIT_TEST(no_byte_of_it_ends_the_line_or_steers_a_terminal),
	UNIT_TEST(nobody_asks_for_the_sentence),
	UNIT_END,
};

const struct unit_suite unit_base_error = { "error", tests };
