/*
 * Opening and closing ports: queues, sentences, and that nothing stays behind. Drivers without
 * hardware take any MTU, so that call is answered here.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_ethdev.h>

#include "bed.h"

static int mtu_answer;

int
rte_eth_dev_set_mtu(uint16_t port_id, uint16_t mtu)
{
	(void)port_id;
	(void)mtu;
	return mtu_answer;
}

/* The device must be refused with this sentence, and leave no port. */
static void
refused(struct bed *bed, const char *sentence)
{
	uint16_t before = rte_eth_dev_count_avail();

	CU_ASSERT_PTR_NULL(lb_netif_open(&bed->conf, &bed->err));
	CU_ASSERT_STRING_EQUAL(bed->err.text, sentence);
	if (strcmp(bed->err.text, sentence) != 0)
		printf("# wanted: %s\n# got:    %s\n", sentence, bed->err.text);
	CU_ASSERT_EQUAL(rte_eth_dev_count_avail(), before);
}

static void
missing_driver_is_told_in_a_sentence(void)
{
	struct bed bed;

	bed_begin(&bed, "net_nothing0", 1);
	refused(&bed,
		"port \"wan\": device \"net_nothing0\" cannot be opened (no driver is called so); "
		"check that the interface exists and is up, or that the PCI device is bound "
		"to a DPDK driver");
	CU_ASSERT_EQUAL(bed.err.code, ENODEV);
	bed_end(&bed);
}

static void
missing_interface_is_told_in_a_sentence(void)
{
	static const char object[] =
		"port \"wan\": device \"net_af_packet0,iface=nowhere\" cannot be opened (";
	struct bed bed;

	bed_begin(&bed, "net_af_packet0,iface=nowhere", 1);
	CU_ASSERT_PTR_NULL(lb_netif_open(&bed.conf, &bed.err));
	CU_ASSERT_EQUAL(strncmp(bed.err.text, object, strlen(object)), 0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(bed.err.text, "); check that the interface exists and is up"));
	bed_end(&bed);
}

static void
device_name_that_is_too_long_is_refused(void)
{
	char device[200];
	struct bed bed;

	memset(device, 'x', sizeof(device) - 1);
	device[sizeof(device) - 1] = '\0';
	bed_begin(&bed, device, 1);
	CU_ASSERT_PTR_NULL(lb_netif_open(&bed.conf, &bed.err));
	CU_ASSERT_EQUAL(bed.err.code, ENODEV);
	bed_end(&bed);
}

static void
more_rx_queues_than_the_device_has_are_refused(void)
{
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	bed.conf.rx_queues = 17;
	refused(&bed,
		"port \"wan\": rx_queues = 17, but the device has 16; lower it or leave it out");
	CU_ASSERT_EQUAL(bed.err.code, EINVAL);
	bed_end(&bed);
}

static void
device_that_was_refused_can_be_opened_rightly(void)
{
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	bed.conf.rx_queues = 17;
	CU_ASSERT_PTR_NULL(lb_netif_open(&bed.conf, &bed.err));
	bed.err = (struct lb_error){ 0 };
	bed.conf.rx_queues = 1;
	lb_netif_close(bed_port(&bed));
	bed_end(&bed);
}

static void
mtu_that_the_device_refuses_is_told_in_a_sentence(void)
{
	struct bed bed;

	bed_begin(&bed, "net_null0", 1);
	bed.conf.mtu = 9000;
	mtu_answer = -EINVAL;
	refused(&bed, "port \"wan\": the device refuses mtu = 9000 (Invalid argument); lower it");
	mtu_answer = 0;
	bed_end(&bed);
}

static void
device_that_cannot_be_told_its_mtu_is_used(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_null0", 1);
	mtu_answer = -ENOTSUP;
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(port->mtu, 1500);
	mtu_answer = 0;
	lb_netif_close(port);
	bed_end(&bed);
}

static void
port_has_a_queue_per_worker_and_one_for_control(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_null0", 3);
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(port->rx_queues, 3);
	CU_ASSERT_EQUAL(port->tx_queues, 4);
	CU_ASSERT_FALSE(port->tx_shared);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
rx_queues_asked_for_are_what_the_port_has(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_null0", 3);
	bed.conf.rx_queues = 2;
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(port->rx_queues, 2);
	CU_ASSERT_EQUAL(port->tx_queues, 4);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
port_with_too_few_tx_queues_shares_one(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 16);
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(port->rx_queues, 16);
	CU_ASSERT_EQUAL(port->tx_queues, 1);
	CU_ASSERT_TRUE(port->tx_shared);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
port_knows_its_mac_mtu_and_number(void)
{
	struct rte_ether_addr mac;
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_null0", 1);
	bed.conf.number = 5;
	bed.conf.mtu = 1400;
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(rte_eth_macaddr_get(port->id, &mac), 0);
	CU_ASSERT_TRUE(rte_is_same_ether_addr(&port->mac, &mac));
	CU_ASSERT_EQUAL(port->number, 5);
	CU_ASSERT_EQUAL(port->mtu, 1400);
	CU_ASSERT_STRING_EQUAL(port->name, "wan");
	lb_netif_close(port);
	bed_end(&bed);
}

static void
device_can_be_opened_again_after_it_was_closed(void)
{
	uint16_t before;
	struct bed bed;

	bed_begin(&bed, "net_null0,size=64", 2);
	before = rte_eth_dev_count_avail();
	for (int i = 0; i < 3; i++) {
		struct lb_netif_port *port = bed_port(&bed);

		CU_ASSERT_EQUAL(rte_eth_dev_count_avail(), before + 1);
		lb_netif_close(port);
		CU_ASSERT_EQUAL(rte_eth_dev_count_avail(), before);
	}
	bed_end(&bed);
}

static void
port_that_never_started_can_be_closed(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	port = lb_netif_open(&bed.conf, &bed.err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(port);
	lb_netif_close(port);
	lb_netif_close(NULL);
	bed_end(&bed);
}

static void
device_that_exists_is_taken_as_it_is(void)
{
	struct lb_netif_port *port;
	struct bed bed;
	uint16_t id;

	bed_begin(&bed, "net_null7", 1);
	CU_ASSERT_EQUAL_FATAL(rte_eal_hotplug_add("vdev", "net_null7", "size=100"), 0);
	CU_ASSERT_EQUAL_FATAL(rte_eth_dev_get_port_by_name("net_null7", &id), 0);
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(port->id, id);
	lb_netif_close(port);
	CU_ASSERT_EQUAL(rte_eal_hotplug_remove("vdev", "net_null7"), 0);
	bed_end(&bed);
}

/* A port with two IPv4 subnets, and no device. */
static const struct lb_addr *
address_for(const char *text)
{
	static struct lb_prefix own[2];
	static struct lb_netif_port port;
	struct lb_addr addr;

	CU_ASSERT_EQUAL_FATAL(lb_prefix_parse("10.1.0.11/24", &own[0]), 0);
	CU_ASSERT_EQUAL_FATAL(lb_prefix_parse("10.2.0.11/16", &own[1]), 0);
	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(text, &addr), 0);
	port.addresses = own;
	port.addresses_n = 2;
	return lb_netif_address_for(&port, &addr);
}

static void
address_is_that_of_the_subnet(void)
{
	CU_ASSERT_EQUAL(address_for("10.1.0.99")->ip4, RTE_BE32(0x0a01000b));
	CU_ASSERT_EQUAL(address_for("10.2.255.1")->ip4, RTE_BE32(0x0a02000b));
	CU_ASSERT_EQUAL(address_for("10.2.0.11")->ip4, RTE_BE32(0x0a02000b));
}

static void
address_for_a_stranger_is_the_first_of_the_family(void)
{
	CU_ASSERT_EQUAL(address_for("192.0.2.1")->ip4, RTE_BE32(0x0a01000b));
	CU_ASSERT_PTR_NULL(address_for("fd01::1"));
}

static const struct unit_test tests[] = {
	UNIT_TEST(missing_driver_is_told_in_a_sentence),
	UNIT_TEST(missing_interface_is_told_in_a_sentence),
	UNIT_TEST(device_name_that_is_too_long_is_refused),
	UNIT_TEST(more_rx_queues_than_the_device_has_are_refused),
	UNIT_TEST(device_that_was_refused_can_be_opened_rightly),
	UNIT_TEST(mtu_that_the_device_refuses_is_told_in_a_sentence),
	UNIT_TEST(device_that_cannot_be_told_its_mtu_is_used),
	UNIT_TEST(port_has_a_queue_per_worker_and_one_for_control),
	UNIT_TEST(rx_queues_asked_for_are_what_the_port_has),
	UNIT_TEST(port_with_too_few_tx_queues_shares_one),
	UNIT_TEST(port_knows_its_mac_mtu_and_number),
	UNIT_TEST(device_can_be_opened_again_after_it_was_closed),
	UNIT_TEST(port_that_never_started_can_be_closed),
	UNIT_TEST(device_that_exists_is_taken_as_it_is),
	UNIT_TEST(address_is_that_of_the_subnet),
	UNIT_TEST(address_for_a_stranger_is_the_first_of_the_family),
	UNIT_END,
};

const struct unit_suite unit_netif_port = { "port", tests };
