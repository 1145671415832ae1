"""influxdb-client (InfluxDB 2.x): deletes by time and predicate, and one that is refused."""

import json
import sys
from datetime import datetime, timezone

from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

url, bucket = sys.argv[1], sys.argv[2]
token = sys.argv[3] if len(sys.argv) > 3 else "none"

with InfluxDBClient(url=url, token=token, org="org") as client:
    client.write_api(write_options=SYNCHRONOUS).write(
        bucket=bucket,
        record=[f"py2_deleted,host={host} v={second} {second}000000000" for host in "ab" for second in range(100)],
    )
    deletes = client.delete_api()
    deletes.delete(
        datetime(1970, 1, 1, 0, 0, 10, tzinfo=timezone.utc),
        datetime(1970, 1, 1, 0, 0, 19, tzinfo=timezone.utc),
        '_measurement="py2_deleted" AND host="a"',
        bucket=bucket,
        org="org",
    )
    deletes.delete("1970-01-01T00:00:00Z", "1970-01-01T00:00:04Z", "", bucket=bucket)
    error, code = "", 0
    try:
        deletes.delete("1970-01-01T00:00:00Z", "1970-01-01T00:00:04Z", 'host="a" OR host="b"', bucket=bucket)
    except ApiException as e:
        error, code = e.message, e.status
print(json.dumps({"error": error, "code": code}))
