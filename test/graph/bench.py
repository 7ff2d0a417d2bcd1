#!/usr/bin/python3
"""
pollux-bench runs every case, on few connections and small pages, and says what it should. A case of
which a packet is lost, or whose connections are not in the state that is measured, ends it with an
error, so that it ends well says that all was forwarded. How fast it was is nobody's business here.

    bench.py PROGRAM
"""

import json
import os
import subprocess
import sys
import tempfile

CASES = ["empty", "l2", "dr", "nat", "nat-reply", "tun", "new", "new-wrr-100",
         "new-wlc-100", "new-wlc-1000", "new-10k-services", "mh-unknown", "mixed", "latency",
         "no-flood", "flood"]
SIZED = CASES[2:]
BURSTS = {"latency": 1, "no-flood": 2, "flood": 22}  # the others: 32
KEYS = {"case", "connections", "ns_per_packet", "cycles_per_packet", "mpps", "empty_ns", "l2_ns",
        "cost_ns", "ratio", "hugepages", "cold"}
ROUND = 4096  # walks of a round with few connections
CPUS = len(os.sched_getaffinity(0))
ONE_CPU = str(min(os.sched_getaffinity(0)))

SCRIPTS = os.path.join(os.path.dirname(__file__), "../../scripts")
TABLE = os.path.join(SCRIPTS, "bench-table")
COMPARE = os.path.join(SCRIPTS, "bench-compare")
MARKED = "before\n<!-- scripts/bench writes from here -->\nold\n<!-- to here -->\nafter\n"

OWN = {"case": "config", "connections": 0, "workers": 1, "rounds": 2, "packets": 0, "cold": False,
       "hugepages": True, "load_ms": 12.5}

program = sys.argv[1]
number = 0


def test(name, passed, seen=""):
    global number
    number += 1
    print(f"{'ok' if passed else 'not ok'} {number} - bench: {name}", flush=True)
    if not passed:
        print(*(f"# {line}" for line in str(seen).splitlines()), sep="\n", flush=True)


def run(*arguments, before=()):
    return subprocess.run([*before, program, "--no-huge", "--rounds", "2", *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)


def near(a, b):
    """Whether numbers that were rounded to two digits can have been equal."""
    return abs(a - b) <= 0.02 + 0.02 * abs(b)


def is_sound(row):
    """Whether the figures of a row follow from each other."""
    ns = row["ns_per_packet"]
    return (0 < row["ns_least"] <= ns <= row["ns_most"]
            and 1 <= row["quiet_rounds"] <= row["rounds"]
            and near(row["cost_ns"], ns - row["empty_ns"])
            and near(row["ratio"] * row["l2_ns"], ns)
            and row["cycles_per_packet"] > 0 and row["mpps"] > 0)


def document(text, rows, workers=(), beside=()):
    """What scripts/bench-table makes of a document, and its status."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("main", "workers", "beside", "page")]
        for path, figures in zip(paths, (rows, workers, beside)):
            with open(path, "w", encoding="utf-8") as out:
                json.dump(list(figures), out)
        with open(paths[3], "w", encoding="utf-8") as out:
            out.write(text)
        status = subprocess.run([TABLE, paths[0], paths[3], "--workers", paths[1], "--beside",
                                 paths[2]], stderr=subprocess.DEVNULL, check=False).returncode
        with open(paths[3], encoding="utf-8") as made:
            return made.read(), status


def costing(rows, costs, connections=1000):
    """Rows as if of hugepages and this size, with other costs where costs names the case."""
    return [dict(row, hugepages=True, cost_ns=costs.get(row["case"], 10), connections=connections)
            for row in rows]


def cells(text):
    """The cells of all lines of tables."""
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()
            if line.startswith("|")]


def bars(text):
    """Case and connections to bar and whether it was missed, of the table of cases."""
    return {(row[0].strip("`"), row[1]): (row[8], row[9].startswith("**")) for row in cells(text)
            if len(row) == 11 and row[9]}


def fake(folder, name, figures):
    """A program that says of its runs that they took so many ns, and notes in a file that it ran."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"""#!/bin/sh
            echo {name} >> {folder}/ran
            set -- {" ".join(map(str, figures))}
            shift $(($(grep -c {name} {folder}/ran) - 1))
            echo '[{{"case": "tun", "connections": 1000, "ns_per_packet": '$1'}}]'
            """)
    os.chmod(path, 0o755)
    return path


def in_turns(before, now):
    """The last words of the row that bench-compare prints, and who ran, by initials."""
    with tempfile.TemporaryDirectory() as folder:
        programs = fake(folder, "before", before), fake(folder, "now", now)
        told = subprocess.run([COMPARE, *programs, "--case", "tun", "--rounds", str(len(now))],
                              stdout=subprocess.PIPE, text=True, check=True).stdout
        with open(os.path.join(folder, "ran"), encoding="utf-8") as ran:
            return told.splitlines()[-1].split(), "".join(line[0] for line in ran)


print("1..30")
all_cases = run("--connections", "1000", "--json")
rows = json.loads(all_cases.stdout) if all_cases.returncode == 0 else []
test("every_case_forwards_all_packets", all_cases.returncode == 0, all_cases.stderr)
test("every_case_has_a_row", [row["case"] for row in rows] == [*CASES, "config"], all_cases.stdout)
config, rows = [row for row in rows if row["case"] == "config"], rows[:len(CASES)]
test("times_of_a_large_configuration_are_told",
     config and all(config[0].get(f"{what}_ms", 0) > 0 for what in (
         "parse", "check", "load", "reload_same", "reload_all", "reload_changed", "change")),
     config)
test("every_row_has_the_keys", rows and all(KEYS <= set(row) for row in rows), all_cases.stdout)
test("figures_follow_from_each_other", rows and all(map(is_sound, rows)), all_cases.stdout)
test("rows_tell_connections_pages_and_packets",
     rows and all(row["connections"] == (1000 if row["case"] in SIZED else 0)
                  and row["hugepages"] is False and row["cold"] is False
                  and row["packets"] == 2 * ROUND * BURSTS.get(row["case"], 32) for row in rows),
     all_cases.stdout)
single = next((row for row in rows if row["case"] == "latency"), {})
test("walks_of_single_packets_are_told_apart",
     0 < single.get("p50_ns", 0) <= single["p99_ns"] <= single["p999_ns"], single)
flood = {row["case"]: row.get("established_mpps", 0) for row in rows if "flood" in row["case"]}
test("a_flood_is_told_by_what_else_is_forwarded",
     len(flood) == 2 and 0 < flood["flood"] < flood["no-flood"], flood)
# TUN may cost 60, NAT 40 more than TUN does, DR no more, a new connection 250.
page, _ = document(MARKED, costing(rows, {"tun": 60, "dr": 61, "nat": 100, "nat-reply": 101,
                                          "new": 250}))
test("bars_of_few_connections_are_judged", bars(page).items() >= {
    ("tun", "1,000"): ("60", False), ("dr", "1,000"): ("60", True), ("nat", "1,000"): ("100", False),
    ("nat-reply", "1,000"): ("100", True), ("new", "1,000"): ("250", False)}.items()
     and page.startswith("before\n") and page.endswith("after\n") and "old" not in page, page)
# Mixed traffic: 1.3 x (0.9 x 80 + 0.1 x 200) = 119.6. Ten millions may cost twice as much as one.
page, _ = document(MARKED, costing(rows, {
    "tun": 91, "dr": 80, "new": 200, "mixed": 119.7, "new-wlc-100": 401, "new-wlc-1000": 450,
    "new-10k-services": 301, "mh-unknown": 50}, 1000000)
                   + costing(rows, {"tun": 182, "dr": 161}, 10000000))
test("bars_of_many_connections_are_judged", bars(page).items() >= {
    ("tun", "1,000,000"): ("90", True), ("dr", "1,000,000"): ("91", False),
    ("tun", "10,000,000"): ("182", False), ("dr", "10,000,000"): ("160", True),
    ("new", "1,000,000"): ("250", False), ("mixed", "1,000,000"): ("120", True),
    ("new-wlc-100", "1,000,000"): ("400", True), ("new-wlc-1000", "1,000,000"): ("450", False),
    ("new-10k-services", "1,000,000"): ("300", True),
    ("mh-unknown", "1,000,000"): ("50", False)}.items(), page)
by_name = {row["case"]: row for row in rows}
page, _ = document(MARKED, [dict(by_name["latency"], hugepages=True, p50_ns=2001),
                            dict(by_name["dr"], connections=10000000, bytes_per_connection=96,
                                 table_mb=1500.1), by_name["flood"], OWN])
test("latency_memory_and_flood_are_judged", all(any(words <= set(row) for row in cells(page))
     for words in ({"`latency`", "2001", "2000", "**not reached**"},
                   {"10,000,000", "96.0", "96", "reached", "1500.1", "1500", "**not reached**"},
                   {"`flood`", "none lost", "reached"}, {"`config`", "`load_ms`", "12.50"})), page)
page, _ = document(MARKED, rows, costing([by_name["dr"]], {"dr": 100}) + [
    dict(row, workers=2) for row in costing([by_name["dr"], by_name["new"]], {"dr": 111})],
    [dict(by_name["tun"], cold=True, cost_ns=cost) for cost in (75, 79, 77)]
                   + [dict(by_name["tun"], cold=True, cost_ns=99,
                           l2_ns=1.3 * by_name["tun"]["l2_ns"])]  # a busy turn
                   + [dict(by_name["tun"], hugepages=True, cost_ns=7)])
test("workers_pages_and_caches_have_tables", all(row in cells(page) for row in (
    ["`dr`", "1,000", "2", "111.0", f"{by_name['dr']['mpps']:.1f}", "110", "**not reached**"],
    ["`tun`", "1,000", "7.0", "", "", "77.0"])), page)
page, status = document("no place for a table\n", rows)
test("a_document_without_marks_is_left_alone",
     status == 1 and page == "no place for a table\n", page)
# By hand: 64 bytes, 8 of the FIFO, 21.3 of the index, for 4096 and 513 spare numbers, and a wheel of
# 4096 x 64 bytes, lie between 64 x 4096 and 256 x 4096.
few = run("--connections", "4096", "--case", "dr", "--json")
figure = json.loads(few.stdout)[0].get("bytes_per_connection", 0) if few.returncode == 0 else 0
test("memory_of_a_connection_is_measured", 64 < figure < 256, few.stdout + few.stderr)

# A machine with one CPU has none for a second worker, and is told so.
two = run("--connections", "2000", "--case", "new", "handover", "--workers", "1", "2", "--json")
rows = json.loads(two.stdout) if two.returncode == 0 else []
test("each_number_of_workers_has_a_row_and_they_share_the_connections",
     [(row["case"], row["workers"], row["packets"]) for row in rows] == [
         ("new", 1, 2 * ROUND * 32), ("new", 2, 2 * 2 * ROUND * 32),
         ("handover", 2, 2 * 2 * ROUND * 32)]
     if CPUS > 1 else "--workers 2" in two.stderr, two.stdout + two.stderr)
by_node = run("--connections", "1000", "--case", "l2", "dr", "--nodes", "--json")
rows = json.loads(by_node.stdout) if by_node.returncode == 0 else []
test("cycles_are_told_by_node", len(rows) == 2 and "nodes" not in rows[0]
     and {"eth_rx", "conn_lookup", "fwd_dr", "eth_tx"} <= {
         name for name, cycles in rows[1]["nodes"].items() if cycles > 0}
     and "conn_new" not in rows[1]["nodes"], by_node.stdout + by_node.stderr)
told = {"cycles_per_packet": 100, "nodes": {"eth_rx": 10, "idle": 0.5, "fwd_dr": 60}}
page, _ = document(MARKED, [dict(row, connections=1000000, **told) for row in rows[1:]])
test("nodes_have_a_table", ["`dr`", "1,000,000", "100", "`fwd_dr` 60, `eth_rx` 10", "30"]
     in cells(page), page)
cold = run("--connections", "1000", "2000", "--case", "dr", "--cold", "--json")
rows = json.loads(cold.stdout) if cold.returncode == 0 else []
test("caches_can_be_cold", [(row["connections"], row["cold"]) for row in rows] ==
     [(1000, True), (2000, True)] and all(map(is_sound, rows)), cold.stdout + cold.stderr)

with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
    earlier = {"case": "l2", "connections": 0, "workers": 1, "ns_per_packet": 1e6, "ns_least": 1e6,
               "ns_most": 1e6}
    json.dump([earlier], file)
    file.flush()
    compared = run("--case", "l2", "--compare", file.name)
test("a_run_is_compared_with_a_file", compared.returncode == 0 and "faster" in compared.stdout,
     compared.stdout + compared.stderr)
compared = run("--case", "l2", "--compare", os.devnull)
test("a_file_without_figures_is_refused",
     compared.returncode == 1 and "/dev/null" in compared.stderr, compared.stderr)

row, ran = in_turns((100, 90, 110), (80, 70, 89))
test("programs_are_compared_in_turns", ran == "bnnbbn" and row == (
    "tun 1000 100.0 90.0 .. 110.0 80.0 70.0 .. 89.0 0.800 faster").split(), (row, ran))
row, _ = in_turns((100, 90, 110), (130, 110, 120))
test("spans_that_touch_are_no_difference", row[-4:] == "1.200 within the spread".split(), row)

table = run("--connections", "1000", "--case", "tun")
test("a_table_is_printed", table.returncode == 0 and "tun" in table.stdout.splitlines()[-1]
     and "small pages" in table.stdout, table.stdout + table.stderr)
refused = run("--case", "dr", "--workers", "1", "2", before=("taskset", "--cpu-list", ONE_CPU))
test("more_workers_than_cpus_are_refused",
     refused.returncode == 1 and "each worker needs one" in refused.stderr, refused.stderr)
for name, arguments, status, word in (
        ("an_unknown_case_is_refused", ("--case", "dr", "fast"), 2, "fast"),
        ("a_number_out_of_range_is_refused", ("--connections", "1000", "0"), 2, "0"),
        ("no_workers_are_refused", ("--workers", "0"), 2, "from 1 to"),
        ("too_few_workers_are_refused", ("--case", "handover"), 1, "--workers 2"),
        ("too_many_rows_are_refused", ("--connections", *map(str, range(1000, 1016))), 1,
         "128 rows"),
        ("too_many_words_are_refused", ("--connections", *["1000"] * 17), 2, "at most 16")):
    refused = run(*arguments)
    test(name, refused.returncode == status and word in refused.stderr, refused.stderr)
