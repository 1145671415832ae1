// The real back end, started as Grafana starts it: a process that says on its standard output where it serves gRPC.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const PLUGIN = path.resolve(import.meta.dirname, '..');
const SDK = 'github.com/grafana/grafana-plugin-sdk-go';
const GO_ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };
const READY_WITHIN_MILLIS = 30_000;

export const EXECUTABLE = path.join(PLUGIN, `dist/gpx_tsdb_linux_${GO_ARCHITECTURES[process.arch] ?? process.arch}`);

/** Why the back end cannot be built here, or undefined. */
export function missingForBackend() {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'go is not on the path';
  }
}

/** Builds the executable; Go knows by itself what is up to date. */
export function buildBackend() {
  mkdirSync(path.dirname(EXECUTABLE), { recursive: true });
  // The flags of `verify`, so that nothing is compiled twice.
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly -trimpath', CGO_ENABLED: '0' };
  execFileSync('go', ['build', '-ldflags=-s -w', '-o', EXECUTABLE, './pkg'], { cwd: PLUGIN, stdio: 'inherit', env });
}

/** Starts the back end. Its methods take requests as in the SDK's `backend.proto`, and give answers as it does. */
export async function startBackend() {
  const child = spawn(EXECUTABLE, [], {
    env: { ...process.env, grafana_plugin_type: 'datasource', PLUGIN_PROTOCOL_VERSIONS: '2' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = [];
  child.stderr.on('data', (text) => log.push(String(text)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the back end said nothing:\n${log.join('')}`)), READY_WITHIN_MILLIS);
    readline.createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      // core version | plugin version | network | address | protocol
      const [, version, network, where, protocol] = line.split('|');
      if (version === '2' && protocol === 'grpc') {
        resolve(network === 'unix' ? `unix:${where}` : where);
      } else {
        reject(new Error(`the back end said: ${line}`));
      }
    });
    ended.then((code) => reject(new Error(`the back end ended with ${code}:\n${log.join('')}`)));
  });
  return { ...clientOf(address), log, stop: () => child.kill('SIGTERM') && ended };
}

function clientOf(address) {
  const { pluginv2 } = grpc.loadPackageDefinition(protoLoader.loadSync(protoFile(), { keepCase: true, longs: Number, enums: String, defaults: true }));
  const credentials = grpc.credentials.createInsecure();
  const options = { 'grpc.max_receive_message_length': -1 };
  const data = new pluginv2.Data(address, credentials, options);
  const resource = new pluginv2.Resource(address, credentials, options);
  const diagnostics = new pluginv2.Diagnostics(address, credentials, options);
  const stream = new pluginv2.Stream(address, credentials, options);
  const call = (client, method, request) =>
    new Promise((resolve, reject) => client[method](request, (error, answer) => (error ? reject(error) : resolve(answer))));
  return {
    queryData: (request) => call(data, 'QueryData', request),
    checkHealth: (request) => call(diagnostics, 'CheckHealth', request),
    subscribe: (request) => call(stream, 'SubscribeStream', request),
    /** A stream of packets; cancelled by `cancel()`. */
    runStream: (request) => stream.RunStream(request),
    callResource: (request) =>
      new Promise((resolve, reject) => {
        const parts = [];
        resource
          .CallResource(request)
          .on('data', (part) => parts.push(part))
          .on('error', reject)
          .on('end', () => resolve({ code: parts[0]?.code ?? 500, headers: parts[0]?.headers ?? {}, body: Buffer.concat(parts.map((part) => part.body)) }));
      }),
  };
}

/** The SDK's own description of the protocol, of the version in go.mod. */
function protoFile() {
  const module = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', SDK], { cwd: PLUGIN, encoding: 'utf8' }).trim();
  const file = path.join(module, 'proto/backend.proto');
  if (!existsSync(file)) {
    throw new Error(`${file} is missing: go mod download`);
  }
  return file;
}
