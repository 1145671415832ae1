// @questdb/nodejs-client: writes rows of every type, a batch that flushes itself, and a row that is refused.
import { Sender } from "@questdb/nodejs-client";

const [url, token] = process.argv.slice(2);
const address = `http::addr=${new URL(url).host};` + (token ? `token=${token};` : "");

const sender = await Sender.fromConfig(`${address}auto_flush=off;`);
await sender
  .table("node_questdb")
  .symbol("place", "a, b")
  .floatColumn("f", 1.5)
  .intColumn("i", -7)
  .stringColumn("s", 'say "x"\nnow')
  .booleanColumn("b", true)
  .timestampColumn("seen", 9_000_000n, "us")
  .at(5n, "us");
await sender.flush();
await sender.close();

const batch = await Sender.fromConfig(`${address}auto_flush_rows=100;`);
for (let i = 0; i < 1050; i++) {
  await batch.table("node_questdb_batch").symbol("t", `t${i % 5}`).intColumn("i", i).at(BigInt(i), "ms");
}
await batch.flush();
await batch.close();

const refused = await Sender.fromConfig(`${address}auto_flush=off;`);
await refused.table("node_questdb").stringColumn("f", "text").at(6n, "us");
let error = "";
try {
  await refused.flush();
} catch (e) {
  error = e.message;
}
await refused.close();
console.log(JSON.stringify({ error }));
