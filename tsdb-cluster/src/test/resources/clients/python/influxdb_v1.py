"""influxdb (InfluxDB 1.x): pings, creates a database, writes points, a gzipped batch, and one that is refused."""

import json
import sys
from urllib.parse import urlsplit

from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError

url, database = urlsplit(sys.argv[1]), sys.argv[2]
token = sys.argv[3] if len(sys.argv) > 3 else None
who = {"username": "any", "password": token} if token else {}


def client(**more):
    return InfluxDBClient(host=url.hostname, port=url.port, database=database, **who, **more)


plain = client()
version = plain.ping()
plain.create_database(database)
databases = [each["name"] for each in plain.get_list_database()]
plain.write_points(
    [
        {
            "measurement": "py1",
            "tags": {"place": "a, b=c"},
            "fields": {"f": 1.5, "i": -7, "s": 'say "x"\nnow', "b": True},
            "time": 5,
        }
    ],
    time_precision="ms",
)
points = [
    {"measurement": "py1_batch", "tags": {"t": f"t{i % 5}"}, "fields": {"f": i / 8}, "time": i}
    for i in range(2000)
]
client(gzip=True).write_points(points, time_precision="s", batch_size=500)
error, code = "", 0
try:
    plain.write_points([{"measurement": "py1", "fields": {"f": "text"}, "time": 1}])
except InfluxDBClientError as e:
    error, code = str(e), e.code
print(json.dumps({"version": version, "databases": databases, "error": error, "code": code}))
