/* Sending: own queues at once, shared ones under their lock, which control does not wait for long.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include <rte_ethdev.h>

#include "bed.h"
#include "lb_clock.h"

/* A port whose 16 TX queues are too few for 16 workers and control: they share one. */
static struct lb_netif_port *
shared_port(struct bed *bed)
{
	struct lb_netif_port *port;

	bed_begin(bed, "net_ring0", 16);
	bed->conf.rx_queues = 1;
	port = bed_port(bed);
	CU_ASSERT_TRUE_FATAL(port->tx_shared);
	return port;
}

static struct rte_mbuf *
packet(struct bed *bed)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(bed->pool);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	rte_pktmbuf_append(m, 60);
	return m;
}

/* Take in what was sent; returns how many packets. */
static uint16_t
drain(const struct lb_netif_port *port)
{
	struct rte_mbuf *mbufs[64];
	uint16_t n = rte_eth_rx_burst(port->id, 0, mbufs, 64);

	for (uint16_t i = 0; i < n; i++)
		rte_pktmbuf_free(mbufs[i]);
	return n;
}

static void
shared_queue_sends_for_every_number(void)
{
	struct lb_netif_port *port;
	struct rte_mbuf *m;
	struct bed bed;

	port = shared_port(&bed);
	m = packet(&bed);
	CU_ASSERT_EQUAL(lb_netif_send(port, 0, &m, 1), 1);
	m = packet(&bed);
	CU_ASSERT_EQUAL(lb_netif_try_send(port, 16, &m, 1), 1);
	CU_ASSERT_EQUAL(drain(port), 2);
	CU_ASSERT_EQUAL(rte_spinlock_is_locked(&port->tx_lock), 0);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
own_queues_need_no_lock(void)
{
	struct lb_netif_port *port;
	struct rte_mbuf *m;
	struct bed bed;

	bed_begin(&bed, "net_null0", 2);
	port = bed_port(&bed);
	rte_spinlock_lock(&port->tx_lock);
	for (uint32_t queue = 0; queue < 3; queue++) {
		m = packet(&bed);
		CU_ASSERT_EQUAL(lb_netif_send(port, queue, &m, 1), 1);
		m = packet(&bed);
		CU_ASSERT_EQUAL(lb_netif_try_send(port, queue, &m, 1), 1);
	}
	rte_spinlock_unlock(&port->tx_lock);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
full_queue_takes_what_fits(void)
{
	struct rte_mbuf *mbufs[32];
	struct lb_netif_port *port;
	uint32_t sent = 0, taken;
	struct bed bed;

	port = shared_port(&bed);
	do {
		for (int i = 0; i < 32; i++)
			mbufs[i] = packet(&bed);
		taken = lb_netif_send(port, 0, mbufs, 32);
		sent += taken;
		for (uint32_t i = taken; i < 32; i++)
			rte_pktmbuf_free(mbufs[i]);
	} while (taken == 32 && sent < BED_MBUFS - 32);
	CU_ASSERT_TRUE(taken < 32);
	CU_ASSERT_EQUAL(rte_spinlock_is_locked(&port->tx_lock), 0);
	while ((taken = drain(port)) > 0)
		sent -= taken;
	CU_ASSERT_EQUAL(sent, 0);
	lb_netif_close(port);
	bed_end(&bed);
}

/* A worker that holds the lock until it is told to let go. */
struct holder {
	struct lb_netif_port *port;
	atomic_bool holds;
	atomic_bool release;
};

static void *
hold(void *arg)
{
	struct holder *holder = arg;

	unit_any_cpu();
	rte_spinlock_lock(&holder->port->tx_lock);
	atomic_store(&holder->holds, true);
	while (!atomic_load(&holder->release))
		usleep(100);
	rte_spinlock_unlock(&holder->port->tx_lock);
	return NULL;
}

static pthread_t
holder_start(struct holder *holder, struct lb_netif_port *port)
{
	pthread_t thread;

	*holder = (struct holder){ .port = port };
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, hold, holder), 0);
	while (!atomic_load(&holder->holds))
		usleep(100);
	return thread;
}

static void
control_gives_up_while_another_thread_sends(void)
{
	struct lb_netif_port *port;
	struct holder holder;
	struct rte_mbuf *m;
	pthread_t thread;
	struct bed bed;
	uint64_t start;

	port = shared_port(&bed);
	m = packet(&bed);
	thread = holder_start(&holder, port);
	start = lb_clock_ms();
	for (int i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(lb_netif_try_send(port, 16, &m, 1), 0);
	CU_ASSERT_TRUE(lb_clock_ms() - start < 1000); /* 20 times 20 us on an idle machine */
	CU_ASSERT_EQUAL(drain(port), 0);
	atomic_store(&holder.release, true);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(lb_netif_try_send(port, 16, &m, 1), 1);
	CU_ASSERT_EQUAL(drain(port), 1);
	lb_netif_close(port);
	bed_end(&bed);
}

static void *
release_later(void *arg)
{
	struct holder *holder = arg;

	unit_any_cpu();
	usleep(20000);
	CU_ASSERT_TRUE(rte_spinlock_is_locked(&holder->port->tx_lock));
	atomic_store(&holder->release, true);
	return NULL;
}

static void
worker_waits_for_its_turn(void)
{
	struct lb_netif_port *port;
	pthread_t thread, releaser;
	struct holder holder;
	struct rte_mbuf *m;
	struct bed bed;

	port = shared_port(&bed);
	m = packet(&bed);
	thread = holder_start(&holder, port);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&releaser, NULL, release_later, &holder), 0);
	CU_ASSERT_EQUAL(lb_netif_send(port, 0, &m, 1), 1);
	CU_ASSERT_TRUE(atomic_load(&holder.release));
	pthread_join(thread, NULL);
	pthread_join(releaser, NULL);
	CU_ASSERT_EQUAL(drain(port), 1);
	lb_netif_close(port);
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(shared_queue_sends_for_every_number),
	UNIT_TEST(own_queues_need_no_lock),
	UNIT_TEST(full_queue_takes_what_fits),
	UNIT_TEST(control_gives_up_while_another_thread_sends),
	UNIT_TEST(worker_waits_for_its_turn),
	UNIT_END,
};

const struct unit_suite unit_netif_tx = { "tx", tests };
