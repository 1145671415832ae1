// A real tsdb node: what `mvn package` built, on loopback, a free port, in a directory of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

export const PROJECT = path.resolve(import.meta.dirname, '../..');

const TARGET = path.join(PROJECT, 'tsdb-cluster/target');
const READY_WITHIN_MILLIS = 60_000;

/** Why no node can be started here, or undefined. */
export function missingForNode() {
  if (!existsSync(path.join(TARGET, 'tsdb.options'))) {
    return 'no tsdb node is built (tsdb-cluster/target/tsdb.options is missing); mvn -pl tsdb-cluster,loadgen -am package -DskipTests builds it';
  }
  return findJdk() ? undefined : 'no JDK 25 found in JAVA_HOME, on the path or in /usr/lib/jvm';
}

/** Starts a node; `address` is where it listens, so that it can be started again at the same place. */
export async function startNode({ data = ownFolder(), address = '127.0.0.1:0', options = [] } = {}) {
  const args = [`@${path.join(TARGET, 'tsdb.options')}`, '-XX:+UseSerialGC', '-Xmx512m', '-cp', path.join(TARGET, 'lib/*'), 'io.tsdb.cluster.node.Main'];
  const child = spawn(findJdk(), [...args, 'start', '--data', data, '--http', address, '--line-tcp', 'off', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = [];
  child.stderr.on('data', (text) => log.push(text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the node was not ready in time:\n${log.join('')}`)), READY_WITHIN_MILLIS);
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) {
        clearTimeout(timer);
        resolve(line.slice('ready '.length));
      }
    });
    ended.then((code) => reject(new Error(`the node ended with ${code} before it was ready:\n${log.join('')}`)));
  });
  return {
    url,
    data,
    address: new URL(url).host,
    async stop({ keepData = false } = {}) {
      child.kill('SIGTERM');
      await ended;
      if (!keepData) {
        rmSync(data, { recursive: true, force: true });
      }
    },
    async write(database, lines) {
      const response = await fetch(`${url}/write?db=${encodeURIComponent(database)}`, { method: 'POST', body: lines });
      if (response.status !== 204) {
        throw new Error(`write: status ${response.status}: ${await response.text()}`);
      }
    },
  };
}

/** A folder that is gone when this process ends, however a step or a node ended. */
function ownFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsdb-host-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function findJdk() {
  const folders = [process.env.JAVA_HOME, javaOnPath(), ...jdksIn('/usr/lib/jvm')].filter(Boolean);
  const home = folders.find((folder) => {
    const release = path.join(folder, 'release');
    const version = existsSync(release) && /JAVA_VERSION="(\d+)/.exec(readFileSync(release, 'utf8'));
    return version && Number(version[1]) >= 25;
  });
  return home && path.join(home, 'bin/java');
}

function javaOnPath() {
  const java = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'java')).find((file) => existsSync(file));
  return java && path.dirname(path.dirname(realpathSync(java)));
}

function jdksIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
}
