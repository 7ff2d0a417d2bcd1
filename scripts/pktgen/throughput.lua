-- Throughput as RFC 2544, section 26.1, has it: the highest rate at which no frame is lost, by halving,
-- for each size of frames. NOT RUN with Pktgen itself; see the head of the script pktgen.
--
-- POLLUX_LOSS: share of frames that may be lost, 0 by default. POLLUX_MS: length of a trial, 60000 by
-- default, as the RFC wants the last one to be.

local pollux = require("pollux")

local LOSS = tonumber(os.getenv("POLLUX_LOSS") or "0")
local MS = tonumber(os.getenv("POLLUX_MS") or "60000")
local SIZES = { 64, 128, 256, 512, 1024, 1280, 1518 }
local PRECISION = 0.5 -- per cent of the link

-- Highest rate in per cent without loss, and the frames a second at it; nil if there is none.
local function search()
	local good, bad, frames = 0, 100, nil
	local rate = bad

	while true do
		local sent, received = pollux.trial(rate, MS)

		pollux.say("rate %.2f sent %d received %d", rate, sent, received)
		if sent > 0 and sent - received <= sent * LOSS then
			good, frames = rate, received * 1000 / MS
		else
			bad = rate
		end
		if good == 100 or bad - good <= PRECISION then
			return good, frames
		end
		rate = (good + bad) / 2
	end
end

pollux.flows(250, 4000)
-- Neighbours resolve and connections are made before anything counts.
pollux.trial(1, 5000)
for _, size in ipairs(SIZES) do
	pollux.size(size)
	local rate, frames = search()

	if frames then
		pollux.say("size %d: %.2f per cent of the link, %.0f frames a second", size, rate, frames)
	else
		pollux.say("size %d: frames are lost at every rate", size)
	end
end
pktgen.quit()
