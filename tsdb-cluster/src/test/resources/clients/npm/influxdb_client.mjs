// @influxdata/influxdb-client (InfluxDB 2.x): points of every type, a gzipped batch, a refused one, health.
import { InfluxDB, Point } from "@influxdata/influxdb-client";

const [url, bucket, token] = process.argv.slice(2);
const influx = new InfluxDB({ url, token: token || "none" });
const options = { gzipThreshold: 100, maxRetries: 0, flushInterval: 0 };

const single = influx.getWriteApi("org", bucket, "ms", options);
single.writePoint(
  new Point("js2")
    .tag("place", "a, b=c")
    .floatField("f", 1.5)
    .intField("i", -7)
    .stringField("s", 'say "x"\nnow')
    .booleanField("b", true)
    .timestamp(5),
);
await single.close();

const batch = influx.getWriteApi("org", bucket, "s", { ...options, batchSize: 500 });
for (let i = 0; i < 2000; i++) {
  batch.writePoint(new Point("js2_batch").tag("t", `t${i % 5}`).floatField("f", i / 8).timestamp(i));
}
await batch.close();

let error = "";
let statusCode = 0;
const refused = influx.getWriteApi("org", bucket, "s", {
  ...options,
  writeFailed: (e) => {
    error = e.message;
    statusCode = e.statusCode;
  },
});
refused.writePoint(new Point("js2").stringField("f", "text").timestamp(1));
await refused.close().catch(() => {});
console.log(JSON.stringify({ error, statusCode }));
