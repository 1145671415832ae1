// influx (InfluxDB 1.x): asks for its server, creates a database, writes points, a batch, and one that is refused.
import { InfluxDB, FieldType } from "influx";

const [url, database, token] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const influx = new InfluxDB({
  host: hostname,
  port: Number(port),
  database,
  username: token ? "any" : undefined,
  password: token,
  schema: [
    {
      measurement: "schema",
      tags: ["place"],
      fields: { f: FieldType.FLOAT, i: FieldType.INTEGER, s: FieldType.STRING, b: FieldType.BOOLEAN },
    },
  ],
});
const [ping] = await influx.ping(5000);
await influx.createDatabase(database);
const databases = await influx.getDatabaseNames();
await influx.writePoints(
  [{ measurement: "schema", tags: { place: "a, b=c" }, fields: { f: 1.5, i: -7, s: 'say "x"\nnow', b: true }, timestamp: 5 }],
  { precision: "ms" },
);
await influx.writeMeasurement(
  "batch",
  Array.from({ length: 1000 }, (_, i) => ({ tags: { t: `t${i % 5}` }, fields: { f: i / 8 }, timestamp: i })),
  { precision: "s" },
);
let error = "";
try {
  await influx.writePoints([{ measurement: "batch", fields: { f: "text" }, timestamp: 1 }], { precision: "s" });
} catch (e) {
  error = e.message;
}
console.log(JSON.stringify({ online: ping.online, version: ping.version, databases, error }));
