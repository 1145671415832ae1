// Measurements with their columns and how many series and values there are.
import { quoted, sql } from './api.js';

/** Draws the measurements of a database. `use` gets a statement, `insert` a name. Gives how many there are. */
export async function drawSchema(target, database, { use, insert }) {
  const { rows } = await sql('SHOW MEASUREMENTS', database);
  target.replaceChildren(...rows.map(([name]) => measurement(name, database, { use, insert })));
  return rows.length;
}

function measurement(name, database, { use, insert }) {
  const made = document.createElement('details');
  const title = document.createElement('summary');
  title.textContent = name;
  const list = document.createElement('ul');
  made.append(title, list);
  made.addEventListener('toggle', async () => {
    if (!made.open || list.childElementCount > 0) {
      return;
    }
    try {
      const items = await columns(name, database, insert);
      const latest = document.createElement('button');
      latest.type = 'button';
      latest.textContent = 'latest rows';
      latest.addEventListener('click', () => use(`SELECT * FROM ${quoted(name)} ORDER BY time DESC LIMIT 100`));
      list.replaceChildren(item(latest), ...items);
    } catch (failure) {
      list.textContent = failure.message;
    }
  });
  return made;
}

async function columns(name, database, insert) {
  const [described, counted] = await Promise.all([sql(`DESCRIBE ${quoted(name)}`, database), sql(`SHOW CARDINALITY FROM ${quoted(name)}`, database)]);
  const place = (answer, column) => answer.columns.findIndex((each) => each.name === column);
  const [columnAt, typeAt, kindAt] = ['column', 'type', 'kind'].map((each) => place(described, each));
  const tagAt = place(counted, 'tag');
  const counts = new Map(counted.rows.map((row) => [row[tagAt], row.at(-1)]));
  const total = document.createElement('span');
  total.textContent = `${counts.get('') ?? counts.get(null) ?? 0} series`;
  return [
    item(total),
    ...described.rows.map((row) => {
      const column = document.createElement('button');
      column.type = 'button';
      column.textContent = row[columnAt];
      column.addEventListener('click', () => insert(quoted(row[columnAt])));
      const kind = document.createElement('small');
      const values = row[kindAt] === 'tag' ? `, ${counts.get(row[columnAt]) ?? 0} values` : '';
      kind.textContent = `${row[kindAt]} ${row[typeAt]}${values}`;
      return item(column, kind);
    }),
  ];
}

function item(...parts) {
  const made = document.createElement('li');
  made.append(...parts);
  return made;
}
