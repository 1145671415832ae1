// What the front end needs of a Grafana server: settings, queries, health, resources and Live of one data source, passed on to the back end.
import { createReadStream, existsSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { WebSocketServer } from 'ws';

const ROOT = path.resolve(import.meta.dirname, '..');
const PLUGIN_ID = 'tsdb-tsdb-datasource';
const CONTENT_TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml', '.css': 'text/css' };

export const UID = 'host';

/** Serves the page and the data source's API on a free port of loopback. */
export async function serve(backend, settings) {
  const state = { settings: { name: 'tsdb', access: 'proxy', basicAuth: false, basicAuthUser: '', jsonData: {}, ...settings }, secrets: {}, updated: Date.now() };
  const api = new Api(backend, state);
  const server = http.createServer((request, response) => {
    api.handle(request, response).catch((error) => {
      sendJson(response, 500, { message: String(error) });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const live = serveLive(server, backend, () => pluginContext(state));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      live.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

class Api {
  constructor(backend, state) {
    this.backend = backend;
    this.state = state;
  }

  async handle(request, response) {
    const url = new URL(request.url, 'http://localhost');
    const [, resource] = /^\/api\/datasources\/uid\/[^/]+\/resources\/(.*)$/.exec(url.pathname) ?? [];
    if (resource !== undefined) {
      await this.resource(resource, url, request, response);
    } else if (url.pathname === '/api/ds/query') {
      await this.query(JSON.parse(await bodyOf(request)), response);
    } else if (url.pathname.endsWith('/health')) {
      await this.health(response);
    } else if (url.pathname === `/api/datasources/uid/${UID}`) {
      await this.settings(request, response);
    } else {
      serveFile(url.pathname, response);
    }
  }

  /** As Grafana does: secrets are taken and never given back, only which of them there are. */
  async settings(request, response) {
    if (request.method === 'PUT') {
      const { secureJsonData = {}, secureJsonFields: _fields, ...settings } = JSON.parse(await bodyOf(request));
      const secrets = Object.entries({ ...this.state.secrets, ...secureJsonData }).filter(([, value]) => value !== '');
      this.state.settings = settings;
      this.state.secrets = Object.fromEntries(secrets);
      this.state.updated = Date.now();
    }
    const fields = Object.fromEntries(Object.keys(this.state.secrets).map((key) => [key, true]));
    sendJson(response, 200, { ...this.state.settings, uid: UID, type: PLUGIN_ID, secureJsonFields: fields, secureJsonData: {} });
  }

  async query({ queries, from, to }, response) {
    const range = { fromEpochMS: Number(from), toEpochMS: Number(to) };
    const { responses } = await this.backend.queryData({
      pluginContext: pluginContext(this.state),
      headers: {},
      format: 'JSON',
      queries: queries.map((query) => ({
        refId: query.refId,
        maxDataPoints: query.maxDataPoints ?? 500,
        intervalMS: Math.max(1, Math.round(query.intervalMs ?? 1000)),
        timeRange: range,
        queryType: query.queryType ?? '',
        json: Buffer.from(JSON.stringify(query)),
      })),
    });
    const results = Object.fromEntries(
      Object.entries(responses).map(([refId, { frames, error, status, errorSource }]) => [
        refId,
        { frames: frames.map((frame) => JSON.parse(frame)), ...(error ? { error, errorSource } : {}), status },
      ])
    );
    const failed = Object.values(results).some((result) => result.error);
    sendJson(response, failed ? 400 : 200, { results });
  }

  async health(response) {
    const { status, message, jsonDetails } = await this.backend.checkHealth({ pluginContext: pluginContext(this.state), headers: {} });
    const details = jsonDetails.length > 0 ? JSON.parse(jsonDetails) : undefined;
    sendJson(response, status === 'OK' ? 200 : 400, { status, message, details });
  }

  async resource(resourcePath, url, request, response) {
    const answer = await this.backend.callResource({
      pluginContext: pluginContext(this.state),
      path: resourcePath,
      method: request.method,
      url: `${resourcePath}${url.search}`,
      headers: { 'Content-Type': { values: ['application/json'] } },
      body: Buffer.from(await bodyOf(request)),
    });
    response.writeHead(answer.code, { 'Content-Type': 'application/json' });
    response.end(answer.body);
  }
}

function pluginContext({ settings, secrets, updated }) {
  return {
    orgId: 1,
    pluginId: PLUGIN_ID,
    pluginVersion: '0.1.0',
    user: { login: 'host', name: 'host', email: '', role: 'Admin' },
    grafanaConfig: {},
    dataSourceInstanceSettings: {
      id: 1,
      uid: UID,
      name: settings.name,
      url: settings.url ?? '',
      user: '',
      database: '',
      basicAuthEnabled: settings.basicAuth,
      basicAuthUser: settings.basicAuthUser,
      jsonData: Buffer.from(JSON.stringify(settings.jsonData)),
      decryptedSecureJsonData: secrets,
      lastUpdatedMS: updated,
    },
  };
}

/** Grafana Live over a web socket of our own: one back-end stream per channel, ended with its last subscriber. */
function serveLive(server, backend, context) {
  const sockets = new WebSocketServer({ server, path: '/api/live/ws' });
  const channels = new Map();
  const leave = (socket) => {
    for (const [name, channel] of channels) {
      channel.subscribers.delete(socket);
      if (channel.subscribers.size === 0) {
        channel.stream.cancel();
        channels.delete(name);
      }
    }
  };
  const join = async (socket, name, data) => {
    const [, , channelPath] = /^(ds\/[^/]+)\/(.+)$/.exec(name) ?? [];
    const request = { pluginContext: context(), path: channelPath, data: Buffer.from(data ? JSON.stringify(data) : ''), headers: {} };
    const { status } = await backend.subscribe(request);
    if (status !== 'OK') {
      socket.send(JSON.stringify({ channel: name, error: status }));
      return;
    }
    let channel = channels.get(name);
    if (!channel) {
      channel = { subscribers: new Set(), stream: backend.runStream(request) };
      channels.set(name, channel);
      const { subscribers } = channel;
      const tell = (message) => subscribers.forEach((subscriber) => subscriber.send(JSON.stringify({ channel: name, ...message })));
      channel.stream.on('data', (packet) => tell({ data: JSON.parse(packet.data) }));
      channel.stream.on('error', (error) => tell({ error: String(error.details ?? error) }));
      channel.stream.on('end', () => channels.delete(name));
    }
    channel.subscribers.add(socket);
  };
  sockets.on('connection', (socket) => {
    socket.on('message', (text) => {
      const { subscribe, data } = JSON.parse(text);
      join(socket, subscribe, data).catch((error) => socket.send(JSON.stringify({ channel: subscribe, error: String(error) })));
    });
    socket.on('close', () => leave(socket));
  });
  return {
    close() {
      channels.forEach((channel) => channel.stream.cancel());
      sockets.clients.forEach((client) => client.terminate());
      sockets.close();
    },
  };
}

function serveFile(pathname, response) {
  const file = fileOf(pathname);
  if (!file || !existsSync(file) || !statSync(file).isFile()) {
    sendJson(response, 404, { message: `nothing at ${pathname}` });
    return;
  }
  response.writeHead(200, { 'Content-Type': CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

function fileOf(pathname) {
  const places = {
    [`/public/plugins/${PLUGIN_ID}/`]: path.join(ROOT, 'dist'),
    '/public/build/img/': path.join(ROOT, 'node_modules/@grafana/ui/dist/public/img'),
    '/': path.join(ROOT, 'host/build'),
  };
  const prefix = Object.keys(places).find((candidate) => pathname.startsWith(candidate));
  const file = path.join(places[prefix], pathname === '/' ? 'index.html' : decodeURIComponent(pathname.slice(prefix.length)));
  return file.startsWith(places[prefix] + path.sep) ? file : undefined;
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function sendJson(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
