// What a user does, step by step; each step has a page of its own, the node and its data are shared.
import assert from 'node:assert/strict';

const LINES_SECONDS = 300;
// Names that break what is put together by hand: quotes of both kinds, a statement, a comment, another script.
const HOSTILE = { measurement: `plant "7"; DROP DATABASE iot; --`, tag: `it's`, values: [`o'brien`, `x" OR 1=1`, `Kühlraum 😀`, `-- $host`] };

export const STEPS = {
  async 'configure, save and test'({ page, url, node, shot }) {
    await page.goto(`${url}/#/config`);
    const health = page.getByTestId('health');
    await page.locator('#tsdb-config-url').fill('http://127.0.0.1:9');
    await save(page);
    await health.getByText(/127\.0\.0\.1:9/).waitFor();
    await page.locator('#tsdb-config-url').fill(node.url);
    await page.locator('#tsdb-config-database').fill('nowhere');
    await save(page);
    await health.getByText(/database .?nowhere/).waitFor();
    await page.locator('#tsdb-config-database').fill('iot');
    await save(page);
    await health.getByText(/tsdb \S+, database "iot", \d+ measurements?, [\d.]+ ?ms/).waitFor();
    await page.locator('#tsdb-config-tlsSkipVerify').check({ force: true });
    await page.getByText(/can read tokens/).waitFor();
    await page.locator('#tsdb-config-tlsSkipVerify').uncheck({ force: true });
    await shot('settings', 900);
  },

  async 'secrets go one way only'({ page, url }) {
    await page.goto(`${url}/#/config`);
    await page.locator('#tsdb-config-token').fill('not-to-be-seen');
    await page.getByRole('button', { name: 'Add header' }).click();
    await page.getByLabel('name of header 1').fill('X-Scope');
    await page.getByLabel('value of header 1').fill('not-to-be-seen-either');
    const answer = page.waitForResponse((response) => response.request().method() === 'PUT');
    await save(page);
    const text = await (await answer).text();
    assert.ok(!text.includes('not-to-be-seen'), text);
    assert.match(text, /"secureJsonFields":\{[^}]*"token":true/);
    // Forgotten again, so that the next steps go without.
    const reset = page.getByRole('button', { name: 'Reset' });
    await reset.first().waitFor();
    while ((await reset.count()) > 0) {
      await reset.first().click();
    }
    await page.getByRole('button', { name: 'Remove header 1' }).click();
    await save(page);
    await page.getByTestId('health').getByText(/database "iot"/).waitFor();
  },

  async 'build a query, see its series'({ page, url, shot }) {
    await openDashboard(page, url);
    await choose(page, page.getByLabel('Measurement', { exact: true }), 'cpu');
    await page.getByRole('button', { name: 'Add column' }).click();
    await choose(page, page.getByLabel('Time bucket'), '10s');
    await chooseSome(page, page.getByLabel('Group by'), ['host']);
    await page.getByRole('button', { name: 'Add filter' }).click();
    await choose(page, page.getByTestId('filter column 0'), 'region');
    await choose(page, page.getByTestId('filter value 0'), 'west');
    await page.getByLabel('Legend').fill('{{host}}');
    await page.getByLabel('Legend').blur();
    const series = await panelSeries(page, 3);
    assert.deepEqual(series.sort(), ['server-1', 'server-2', 'server-3']);
    assert.ok(await page.locator('.uplot canvas').isVisible());
    assert.equal(
      await page.getByTestId('tsdb-builder-sql').innerText(),
      "SELECT $__timeGroup(time, 10s) AS time, host, avg(usage_system)\nFROM cpu\nWHERE $__timeFilter(time)\n  AND region = 'west'\n  AND $__adHocFilters\nGROUP BY 1, host"
    );
    await shot('builder');
  },

  async 'go to SQL and back, without losing text'({ page, url }) {
    await openDashboard(page, url);
    await choose(page, page.getByLabel('Measurement', { exact: true }), 'cpu');
    await mode(page, 'SQL');
    assert.equal(await editorText(page), 'SELECT *\nFROM cpu\nWHERE $__timeFilter(time)\n  AND $__adHocFilters');
    const byHand = 'SELECT time, usage_user * 2 AS twice FROM cpu WHERE $__timeFilter(time) -- by hand';
    await typeSql(page, byHand);
    await run(page);
    assert.deepEqual(await panelSeries(page, 1), ['twice']);
    await mode(page, 'Builder');
    await page.getByText('The builder cannot show this statement').waitFor();
    await page.getByRole('button', { name: 'Start with the builder' }).click();
    await page.getByLabel('Measurement', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Go back to it' }).click();
    assert.equal(await editorText(page), byHand);
  },

  async 'SQL editor: highlighting, completion, format, error at its place'({ page, url, shot }) {
    await openDashboard(page, url);
    await mode(page, 'SQL');
    await typeSql(page, 'select time, temprature from cpu where $__timeFilter(time)');
    await page.getByTestId('tsdb-sql-error').getByText(/^1:14: unknown column 'temprature'/).waitFor();
    await page.locator('.squiggly-error').first().waitFor();
    const keyword = await page.locator('.view-line span span').filter({ hasText: /^select$/ }).first().getAttribute('class');
    const name = await page.locator('.view-line span span').filter({ hasText: /temprature/ }).first().getAttribute('class');
    assert.notEqual(keyword, name, 'keywords and names have the same colour');
    await shot('error', 470);
    await page.getByRole('button', { name: 'Format SQL' }).click();
    assert.equal(await editorText(page), 'SELECT time, temprature\nFROM cpu\nWHERE $__timeFilter(time)');
    await typeSql(page, "SELECT time, host, usage_user FROM cpu WHERE host = 'serv");
    await page.keyboard.press('Control+Space');
    const widget = page.locator('.suggest-widget');
    await widget.getByText('server-2').first().waitFor();
    await shot('completion', 470);
    await page.keyboard.press('Escape');
    await typeSql(page, 'SELECT * FROM cpu WHERE usa');
    await page.keyboard.press('Control+Space');
    await widget.getByText('usage_user').first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('tsdb-sql-error').waitFor();
  },

  async 'an error of a run is shown in panel and editor'({ page, url }) {
    await openDashboard(page, url);
    await mode(page, 'SQL');
    await typeSql(page, 'SELECT avg(usage_user) / mix(usage_user) FROM cpu');
    await run(page);
    await page.getByTestId('panel-error').getByText(/unknown function 'mix'; did you mean 'max'/).waitFor();
    await page.getByTestId('tsdb-sql-error').getByText(/^1:26: unknown function 'mix'/).waitFor();
  },

  async 'template variables: values of a tag, several, all'({ page, url, shot }) {
    await openDashboard(page, url);
    await page.getByRole('button', { name: 'Edit variable' }).click();
    const editor = page.getByTestId('tsdb-variable-editor');
    await choose(page, editor.getByLabel('Measurement'), 'cpu');
    await choose(page, editor.getByLabel('Tag', { exact: true }), 'host');
    await page.getByTestId('variable-options').getByText('server-1|server-2|server-3').waitFor();
    await shot('variable', 380);
    await page.getByRole('button', { name: 'Edit variable' }).click();
    await mode(page, 'SQL');
    await typeSql(page, "SELECT time, host, usage_user FROM cpu WHERE $__timeFilter(time) AND host IN ('$host')");
    await page.getByLabel('Legend').fill('{{host}}');
    await chooseSome(page, page.locator('#variable-host'), ['server-1', 'server-3']);
    await run(page);
    assert.deepEqual((await panelSeries(page, 2)).sort(), ['server-1', 'server-3']);
    await typeSql(page, 'SELECT time, host, usage_user FROM cpu WHERE $__timeFilter(time) AND $__conditionalAll(host IN ($host), $host)');
    await run(page);
    assert.deepEqual((await panelSeries(page, 2)).sort(), ['server-1', 'server-3']);
    await chooseSome(page, page.locator('#variable-host'), ['server-1', 'server-3', 'All']);
    await panelSeries(page, 3);
  },

  async 'ad-hoc filters'({ page, url }) {
    await openDashboard(page, url);
    await choose(page, page.getByLabel('Measurement', { exact: true }), 'cpu');
    await page.getByLabel('Legend').fill('{{host}}');
    await page.getByLabel('Legend').blur();
    await panelSeries(page, 6);
    await page.getByLabel('ad-hoc filter', { exact: true }).fill('host = server-2');
    await page.getByLabel('ad-hoc filter', { exact: true }).blur();
    assert.deepEqual(await panelSeries(page, 2), ['server-2', 'server-2']);
  },

  async 'hostile names and values'({ page, url, node }) {
    await openDashboard(page, url);
    await choose(page, page.getByLabel('Measurement', { exact: true }), HOSTILE.measurement);
    await page.getByRole('button', { name: 'Add column' }).click();
    await choose(page, page.getByLabel('Time bucket'), 'auto');
    await chooseSome(page, page.getByLabel('Group by'), [HOSTILE.tag]);
    await page.getByLabel('Legend').fill(`{{${HOSTILE.tag}}}`);
    await page.getByLabel('Legend').blur();
    assert.deepEqual((await panelSeries(page, HOSTILE.values.length)).sort(), [...HOSTILE.values].sort());
    await page.getByRole('button', { name: 'Add filter' }).click();
    for (const value of HOSTILE.values) {
      await choose(page, page.getByTestId('filter value 0'), value);
      assert.deepEqual(await panelSeries(page, 1, value), [value]);
    }
    // Still there.
    const databases = await fetch(`${node.url}/api/v1/sql?q=SHOW%20DATABASES`).then((response) => response.json());
    assert.ok(databases.rows.some(([name]) => name === 'iot'));
  },

  async 'latest rows as a table, and logs'({ page, url }) {
    await openDashboard(page, url);
    await choose(page, page.getByLabel('Format'), 'Table');
    await choose(page, page.getByLabel('Measurement', { exact: true }), 'cpu');
    await chooseSome(page, page.getByLabel('Latest by'), ['host']);
    await page.locator('[data-testid=panel][data-rows="3"]').waitFor();
    await choose(page, page.getByLabel('Format'), 'Logs');
    await choose(page, page.getByLabel('Measurement', { exact: true }), 'events');
    await page.locator('[data-testid=panel][data-rows="3"]').waitFor();
  },

  async 'live: a row appears within a second of its being written'({ page, url, node, shot }) {
    await openDashboard(page, url);
    await mode(page, 'SQL');
    await typeSql(page, 'SELECT time, room, temp FROM fresh WHERE $__timeFilter(time)');
    await node.write('iot', `fresh,room=a temp=20 ${nanos(Date.now() - 2_000)}\n`);
    await page.getByText('Live', { exact: true }).click();
    const panel = page.locator('[data-testid=panel][data-state=Streaming]');
    await panel.waitFor();
    await page.locator('[data-testid=panel][data-rows="1"]').waitFor();
    const late = [];
    for (let i = 1; i <= 5; i++) {
      const at = Date.now();
      await node.write('iot', `fresh,room=a temp=${20 + i} ${nanos(at)}\n`);
      await page.locator(`[data-testid=panel][data-rows="${i + 1}"]`).waitFor();
      late.push(Date.now() - at);
    }
    console.log(`        rows seen ${late.join(', ')} ms after they were sent`);
    await shot('live');
  },

  async 'annotations'({ page, url, shot }) {
    await page.goto(`${url}/#/annotations`);
    await page.getByTestId('tsdb-annotation-editor').waitFor();
    await typeSql(page, 'SELECT time, message, level FROM events WHERE $__timeFilter(time)');
    await page.getByLabel('Text').fill('message');
    await page.getByLabel('Tags').fill('level');
    await page.getByLabel('Tags').blur();
    await page.getByRole('button', { name: 'Test annotation query' }).click();
    await page.locator('[data-testid=panel][data-rows="3"]').waitFor();
    await page.getByText('door open').first().waitFor();
    await shot('annotation', 640);
  },

  async 'a node that is down, and comes back'({ page, url, node, world }) {
    await openDashboard(page, url);
    await choose(page, page.getByLabel('Measurement', { exact: true }), 'cpu');
    await panelSeries(page, 6);
    await node.stop({ keepData: true });
    await run(page);
    await page.getByTestId('panel-error').getByText(/127\.0\.0\.1/).waitFor();
    world.node = await world.startNode({ data: node.data, address: node.address });
    await run(page);
    await panelSeries(page, 6);
  },
};

/** Five minutes of three servers, of a plant with hostile names, and events. */
export async function seed(node) {
  const now = Date.now();
  let lines = '';
  for (let second = 0; second < LINES_SECONDS; second++) {
    const time = nanos(now - second * 1_000);
    for (let host = 1; host <= 3; host++) {
      const usage = 40 + host * 8 + 14 * Math.sin((second + host * 30) / 25) + ((second * host * 7) % 5);
      lines += `cpu,host=server-${host},region=west usage_user=${usage.toFixed(2)},usage_system=${(usage / 3).toFixed(2)} ${time}\n`;
    }
    HOSTILE.values.forEach((value, index) => {
      lines += `${escape(HOSTILE.measurement)},${escape(HOSTILE.tag)}=${escape(value)} temp=${(index * 5 + Math.cos(second / 20)).toFixed(2)} ${time}\n`;
    });
  }
  ['door open', 'door shut', 'fan on'].forEach((message, index) => {
    lines += `events,level=${index === 0 ? 'warning' : 'info'} message="${message}" ${nanos(now - (index + 1) * 40_000)}\n`;
  });
  await node.write('iot', lines);
}

/** A name or value in line protocol. */
function escape(text) {
  return text.replaceAll(/[ ,=]/g, '\\$&');
}

function nanos(millis) {
  return `${BigInt(millis) * 1_000_000n}`;
}

async function openDashboard(page, url) {
  await page.goto(`${url}/`);
  await page.getByTestId('tsdb-query-editor').waitFor();
}

/** Chooses how the query is edited. */
function mode(page, name) {
  return page.getByRole('radio', { name }).click({ force: true });
}

async function save(page) {
  await page.getByRole('button', { name: 'Save & test' }).click();
}

function run(page) {
  return page.getByRole('button', { name: 'Run query' }).click();
}

/** Chooses an entry of a Combobox by what is written on it. */
async function choose(page, combobox, text) {
  await combobox.click();
  await combobox.fill(text);
  await page.getByRole('option').filter({ hasText: text }).first().click();
}

/** Ticks, or unticks, entries of a MultiCombobox. */
async function chooseSome(page, combobox, texts) {
  await combobox.click();
  for (const text of texts) {
    await page.getByRole('option', { name: text, exact: true }).click();
  }
  await page.keyboard.press('Escape');
}

/** The names of the panel's series, once there are so many, and one of that name. */
async function panelSeries(page, count, name) {
  const found = await page.waitForFunction(
    ([wanted, one]) => {
      const panel = document.querySelector('[data-testid=panel]');
      const series = (panel?.dataset.series ?? '').split('|').filter((text) => text !== '');
      return panel?.dataset.state === 'Done' && series.length === wanted && (one === undefined || series.includes(one)) ? series : undefined;
    },
    [count, name]
  );
  return found.jsonValue();
}

async function typeSql(page, sql) {
  await page.locator('.monaco-editor .view-lines').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(sql);
}

/** The text of the SQL editor, as Monaco shows it: its blanks are no-break spaces. */
async function editorText(page) {
  await page.locator('.monaco-editor .view-line').first().waitFor();
  const lines = await page.locator('.monaco-editor .view-line').evaluateAll((elements) =>
    elements
      .map((element) => ({ top: parseFloat(element.style.top), text: element.textContent ?? '' }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text)
  );
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
