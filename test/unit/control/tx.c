/*
 * Control's transmit over ports that take or refuse frames as the test says: lb_netif_try_send() is
 * answered here.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>

#include "lb_control_tx.h"
#include "unit.h"

#define PORTS 3
#define MBUFS 511

/* A port: how many frames it takes before it refuses, and what it took. */
struct wire {
	struct lb_netif_port port;
	uint32_t room;
	uint32_t asked;
	uint32_t taken_n;
	uint8_t taken[600];
	size_t last_len;
};

static struct wire wires[PORTS];
static struct lb_netif_port *ports[PORTS];
static struct lb_control_tx *tx;

uint16_t
lb_netif_try_send(struct lb_netif_port *port, uint32_t queue, struct rte_mbuf **mbufs, uint16_t n)
{
	struct wire *wire = (struct wire *)port;

	CU_ASSERT_EQUAL(queue, 7);
	CU_ASSERT_EQUAL(n, 1);
	wire->asked++;
	if (wire->room == 0)
		return 0;
	wire->room--;
	wire->last_len = rte_pktmbuf_pkt_len(mbufs[0]);
	wire->taken[wire->taken_n++] = *rte_pktmbuf_mtod(mbufs[0], const uint8_t *);
	rte_pktmbuf_free(mbufs[0]);
	return 1;
}

static void
begin(void)
{
	unit_eal();
	memset(wires, 0, sizeof(wires));
	for (uint32_t i = 0; i < PORTS; i++)
		ports[i] = &wires[i].port;
	tx = calloc(1, sizeof(*tx));
	CU_ASSERT_PTR_NOT_NULL_FATAL(tx);
	tx->ports = ports;
	tx->queue = 7;
	tx->pool = rte_pktmbuf_pool_create("tx", MBUFS, 0, 0, 2048 + 128, SOCKET_ID_ANY);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tx->pool);
}

static void
end(void)
{
	lb_control_tx_fini(tx);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(tx->pool), MBUFS);
	rte_mempool_free(tx->pool);
	free(tx);
}

/* Submit a frame of 42 bytes that begins with number. */
static void
submit(uint8_t port, uint8_t number)
{
	uint8_t frame[42] = { number };

	lb_control_tx_send(tx, port, frame, sizeof(frame));
}

/* Whether a port took exactly these frames, in this order. */
static bool
took(uint8_t port, const char *numbers)
{
	const struct wire *wire = &wires[port];

	return wire->taken_n == strlen(numbers) && memcmp(wire->taken, numbers, wire->taken_n) == 0;
}

static void
frame_goes_out_as_it_is(void)
{
	begin();
	wires[1].room = 1;
	submit(1, 'a');
	CU_ASSERT_TRUE(took(1, "a"));
	CU_ASSERT_EQUAL(wires[1].last_len, 42);
	CU_ASSERT_EQUAL(tx->waiting, 0);
	CU_ASSERT_EQUAL(tx->dropped, 0);
	end();
}

static void
refused_frame_is_tried_again(void)
{
	begin();
	submit(0, 'a');
	CU_ASSERT_EQUAL(tx->waiting, 1);
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 1);
	wires[0].room = 5;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 0);
	CU_ASSERT_TRUE(took(0, "a"));
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 0);
	CU_ASSERT_TRUE(took(0, "a"));
	CU_ASSERT_EQUAL(tx->dropped, 0);
	end();
}

static void
later_frame_waits_behind_an_earlier_one(void)
{
	begin();
	submit(0, 'a');
	wires[0].room = 10;
	submit(0, 'b');
	CU_ASSERT_TRUE(took(0, ""));
	submit(0, 'c');
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 0);
	CU_ASSERT_TRUE(took(0, "abc"));
	end();
}

static void
order_is_kept_when_a_port_takes_a_part(void)
{
	begin();
	for (uint8_t i = 'a'; i <= 'f'; i++)
		submit(0, i);
	wires[0].room = 2;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 4);
	CU_ASSERT_TRUE(took(0, "ab"));
	submit(0, 'g');
	wires[0].room = 3;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 2);
	wires[0].room = 9;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 0);
	CU_ASSERT_TRUE(took(0, "abcdefg"));
	end();
}

static void
port_that_refuses_does_not_hold_the_others(void)
{
	begin();
	for (uint8_t i = 0; i < 3; i++) {
		submit(0, 'a' + i);
		submit(1, 'p' + i);
		submit(2, 'x' + i);
	}
	wires[1].room = 9;
	wires[2].room = 1;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 5);
	CU_ASSERT_TRUE(took(0, ""));
	CU_ASSERT_TRUE(took(1, "pqr"));
	CU_ASSERT_TRUE(took(2, "x"));
	wires[0].room = wires[2].room = 9;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 0);
	CU_ASSERT_TRUE(took(0, "abc"));
	CU_ASSERT_TRUE(took(2, "xyz"));
	end();
}

static void
port_that_refuses_is_asked_once_a_turn(void)
{
	begin();
	for (uint8_t i = 0; i < 100; i++)
		submit(0, i);
	wires[0].asked = 0;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 100);
	CU_ASSERT_EQUAL(wires[0].asked, 1);
	end();
}

static void
frames_beyond_256_that_wait_are_dropped_and_counted(void)
{
	begin();
	for (uint32_t i = 0; i < 300; i++)
		submit(0, (uint8_t)i);
	CU_ASSERT_EQUAL(tx->waiting, 256);
	CU_ASSERT_EQUAL(tx->dropped, 44);
	wires[0].room = 600;
	CU_ASSERT_EQUAL(lb_control_tx_retry(tx), 0);
	CU_ASSERT_EQUAL(wires[0].taken_n, 256);
	for (uint32_t i = 0; i < 256; i++)
		CU_ASSERT_EQUAL(wires[0].taken[i], i);
	submit(0, 1);
	CU_ASSERT_EQUAL(wires[0].taken_n, 257);
	end();
}

static void
frame_that_fits_no_buffer_is_dropped_and_counted(void)
{
	static const uint8_t frame[2049];

	begin();
	wires[0].room = 2;
	lb_control_tx_send(tx, 0, frame, 2049);
	CU_ASSERT_EQUAL(tx->dropped, 1);
	lb_control_tx_send(tx, 0, frame, 2048);
	CU_ASSERT_EQUAL(wires[0].taken_n, 1);
	CU_ASSERT_EQUAL(wires[0].last_len, 2048);
	end();
}

static void
frame_without_a_buffer_is_dropped_and_counted(void)
{
	struct rte_mbuf *all[MBUFS];

	begin();
	CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_alloc_bulk(tx->pool, all, MBUFS), 0);
	wires[0].room = 1;
	submit(0, 'a');
	CU_ASSERT_EQUAL(tx->dropped, 1);
	CU_ASSERT_TRUE(took(0, ""));
	rte_pktmbuf_free_bulk(all, MBUFS);
	end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(frame_goes_out_as_it_is),
	UNIT_TEST(refused_frame_is_tried_again),
	UNIT_TEST(later_frame_waits_behind_an_earlier_one),
	UNIT_TEST(order_is_kept_when_a_port_takes_a_part),
	UNIT_TEST(port_that_refuses_does_not_hold_the_others),
	UNIT_TEST(port_that_refuses_is_asked_once_a_turn),
	UNIT_TEST(frames_beyond_256_that_wait_are_dropped_and_counted),
	UNIT_TEST(frame_that_fits_no_buffer_is_dropped_and_counted),
	UNIT_TEST(frame_without_a_buffer_is_dropped_and_counted),
	UNIT_END,
};

const struct unit_suite unit_control_tx = { "tx", tests };
