// What may stand where the cursor is: keywords, functions, and the names of the database in use.
import { quoted, sql, words } from './api.js';

const SHOWN_MAX = 12;
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The names of one database, asked for when they are first wanted. */
export class Names {
  constructor() {
    this.forget('');
  }

  forget(database) {
    this.database = database;
    this.measurements = undefined;
    this.columns = new Map();
  }

  async measurementNames() {
    const asked = (this.measurements ??= sql('SHOW MEASUREMENTS', this.database).then(({ rows }) => rows.map(([name]) => name)));
    return asked.catch((failure) => {
      if (failure.isPassing && this.measurements === asked) {
        this.measurements = undefined;
      }
      return [];
    });
  }

  /** `[{name, kind}]` of a measurement; none of one that there is not. */
  async columnsOf(measurement) {
    if (!this.columns.has(measurement)) {
      this.columns.set(
        measurement,
        sql(`DESCRIBE ${quoted(measurement)}`, this.database).then(({ columns, rows }) => {
          const at = (name) => columns.findIndex((each) => each.name === name);
          return rows.map((row) => ({ name: row[at('column')], kind: row[at('kind')] }));
        }),
      );
    }
    const { columns } = this;
    return columns.get(measurement).catch((failure) => {
      if (failure.isPassing) {
        columns.delete(measurement);
      }
      return [];
    });
  }
}

/** The unfinished word before the cursor; undefined inside a text or a comment. */
export function wordBefore(text, cursor) {
  const before = text.slice(0, cursor);
  let at = 0;
  while (at < before.length) {
    const c = before[at];
    const end = c === "'" ? before.indexOf("'", at + 1) : before.startsWith('--', at) ? before.indexOf('\n', at) : before.startsWith('/*', at) ? before.indexOf('*/', at) : at;
    if (end < 0) {
      return undefined;
    }
    at = Math.max(end, at) + 1;
  }
  return /(?:"(?:[^"]|"")*|[\p{L}_][\p{L}\p{N}_]*)?$/u.exec(before)[0];
}

/** Candidates for the word before the cursor, the likely ones first: `{from, items: [{text, kind}]}`. */
export async function complete(text, cursor, names) {
  const word = wordBefore(text, cursor);
  if (word === undefined) {
    return { from: cursor, items: [] };
  }
  const from = cursor - word.length;
  const sought = word.replace(/^"/, '').replaceAll('""', '"').toLowerCase();
  const before = text.slice(0, from);
  const known = await candidates(text, before, word.startsWith('"'), names);
  const fitting = known.filter(({ text: each }) => each.toLowerCase().includes(sought) && each.toLowerCase() !== sought);
  const starts = fitting.filter(({ text: each }) => each.toLowerCase().startsWith(sought));
  const inside = sought.length < 2 ? [] : fitting.filter((each) => !starts.includes(each) && each.kind !== 'keyword');
  const seen = new Set();
  const items = [...starts, ...inside].filter(({ text: each, kind }) => !seen.has(`${kind} ${each}`) && seen.add(`${kind} ${each}`));
  return { from, items: items.slice(0, SHOWN_MAX) };
}

async function candidates(text, before, isQuoted, names) {
  const measurements = (await names.measurementNames()).map((name) => ({ text: name, kind: 'measurement' }));
  if (/\b(?:FROM|JOIN|INTO|DESCRIBE|MEASUREMENT)\s+$/i.test(before)) {
    return measurements;
  }
  const named = measurements.map(({ text: name }) => name).filter((name) => mentions(text, name));
  const columns = (await Promise.all(named.map((name) => names.columnsOf(name)))).flat().map(({ name, kind }) => ({ text: name, kind }));
  if (isQuoted) {
    return [...columns, ...measurements];
  }
  const { keywords, functions } = await words();
  return [...columns, ...functions.map((each) => ({ text: each, kind: 'function' })), ...keywords.map((each) => ({ text: each, kind: 'keyword' })), ...measurements];
}

function mentions(text, name) {
  return text.includes(quoted(name)) || (PLAIN.test(name) && new RegExp(`\\b${name}\\b`, 'i').test(text));
}

/** What is written for a candidate. */
export function inserted({ text, kind }) {
  if (kind === 'function') {
    return `${text}(`;
  }
  if (kind === 'keyword') {
    return `${text} `;
  }
  return PLAIN.test(text) && text === text.toLowerCase() && !RESERVED.has(text) ? text : quoted(text);
}

/** Words that are keywords where a name stands; `load` puts the node's own list in. */
const RESERVED = new Set();

export async function loadReserved() {
  (await words()).keywords.forEach((each) => RESERVED.add(each.toLowerCase()));
}
