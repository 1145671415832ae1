// The console's page: what is asked, what it gave, and who asks.
import { Activity } from './activity.js';
import { NodeError, download, sql, token, useToken, words } from './api.js';
import { clearChart, drawChart } from './chart.js';
import { Cluster } from './cluster.js';
import { Names } from './complete.js';
import { Editor, insert } from './editor.js';
import { drawFirstSteps } from './first-steps.js';
import { Live } from './live.js';
import { drawSchema } from './schema.js';
import { drawTable } from './table.js';
import { Tabs } from './tabs.js';
import { Tokens } from './tokens.js';

const DATABASE = 'tsdb.database';

/** Names of a node's own databases begin so, such as `_system`, which every node has after its first seconds. */
const OWN = '_';

const at = (id) => document.getElementById(id);
const area = at('statement');
const result = at('result');
const status = at('status');
const error = at('error');

const names = new Names();
const editor = new Editor(area, at('layer'), at('completions'), names);
const live = new Live(at('live'));
const activity = new Activity(at('running'), at('slow'), at('activity-note'), () => at('database').value);
const cluster = new Cluster(at('cluster-map'), at('cluster-note'));
const tokens = new Tokens({ list: at('token-list'), form: at('token-form'), made: at('token-made'), note: at('tokens-note') });

let running;
let answer;
let view = 'table';

const tabs = new Tabs(at('tabs'), area, () => {
  answer = undefined;
  draw();
  status.textContent = '';
  error.hidden = true;
  editor.clearMark();
});

async function run() {
  if (area.value.trim() === '' || running !== undefined) {
    return;
  }
  const abort = new AbortController();
  running = abort;
  at('run').disabled = true;
  at('cancel').disabled = false;
  error.hidden = true;
  editor.close();
  editor.clearMark();
  status.textContent = 'running …';
  try {
    answer = await sql(area.value, at('database').value, abort.signal);
    status.textContent = `${answer.rows.length} rows in ${answer.elapsedMs} ms`;
  } catch (failure) {
    answer = undefined;
    status.textContent = '';
    show(failure);
  } finally {
    running = undefined;
    at('run').disabled = false;
    at('cancel').disabled = true;
  }
  draw();
}

function show(failure) {
  const place = `${failure.line}:${failure.column}: `;
  const text = failure.message.startsWith(place) ? failure.message.slice(place.length) : failure.message;
  error.textContent = failure.line > 0 ? `line ${failure.line}, column ${failure.column}: ${text}` : text;
  error.hidden = false;
  // what was sent before a token was given is refused late: that one is not asked for again
  if (failure.status === 401 && !failure.isStale) {
    askForToken(token() === '' ? 'Requests without one are refused.' : 'The one that was given is refused.');
  } else if (failure.line > 0) {
    editor.mark(failure.line, failure.column);
  }
}

function draw() {
  clearChart();
  at('as-table').setAttribute('aria-pressed', String(view === 'table'));
  at('as-chart').setAttribute('aria-pressed', String(view === 'chart'));
  if (answer === undefined) {
    result.replaceChildren();
  } else if (view === 'chart') {
    drawChart(result, answer);
  } else {
    drawTable(result, answer);
  }
}

const ENDINGS = { csv: 'csv', arrow: 'arrows', parquet: 'parquet', ndjson: 'ndjson' };

async function drawDownloads() {
  const { formats = [] } = await words();
  const links = Object.keys(ENDINGS).filter((format) => formats.includes(format)).map((format) => {
    const link = document.createElement('a');
    link.href = `#${format}`;
    link.dataset.format = format;
    link.textContent = format;
    return link;
  });
  at('downloads').replaceChildren('Download ', ...links.flatMap((link) => [link, ' ']));
}

/** The whole answer of the statement as a file; it is asked for anew. */
async function save(format) {
  if (area.value.trim() === '') {
    return;
  }
  error.hidden = true;
  status.textContent = 'downloading …';
  try {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await download(area.value, at('database').value, format));
    link.download = `tsdb.${ENDINGS[format]}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    status.textContent = `${link.download} was downloaded`;
  } catch (failure) {
    status.textContent = '';
    show(failure);
  }
}

const VIEWS = {
  query: {},
  activity: { enter: () => activity.start(), leave: () => activity.stop() },
  tokens: { enter: () => tokens.draw(), leave: () => tokens.leave() },
  cluster: { enter: () => cluster.start(), leave: () => cluster.stop() },
};
let seen = 'query';

/** The view that the address names. */
function go() {
  const wanted = location.hash.slice(1);
  VIEWS[seen].leave?.();
  seen = Object.hasOwn(VIEWS, wanted) ? wanted : 'query';
  for (const name of Object.keys(VIEWS)) {
    (name === 'query' ? at('layout') : at(name)).hidden = name !== seen;
  }
  for (const link of at('views').querySelectorAll('a')) {
    link.toggleAttribute('aria-current', link.hash === `#${seen}`);
  }
  VIEWS[seen].enter?.();
}

function askForToken(why) {
  const dialog = at('login');
  at('login-why').textContent = why;
  at('secret').value = '';
  if (!dialog.open) {
    dialog.showModal();
  }
}

async function refresh() {
  const database = at('database').value;
  localStorage.setItem(DATABASE, database);
  names.forget(database);
  const steps = at('first-steps');
  try {
    const count = await drawSchema(at('schema'), database, { use: (text) => (tabs.open(text), run()), insert: (name) => insert(area, name) });
    steps.hidden = count > 0;
  } catch (failure) {
    if (failure.isStale) {
      return;
    }
    at('schema').replaceChildren();
    steps.hidden = failure.code !== 'unknown_database';
    if (steps.hidden) {
      show(failure);
    }
  }
  if (!steps.hidden) {
    drawFirstSteps(steps, database, token() !== '');
  }
}

async function start() {
  live.start();
  go();
  at('database').value = localStorage.getItem(DATABASE) ?? '';
  try {
    const { rows } = await sql('SHOW DATABASES', '');
    at('databases').replaceChildren(...rows.map(([name]) => Object.assign(document.createElement('option'), { value: name })));
    if (at('database').value === '') {
      at('database').value = rows.map(([name]) => name).find((name) => !name.startsWith(OWN)) ?? '';
    }
  } catch (failure) {
    // who may read one database only names it
    if (failure.isStale) {
      return;
    }
    if (!(failure instanceof NodeError) || failure.status !== 403) {
      show(failure);
      return;
    }
  }
  await refresh();
}

at('run').addEventListener('click', run);
at('cancel').addEventListener('click', () => running?.abort());
at('database').addEventListener('change', refresh);
addEventListener('hashchange', go);
at('downloads').addEventListener('click', (event) => {
  const { format } = event.target.dataset;
  if (format !== undefined) {
    event.preventDefault();
    save(format);
  }
});
at('token').addEventListener('click', () => askForToken(token() === '' ? '' : 'One is in use.'));
at('as-table').addEventListener('click', () => ((view = 'table'), draw()));
at('as-chart').addEventListener('click', () => ((view = 'chart'), draw()));
at('login').addEventListener('close', () => {
  if (at('login').returnValue === 'use') {
    useToken(at('secret').value.trim());
    error.hidden = true;
    start();
  }
  at('secret').value = '';
});
// a chart has the colours of the scheme that it was drawn in
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  } else if (event.key === 'Escape') {
    running?.abort();
  }
});

drawDownloads();
start();
