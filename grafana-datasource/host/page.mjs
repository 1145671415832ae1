// Builds the page when its sources, or what it is built of, are newer.
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import webpack from 'webpack';
import config from './webpack.config.mjs';

const HOST = import.meta.dirname;

export async function buildPage() {
  const sources = ['page', 'webpack.config.mjs', '../package-lock.json'].flatMap((name) => filesIn(path.join(HOST, name)));
  const made = path.join(HOST, 'build/page.js');
  if (existsSync(made) && sources.every((file) => statSync(file).mtimeMs < statSync(made).mtimeMs)) {
    return;
  }
  const compiler = webpack(config);
  const stats = await new Promise((resolve, reject) => compiler.run((error, result) => (error ? reject(error) : resolve(result))));
  await new Promise((resolve) => compiler.close(resolve));
  if (stats.hasErrors()) {
    throw new Error(stats.toString({ all: false, errors: true }));
  }
}

function filesIn(place) {
  return statSync(place).isDirectory() ? readdirSync(place).flatMap((name) => filesIn(path.join(place, name))) : [place];
}
