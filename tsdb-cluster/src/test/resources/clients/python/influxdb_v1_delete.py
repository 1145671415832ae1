"""influxdb (InfluxDB 1.x): DELETE, DROP SERIES and DROP MEASUREMENT, and one that is refused."""

import json
import sys
from urllib.parse import urlsplit

from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError

url, database = urlsplit(sys.argv[1]), sys.argv[2]
token = sys.argv[3] if len(sys.argv) > 3 else None
who = {"username": "any", "password": token} if token else {}

client = InfluxDBClient(host=url.hostname, port=url.port, database=database, **who)
client.write(
    [f"{name},host={host} v={second} {second}" for name in ("kept", "gone") for host in "abc" for second in range(100)],
    {"db": database, "precision": "s"},
    204,
    "line",
)
client.query("DELETE FROM kept WHERE time >= '1970-01-01T00:00:10Z' AND time < 20s AND host = 'a'", method="POST")
client.delete_series(database=database, measurement="kept", tags={"host": "b"})
client.drop_measurement("gone")
error = ""
try:
    client.query("DELETE FROM kept WHERE v = '1'", method="POST")
except InfluxDBClientError as e:
    error = str(e)
print(json.dumps({"error": error}))
