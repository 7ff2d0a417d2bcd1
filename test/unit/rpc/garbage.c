/*
 * Whatever a client sends, it gets lines of JSON-RPC back, and the server serves on. The seed is
 * fixed.
 */

#include "bed.h"

#define LINES 60000
#define LINE_BYTES 400

static struct bed bed;
static struct peer peer;
static uint64_t seed = 0x9e3779b97f4a7c15;

static uint32_t
random_below(uint32_t n)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(seed >> 33) % n;
}

/* What requests are made of; test.later is not among it, for nobody answers it here. */
static const char *const pieces[] = { "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1",
	"-1.5e3", "\"jsonrpc\":\"2.0\"", "\"id\":1", "\"id\":\"a\"", "\"method\":\"test.echo\"",
	"\"method\":\"rpc.discover\"", "\"method\":\"test.types\"", "\"params\":{\"text\":0}",
	"\"params\":{}", "\\u0000", "\\ud800", "\xff", "\xe2\x82", "\r", " ",
	"9999999999999999999" };

static const char *const requests[] = {
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.echo\",\"params\":{\"text\":[1,2]}}",
	"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"test.types\",\"params\":{\"integer\":1}}",
	"{\"jsonrpc\":\"2.0\",\"method\":\"test.change\"}",
	"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.change\"},{\"jsonrpc\":\"2.0\"},3]",
};

static size_t
random_bytes(char *line)
{
	size_t n = random_below(60);

	for (size_t i = 0; i < n; i++)
		line[i] = (char)random_below(256);
	return n;
}

static size_t
random_pieces(char *line)
{
	size_t n = 0;

	for (uint32_t i = random_below(12); i > 0; i--) {
		const char *piece = pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))];

		memcpy(line + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return n;
}

/* A good request with a few bytes changed, or its end cut. */
static size_t
damaged_request(char *line)
{
	const char *request = requests[random_below(sizeof(requests) / sizeof(requests[0]))];
	size_t n = strlen(request);

	memcpy(line, request, n);
	for (uint32_t i = random_below(4); i > 0; i--)
		line[random_below((uint32_t)n)] = (char)random_below(256);
	return random_below(4) == 0 ? random_below((uint32_t)n) : n;
}

/* All lines that came are answers. The last of them is the one that ends the test: true. */
static bool
check_answers(void)
{
	bool over = false;

	while (peer_has_line(&peer)) {
		char *line = peer_line(&peer);
		json_t *json = json_loads(line, 0, NULL), *one = json;

		if (json_is_array(json))
			one = json_array_get(json, 0);
		CU_ASSERT_STRING_EQUAL_FATAL(
			json_string_value(json_object_get(one, "jsonrpc")), "2.0");
		CU_ASSERT_FATAL((json_object_get(one, "result") != NULL) !=
				(json_object_get(one, "error") != NULL));
		over = json_integer_value(json_object_get(one, "id")) == 4711;
		json_decref(json);
		free(line);
	}
	return over;
}

static void
garbage_is_answered_and_survived(void)
{
	static size_t (*const kinds[])(char *) = { random_bytes, random_pieces, damaged_request };
	char line[LINE_BYTES];

	bed_begin(&bed);
	peer_begin(&peer, &bed);
	for (int i = 0; i < LINES; i++) {
		size_t n = kinds[random_below(3)](line);

		line[n++] = '\n';
		peer_send_bytes(&peer, line, n);
		if (i % 64 == 0)
			check_answers();
	}
	peer_send(&peer,
		"{\"jsonrpc\":\"2.0\",\"id\":4711,\"method\":\"test.echo\",\"params\":{\"text\":1}}"
		"\n");
	BED_UNTIL(&bed, check_answers());
	CU_ASSERT(lb_rpc_server_stats(bed.server)->faults > LINES / 3);
	CU_ASSERT(bed.changes_n > 1000);
	peer_works(&peer);
	peer_end(&peer);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(garbage_is_answered_and_survived),
	UNIT_END,
};

const struct unit_suite unit_rpc_garbage = { "garbage", tests };
