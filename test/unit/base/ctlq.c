/* Rings from a worker to control: full ones refuse, classes are apart, one write wakes. */

#include "lb_ctlq.h"
#include "unit.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SIZE 8 /* of which a ring holds one less */

static const uint32_t sizes[LB_CTLQ_CLASSES] = { SIZE, SIZE, SIZE, 4, SIZE, SIZE };

/* A queue whose eventfd can be read. */
struct bed {
	struct lb_ctlq queue;
	struct lb_ctlq_wake wake;
};

static void
bed_begin(struct bed *bed)
{
	unit_eal();
	*bed = (struct bed){ .wake.fd = eventfd(0, EFD_NONBLOCK) };
	CU_ASSERT_TRUE_FATAL(bed->wake.fd >= 0);
	CU_ASSERT_EQUAL_FATAL(lb_ctlq_init(&bed->queue, &bed->wake, "test", sizes), 0);
}

static void
bed_end(struct bed *bed)
{
	lb_ctlq_fini(&bed->queue);
	close(bed->wake.fd);
}

/* How often the eventfd was written since the last call. */
static uint64_t
wakes(const struct bed *bed)
{
	uint64_t n;

	return read(bed->wake.fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static void *
object(uintptr_t number)
{
	return (void *)number;
}

static void
objects_come_out_in_order(void)
{
	void *in[] = { object(1), object(2), object(3) }, *out[SIZE];
	struct bed bed;

	bed_begin(&bed);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, in, 3), 3);
	CU_ASSERT_EQUAL(lb_ctlq_get(&bed.queue, LB_CTLQ_NEIGH, out, 2), 2);
	CU_ASSERT_EQUAL(lb_ctlq_get(&bed.queue, LB_CTLQ_NEIGH, &out[2], SIZE - 2), 1);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_PTR_EQUAL(out[i], in[i]);
	CU_ASSERT_EQUAL(lb_ctlq_get(&bed.queue, LB_CTLQ_NEIGH, out, SIZE), 0);
	bed_end(&bed);
}

static void
full_ring_takes_what_fits_and_refuses_the_rest(void)
{
	void *objs[SIZE + 2];
	struct bed bed;

	for (uintptr_t i = 0; i < SIZE + 2; i++)
		objs[i] = object(i + 1);
	bed_begin(&bed);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, objs, SIZE + 2), SIZE - 1);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, objs, 1), 0);
	CU_ASSERT_EQUAL(lb_ctlq_get(&bed.queue, LB_CTLQ_NEIGH, objs, 1), 1);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, objs, 1), 1);
	bed_end(&bed);
}

static void
full_class_leaves_room_in_the_others(void)
{
	void *objs[SIZE] = { NULL }, *out[SIZE];
	struct bed bed;

	bed_begin(&bed);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, objs, SIZE), SIZE - 1);
	objs[0] = object(77);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_ARP_VIP, objs, 1), 1);
	CU_ASSERT_EQUAL(lb_ctlq_get(&bed.queue, LB_CTLQ_ARP_VIP, out, SIZE), 1);
	CU_ASSERT_PTR_EQUAL(out[0], object(77));
	bed_end(&bed);
}

static void
class_holds_what_its_own_size_says(void)
{
	void *objs[SIZE] = { NULL };
	struct bed bed;

	bed_begin(&bed);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_CHECK, objs, SIZE), 3);
	CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queue, LB_CTLQ_ICMP, objs, SIZE), SIZE - 1);
	bed_end(&bed);
}

static void
control_that_is_awake_is_not_woken(void)
{
	void *obj = object(1);
	struct bed bed;

	bed_begin(&bed);
	lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, &obj, 1);
	CU_ASSERT_EQUAL(wakes(&bed), 0);
	bed_end(&bed);
}

static void
control_that_sleeps_is_woken_once_for_many_packets(void)
{
	void *obj = object(1);
	struct bed bed;

	bed_begin(&bed);
	atomic_store(&bed.wake.asleep, true);
	for (int i = 0; i < 3; i++)
		lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, &obj, 1);
	lb_ctlq_put(&bed.queue, LB_CTLQ_ARP_VIP, &obj, 1);
	CU_ASSERT_EQUAL(wakes(&bed), 1);
	CU_ASSERT_FALSE(atomic_load(&bed.wake.asleep));
	atomic_store(&bed.wake.asleep, true);
	lb_ctlq_put(&bed.queue, LB_CTLQ_NEIGH, &obj, 1);
	CU_ASSERT_EQUAL(wakes(&bed), 1);
	bed_end(&bed);
}

static void
wake_without_a_packet_writes_only_when_control_sleeps(void)
{
	struct bed bed;

	bed_begin(&bed);
	lb_ctlq_wake(&bed.wake);
	CU_ASSERT_EQUAL(wakes(&bed), 0);
	atomic_store(&bed.wake.asleep, true);
	lb_ctlq_wake(&bed.wake);
	lb_ctlq_wake(&bed.wake);
	CU_ASSERT_EQUAL(wakes(&bed), 1);
	bed_end(&bed);
}

static void
queue_that_could_not_be_made_can_be_freed(void)
{
	struct lb_ctlq_wake wake = { .fd = -1 };
	struct lb_ctlq first = { 0 }, second = { 0 };

	unit_eal();
	CU_ASSERT_EQUAL(lb_ctlq_init(&first, &wake, "twice", sizes), 0);
	CU_ASSERT_EQUAL(lb_ctlq_init(&second, &wake, "twice", sizes), -ENOMEM);
	lb_ctlq_fini(&second);
	lb_ctlq_fini(&first);
}

static const struct unit_test tests[] = {
	UNIT_TEST(objects_come_out_in_order),
	UNIT_TEST(full_ring_takes_what_fits_and_refuses_the_rest),
	UNIT_TEST(full_class_leaves_room_in_the_others),
	UNIT_TEST(class_holds_what_its_own_size_says),
	UNIT_TEST(control_that_is_awake_is_not_woken),
	UNIT_TEST(control_that_sleeps_is_woken_once_for_many_packets),
	UNIT_TEST(wake_without_a_packet_writes_only_when_control_sleeps),
	UNIT_TEST(queue_that_could_not_be_made_can_be_freed),
	UNIT_END,
};

const struct unit_suite unit_base_ctlq = { "ctlq", tests };
