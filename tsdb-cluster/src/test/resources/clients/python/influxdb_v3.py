"""influxdb3-python (InfluxDB 3): points of every type, gzip, batching in the background, a refused point."""

import json
import sys

from influxdb_client_3 import (
    InfluxDBClient3,
    InfluxDBError,
    Point,
    SYNCHRONOUS,
    WriteOptions,
    WritePrecision,
    write_client_options,
)

host, database = sys.argv[1], sys.argv[2]
token = sys.argv[3] if len(sys.argv) > 3 else "none"


def client(**more):
    return InfluxDBClient3(host=host, database=database, token=token, **more)


with client(write_client_options=write_client_options(write_options=SYNCHRONOUS)) as writer:
    writer.write(
        Point("py3")
        .tag("place", "a, b=c")
        .field("f", 1.5)
        .field("i", -7)
        .field("s", 'say "x"\nnow')
        .field("b", True)
        .time(5, WritePrecision.MS),
    )
    error = ""
    try:
        writer.write('py3 f="text" 1')
    except InfluxDBError as e:
        error = str(e)

failures = []
options = write_client_options(
    write_options=WriteOptions(batch_size=500, flush_interval=100, max_retries=0),
    error_callback=lambda conf, data, e: failures.append(str(e)),
)
with client(write_client_options=options, enable_gzip=True) as writer:
    for i in range(2000):
        writer.write(Point("py3_batch").tag("t", f"t{i % 5}").field("f", i / 8).time(i, WritePrecision.S))
print(json.dumps({"error": error, "failures": failures}))
