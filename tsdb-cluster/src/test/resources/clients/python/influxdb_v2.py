"""influxdb-client (InfluxDB 2.x): points of every type, a gzipped batch, batching in the background, a refused point."""

import json
import sys

from influxdb_client import InfluxDBClient, Point, WriteOptions, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

url, bucket = sys.argv[1], sys.argv[2]
token = sys.argv[3] if len(sys.argv) > 3 else "none"

with InfluxDBClient(url=url, token=token, org="org") as client:
    online, version, health = client.ping(), client.version(), client.health().status
    writer = client.write_api(write_options=SYNCHRONOUS)
    writer.write(
        bucket=bucket,
        record=Point("py2")
        .tag("place", "a, b=c")
        .field("f", 1.5)
        .field("i", -7)
        .field("s", 'say "x"\nnow')
        .field("b", True)
        .time(5, WritePrecision.MS),
    )
    error, code = "", 0
    try:
        writer.write(bucket=bucket, record='py2 f="text" 1')
    except ApiException as e:
        error, code = e.message, e.status

failures = []
with InfluxDBClient(url=url, token=token, org="org", enable_gzip=True) as client:
    with client.write_api(
        write_options=WriteOptions(batch_size=500, flush_interval=100, max_retries=0),
        error_callback=lambda conf, data, e: failures.append(str(e)),
    ) as writer:
        for i in range(2000):
            writer.write(
                bucket=bucket,
                record=Point("py2_batch").tag("t", f"t{i % 5}").field("f", i / 8).time(i, WritePrecision.S),
            )
print(
    json.dumps(
        {
            "online": online,
            "version": version,
            "health": health,
            "error": error,
            "code": code,
            "failures": failures,
        }
    )
)
