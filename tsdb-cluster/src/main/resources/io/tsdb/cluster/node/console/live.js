// What the node does now, from its metrics: rates between two looks, and levels.
import { request } from './api.js';

const LOOK_MILLIS = 2000;

/** Answers that stay the same until another token is given. */
const REFUSALS = [401, 403];

/** `name{labels} value` of each line, summed by name. */
export function parseMetrics(text) {
  const values = new Map();
  for (const line of text.split('\n')) {
    const found = /^([a-z_][a-z0-9_]*)(\{.*\})? (\S+)$/i.exec(line);
    if (found !== null) {
      const [, name, labels = '', value] = found;
      values.set(name, (values.get(name) ?? 0) + Number(value));
      if (labels !== '') {
        values.set(name + labels, Number(value));
      }
    }
  }
  return values;
}

/** What is shown, from two looks some seconds apart; undefined where there is nothing to be said. */
export function figures(before, now, seconds) {
  const level = (name) => now.get(name) ?? 0;
  const rate = (name) => (before === undefined ? undefined : Math.max(0, level(name) - (before.get(name) ?? 0)) / seconds);
  let heap = 0;
  for (const [name, value] of now) {
    if (name.startsWith('jvm_memory_used_bytes{') && name.includes('area="heap"')) {
      heap += value;
    }
  }
  return [
    ['lines', 'Lines written', perSecond(rate('tsdb_points_written_total'), 'lines/s')],
    ['refused', 'Lines refused', perSecond(rate('tsdb_lines_refused_total'), 'lines/s')],
    ['statements', 'Statements', perSecond(rate('tsdb_statement_duration_seconds_count'), '/s')],
    ['running', 'Running', String(level('tsdb_queries_running'))],
    ['memory', 'Memory', bytes(level('process_resident_memory_bytes') || heap)],
    ['heap', 'Of it heap', bytes(heap)],
    ['disk', 'Parts on disk', bytes(level('tsdb_part_bytes'))],
    ['free', 'Disk free', bytes(level('tsdb_disk_free_bytes'))],
    ['series', 'Series', level('tsdb_series').toLocaleString('en')],
    ['head', 'Points in memory', level('tsdb_head_points').toLocaleString('en')],
  ];
}

function perSecond(value, unit) {
  return value === undefined ? '…' : `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value).toLocaleString('en')} ${unit}`;
}

export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let value = count;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return `${value < 10 && at > 0 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}

/** Looks again and again while the page is seen. */
export class Live {
  constructor(target) {
    this.target = target;
    this.begun = 0;
    document.addEventListener('visibilitychange', () => this.start());
  }

  /** Begins anew, as with another token. */
  start() {
    const begun = ++this.begun;
    this.before = undefined;
    this.look(begun);
  }

  async look(begun) {
    if (begun !== this.begun || document.hidden) {
      return;
    }
    try {
      const response = await request('/metrics', { accept: 'text/plain' });
      const text = await response.text();
      if (begun !== this.begun) {
        return;
      }
      if (REFUSALS.includes(response.status)) {
        this.target.replaceChildren(); // who may read one database only sees none of it
        return;
      }
      if (response.ok) {
        this.show(parseMetrics(text));
      } else {
        this.target.textContent = `the node answers with status ${response.status}`;
      }
    } catch {
      this.target.textContent = 'the node does not answer';
    }
    setTimeout(() => this.look(begun), LOOK_MILLIS);
  }

  show(now) {
    const at = performance.now();
    this.draw(figures(this.before, now, (at - (this.beforeAt ?? at)) / 1000 || 1));
    this.before = now;
    this.beforeAt = at;
  }

  draw(shown) {
    this.target.replaceChildren(
      ...shown.map(([key, label, value]) => {
        const made = document.createElement('span');
        made.dataset.figure = key;
        const name = document.createElement('small');
        name.textContent = label;
        made.append(name, ' ', value);
        return made;
      }),
    );
  }
}
