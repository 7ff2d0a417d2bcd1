-- Connections a second: every packet is the first of a flow, of 16 million. An entry lives for 300 s,
-- so a table of fewer entries fills up, and then each new one puts an old one out; that is measured,
-- too. POLLUX_RATES as in latency.lua. NOT RUN with Pktgen itself; see the head of the script pktgen.

local pollux = require("pollux")

local MS = 10000

-- Both are stepped with each packet: numbers without a common factor visit each pair.
pollux.flows(251, 63999)
pollux.size(64)
for rate in string.gmatch(os.getenv("POLLUX_RATES") or "1 10 50 90", "%S+") do
	local sent, received = pollux.trial(tonumber(rate), MS)

	pollux.say("rate %s: %.0f a second sent, %.0f forwarded", rate, sent * 1000 / MS,
		received * 1000 / MS)
end
pktgen.quit()
