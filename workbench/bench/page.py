"""Results as the page docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.bench.report import HOW_TO_READ, Table, left_out, tables
from workbench.bench.results import PictureTime, Results
from workbench.bench.steps import PRIMITIVES, STEPS, TREES, BenchStep

HEAD = """# How long each step takes

`workbench bench` makes this page from the results in [performance.json](performance.json). To measure again and make a
new page takes about half an hour; the last command takes a minute, for small groups only:

```sh
workbench bench --json > new.json
workbench bench --read new.json --page docs/performance.md --plot docs/performance.svg
workbench bench --sizes 10,100 --runs 3
```

`workbench bench --read new.json --compare docs/performance.json` shows which steps have become slower, in multiples of
their floors, or send more bytes.

![Each step as a chart: milliseconds over members, for all implementations and the floor](performance.svg)
"""

METHOD = """## How it is measured

- Cipher suite 1 (X25519, AES-128-GCM, SHA-256, Ed25519), basic credentials, commits as PublicMessages, the ratchet tree
  in the Welcome.
- All implementations take turns: one run of each, then the next run of each. So a slow moment of the machine affects
  all of them. A ratio is the median of the ratios within each run, so it is right on a busy machine too. The
  milliseconds are not, and the quotient of two of them is not the ratio.
- The load is the number of programs that wanted a processor when the bench began. If it is higher than the number of
  processors, the milliseconds are higher than on an idle machine.
- *Bytes* are the length of the messages that a step sends: a key package, a commit, a commit with its Welcomes, a
  message.
- Every call takes and returns the bytes of messages. The time of a commit includes that its sender applies it.
- The actor, at leaf 1, commits. The reader, at the last leaf, processes commits. All other members are of our engine.
  Our engine processes the commits of the actor, so the results contain no commit that other members refuse, unless it
  is named below. The reader processes commits of our engine, so all implementations have the same task.
- A removal removes the last leaf in the left half of the tree. An added client gets the free leaf.
- *add_all* and *add_one* of our engine have no path, as the RFC allows (§12.4). Implementations whose Adds always have
  a path encrypt to every member of a blank tree.
- Memory is measured in a process of its own, in which one client joins a group and another creates one of the same
  size.
- Python's garbage collector runs, but examines only the objects of the step: most other objects belong to other
  members.
"""

FLOORS = """## The floor

The floor of a step is the time of the primitive operations that the step cannot avoid. Each operation is timed alone,
with the library `cryptography` and Python's SHA-256 and HMAC, right after the step and in the same run. N is the number
of members, d is the depth of the tree, and L = 2^d is the number of its leaves. A test counts the operations of our
engine. They are the same, with two exceptions: *create* also checks the two signatures of the creator's own key
package, and *join, full tree* tries both children of each parent and learns all keys of the path.
"""


SERVICE = """### The delivery service

`python -m tests.delivery.load --into docs/performance.json` measures this table in three minutes, and `make docs`
writes it here. Devices are in groups of ten. Each in its turn sends a message of 1 KiB over HTTP; then another device
of its group fetches what has come, and acknowledges it. *at once* is how many devices ask at the same time. An answer
is given when the message is on the disk. The service, its database and the program that asks share the two processors,
and so did the other programs that made the load before. On a machine where nothing else runs, the service does more
and answers sooner. A latency is the median, and what 95 of 100 answers do not exceed.

"""

PICTURES = """### The pictures

`python -m tests.browser.frames --into docs/performance.json` measures this table, and `make docs` writes it here. The
time of a frame is that of the script, in headless Chromium without a graphics processor: the places of the nodes, the
shapes, and the order to paint them. The page calls `performance.measure` around it. A tree with 10,000 members has
16,384 leaves. *median* and *95 of 100* are over the frames, clicks or commits of a run; of bytes the last column is the
largest number. *aim* is what *95 of 100* shall not exceed. A load above the number of processors makes all times
longer.

"""


APP = """### The app and its room

`python -m tests.app.crowd --into docs/performance.json` measures this table in some minutes, and `make docs` writes it
here. Visitors of the playground act at once, each in a world of its own. In the room each visitor is a phone without
its browser: a WebSocket, and a device of one group in the process of the app, which has the delivery service too. The
phones share the two processors with the app. A wait is over when all screens that are concerned show what was done.
The last column is the memory of the app that each visitor took.

"""


def to_page(results: Results) -> str:
    """The page, in Markdown."""
    parts = [HEAD, _where(results), METHOD]
    parts += [f"## Results\n\n{HOW_TO_READ}\n"]
    parts += [f"### {table.title}\n\n{_table(table)}" for table in tables(results)]
    if results.service:
        parts.append(SERVICE + _table(_service(results)))
    if results.app:
        parts.append(APP + _table(_app(results)))
    if results.pictures:
        parts.append(PICTURES + _table(_pictures(results)))
    if results.left_out:
        parts.append("### Left out, or refused by others\n\n" + "".join(f"- {line}\n" for line in left_out(results)))
    parts += [FLOORS, _table(_operations()), _table(_formulas()), _trees()]
    return "\n".join(parts)


def _where(results: Results) -> str:
    runs = max(len(row.runs) for row in results.rows)
    measured = "".join(f"- {name}: {value}\n" for name, value in {**results.machine, "runs": runs}.items())
    versions = Table(
        "",
        ["implementation", "package", "version", "to be known"],
        [[each.name, each.package, each.version, each.notes] for each in results.implementations],
    )
    return f"## Where and what\n\n{measured}\n{_table(versions)}"


def _service(results: Results) -> Table:
    head = ["database", "workers", "devices", "at once", "messages/s", "to send, ms", "to fetch, ms", "load before"]
    rows = [
        [
            *(each.database, str(each.workers), f"{each.devices:,}", str(each.at_once)),
            f"{each.messages / each.seconds:.0f}",
            *(f"{1000 * middle:.0f}, {1000 * most:.0f}" for middle, most in (each.send, each.fetch)),
            each.load,
        ]
        for each in results.service
    ]
    return Table("", head, rows)


def _app(results: Results) -> Table:
    head = ["what", "visitors", "times", "median, s", "95 of 100, s", "longest, s", "MB a visitor", "load before"]
    rows = [
        [
            *(each.what, str(each.visitors), str(each.count)),
            *(f"{wait:.2f}" for wait in each.waits),
            "" if each.megabytes is None else f"{each.megabytes:.1f}",
            each.load,
        ]
        for each in results.app
    ]
    return Table("", head, rows)


def _pictures(results: Results) -> Table:
    head = ["what", "members", "unit", "median", "95 of 100", "aim", "load before"]
    rows = [
        [
            *(each.what, f"{each.members:,}", each.unit, f"{each.middle:,.{_digits(each)}f}"),
            *(f"{each.most:,.{_digits(each)}f}", "" if each.aim is None else f"{each.aim:,.0f}", each.load),
        ]
        for each in results.pictures
    ]
    return Table("", head, rows)


def _digits(each: PictureTime) -> int:
    return 1 if each.unit == "ms" else 0


def _operations() -> Table:
    return Table("", ["operation", "what is timed"], [[name, what] for name, what in PRIMITIVES.items()])


def _formulas() -> Table:
    head = ["step", "what happens", "floor"]
    return Table("", head, [[step.id, step.what, ", ".join(_terms(step))] for step in STEPS])


def _terms(step: BenchStep) -> Iterator[str]:
    for name in PRIMITIVES:
        if name in step.floor:
            count = str(step.floor[name])
            yield f"{f'({count})' if ' ' in count else count} {name}"


def _trees() -> str:
    return "".join(f"- A *{tree} tree*: {what}.\n" for tree, what in TREES.items())


def _table(table: Table) -> str:
    words = [any(cell[:1].isalpha() for cell in column) for column in zip(*table.rows, strict=True)]
    lines = [table.head, ["---" if each else "---:" for each in words], *table.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
