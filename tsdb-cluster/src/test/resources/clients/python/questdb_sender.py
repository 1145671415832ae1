"""questdb: rows of every type, a batch that flushes itself, and a row that is refused."""

import datetime
import json
import sys

from questdb.ingress import IngressError, Sender, TimestampMicros, TimestampNanos

host = sys.argv[1].removeprefix("http://")
token = f"token={sys.argv[2]};" if len(sys.argv) > 2 else ""
config = f"http::addr={host};{token}"

with Sender.from_conf(config + "auto_flush=off;") as sender:
    sender.row(
        "py_questdb",
        symbols={"place": "a, b"},
        columns={
            "f": 1.5,
            "i": -7,
            "s": 'say "x"\nnow',
            "b": True,
            "seen": TimestampMicros(9_000_000),
        },
        at=TimestampNanos(5000),
    )
    sender.flush()

with Sender.from_conf(config + "auto_flush_rows=100;") as sender:
    for i in range(1050):
        sender.row(
            "py_questdb_batch",
            symbols={"t": f"t{i % 5}"},
            columns={"i": i},
            at=datetime.datetime.fromtimestamp(i, tz=datetime.timezone.utc),
        )

error = ""
try:
    with Sender.from_conf(config + "auto_flush=off;retry_timeout=0;") as sender:
        sender.row("py_questdb", columns={"f": "text"}, at=TimestampNanos(6000))
        sender.flush()
except IngressError as e:
    error = str(e)
print(json.dumps({"error": error}))
