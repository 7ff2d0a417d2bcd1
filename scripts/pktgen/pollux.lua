-- What the measurements in this folder share: which director they send to, flows, and one trial.
-- NOT RUN with Pktgen itself; see the head of the script pktgen.
--
-- From the environment:
--   POLLUX_MAC     MAC of the director's port, as "polluxctl -j port list" has it; must be given
--   POLLUX_VIP     the service, 10.1.0.100 by default
--   POLLUX_PORT    its UDP port, 9 by default
--   POLLUX_SERVER  address of its one server, 10.1.0.21/24 by default: Pktgen answers ARP for it
--   POLLUX_RECEIVE port of Pktgen where the server is, 0 by default, as for a director with one port

local pollux = {}

pollux.send = "0"
pollux.receive = os.getenv("POLLUX_RECEIVE") or "0"

local mac = os.getenv("POLLUX_MAC") or error("POLLUX_MAC is not set; give the MAC of the director's port")
local vip = os.getenv("POLLUX_VIP") or "10.1.0.100"
local port = tonumber(os.getenv("POLLUX_PORT") or "9")
local server = os.getenv("POLLUX_SERVER") or "10.1.0.21/24"

-- A line that can be found in what Pktgen draws on the screen.
function pollux.say(...)
	io.write("RESULT " .. string.format(...) .. "\n")
	io.flush()
end

local function range(set, start, least, most, step)
	set(pollux.send, "start", start)
	set(pollux.send, "min", least)
	set(pollux.send, "max", most)
	set(pollux.send, "inc", step)
end

-- UDP to the service from 198.18.0.1 and the next, so many addresses, and so many ports. A packet takes
-- the next of both: the number of flows is their least common multiple.
function pollux.flows(addresses, ports)
	local last = string.format("198.18.%d.%d", addresses // 256, addresses % 256)

	pktgen.set_mac(pollux.send, "dst", mac)
	pktgen.set_ipaddr(pollux.send, "dst", vip)
	pktgen.set_ipaddr(pollux.receive, "src", server)
	pktgen.process(pollux.receive, "enable")
	pktgen.range.dst_mac(pollux.send, "start", mac)
	range(pktgen.range.dst_ip, vip, vip, vip, "0.0.0.0")
	range(pktgen.range.src_ip, "198.18.0.1", "198.18.0.1", last, "0.0.0.1")
	range(pktgen.range.dst_port, port, port, port, 0)
	range(pktgen.range.src_port, 1024, 1024, 1023 + ports, 1)
	pktgen.range.ip_proto(pollux.send, "udp")
	pktgen.set_range(pollux.send, "on")
end

-- Frames of this size, CRC included.
function pollux.size(bytes)
	pktgen.set(pollux.send, "size", bytes)
	range(pktgen.range.pkt_size, bytes, bytes, bytes, 0)
end

local function packets()
	local sent = pktgen.portStats(pollux.send, "port")[tonumber(pollux.send)].opackets
	local received = pktgen.portStats(pollux.receive, "port")[tonumber(pollux.receive)].ipackets

	return sent, received
end

-- Send at so many per cent of the link for so long; returns what was sent and came back.
function pollux.trial(rate, ms)
	local sent, received = packets()

	pktgen.set(pollux.send, "rate", rate)
	pktgen.set(pollux.send, "count", 0)
	pktgen.start(pollux.send)
	pktgen.delay(ms)
	pktgen.stop(pollux.send)
	-- RFC 2544, section 23: two seconds for what is still under way.
	pktgen.delay(2000)
	local sent_after, received_after = packets()
	return sent_after - sent, received_after - received
end

return pollux
