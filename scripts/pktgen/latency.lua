-- Latency of established connections, at rates that POLLUX_RATES lists in per cent of the link, "1 10
-- 50 90" by default: RFC 2544, section 26.2, asks for it at the throughput found before. The figures
-- are Pktgen's own, there and back, so take those of a cable in the director's place off. NOT RUN with
-- Pktgen itself; see the head of the script pktgen.

local pollux = require("pollux")

local MS = 10000

pollux.flows(250, 4)
pollux.size(128) -- a time stamp and its magic have to fit
pollux.trial(1, 5000)
pktgen.latency(pollux.send, "enable")
pktgen.latency(pollux.receive, "enable")
for rate in string.gmatch(os.getenv("POLLUX_RATES") or "1 10 50 90", "%S+") do
	pktgen.clr()
	local sent, received = pollux.trial(tonumber(rate), MS)
	local latency = pktgen.pktStats(pollux.receive)[tonumber(pollux.receive)].latency

	pollux.say("rate %s sent %d received %d: %d samples, us: least %.1f mean %.1f most %.1f", rate,
		sent, received, latency.num_pkts, latency.min_us, latency.avg_us, latency.max_us)
end
pktgen.quit()
