// The data source from end to end without a Grafana server: the built front end in headless Chromium, the built back end, a real tsdb node.
//
//   node host/run.mjs [--serve] [--screenshots] [--only NAME]
//
// --serve: no browser; the page stays until the process is ended. --screenshots: writes the pictures of the docs.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildBackend, missingForBackend, startBackend } from './backend.mjs';
import { launch, missingForBrowser } from './browser.mjs';
import { missingForNode, startNode } from './node.mjs';
import { buildPage } from './page.mjs';
import { serve } from './server.mjs';
import { seed, STEPS } from './steps.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: { serve: { type: 'boolean' }, screenshots: { type: 'boolean' }, only: { type: 'string' } },
});

const missing = missingForNode() ?? missingForBackend() ?? (options.serve ? undefined : missingForBrowser());
if (missing) {
  console.log(`SKIPPED: ${missing}`);
  process.exit(0);
}
if (!existsSync(path.join(ROOT, 'dist/module.js'))) {
  console.error('dist/module.js is missing: npm run build makes it');
  process.exit(2);
}

buildBackend();
await buildPage();
const stops = [];
let failed = 0;
try {
  const node = await startNode();
  stops.push(() => world.node.stop());
  await seed(node);
  const backend = await startBackend();
  stops.push(() => backend.stop());
  const host = await serve(backend, { url: node.url, jsonData: { database: 'iot' } });
  stops.push(() => host.stop());
  const world = { node, backend, url: host.url, secrets: [], startNode };
  if (options.serve) {
    console.log(`ready ${host.url} (node ${node.url}); end it with Ctrl-C`);
    await new Promise((resolve) => process.once('SIGINT', resolve));
  } else {
    failed = await runSteps(world);
  }
} finally {
  for (const stop of stops.reverse()) {
    await stop();
  }
}
process.exit(failed === 0 ? 0 : 1);

async function runSteps(world) {
  const browser = await launch();
  stops.push(() => browser.close());
  const steps = Object.entries(STEPS).filter(([name]) => options.only === undefined || name.includes(options.only));
  let broken = 0;
  for (const [name, step] of steps) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(30_000);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error));
    const started = Date.now();
    try {
      await step({ page, ...world, world, shot: (picture, target, clip) => shot(page, picture, target, clip) });
      if (errors.length > 0) {
        throw errors[0];
      }
      console.log(`ok      ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      broken++;
      mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });
      const picture = path.join(ROOT, 'test-results', `${name.replaceAll(/\W+/g, '-')}.png`);
      await page.screenshot({ path: picture }).catch(() => undefined);
      console.log(`FAILED  ${name}: ${[error, ...errors].map((each) => each.stack ?? each).join('\n')}\n        picture: ${picture}`);
    }
    await page.close();
  }
  console.log(`host: ${steps.length - broken} passed, ${broken} failed`);
  return broken;
}

/** Writes a picture for the docs, when they are asked for. */
async function shot(page, name, height) {
  if (options.screenshots) {
    await page.mouse.move(0, 0);
    await page.screenshot({ path: path.join(ROOT, 'docs/img', `${name}.png`), ...(height ? { clip: { x: 0, y: 0, width: 1280, height } } : {}) });
  }
}
