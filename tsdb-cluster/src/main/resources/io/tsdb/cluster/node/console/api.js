// Asks the node over its HTTP interface. The token lives in the tab's own storage, and goes nowhere but into the header.

const TOKEN = 'tsdb.token';

/** Longest answer that is read, in characters: a browser shows no more. */
const ANSWER_CHARS_MAX = 32 << 20;

/** An answer that is an error, with its place in the statement when it has one. */
export class NodeError extends Error {
  constructor(message, { code = '', line = 0, column = 0, status = 0, asker = token() } = {}) {
    super(message);
    this.code = code;
    this.line = line;
    this.column = column;
    this.status = status;
    this.asker = asker;
  }

  /** Whether another token is in use by now than the one that was asked with. */
  get isStale() {
    return this.asker !== token();
  }

  /** Whether the same request may well be answered later, as when the node is busy or starts again. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function token() {
  return sessionStorage.getItem(TOKEN) ?? '';
}

export function useToken(text) {
  if (text === '') {
    sessionStorage.removeItem(TOKEN);
  } else {
    sessionStorage.setItem(TOKEN, text);
  }
}

let known;

/** Keywords and functions of the node's SQL. */
export function words() {
  known ??= fetch('/console/words.json', { credentials: 'omit' }).then((response) => (response.ok ? response.json() : Promise.reject(response.status)));
  return known.catch(() => {
    known = undefined; // asked for again when they are wanted next
    return { keywords: [], functions: [] };
  });
}

function headers(more) {
  return token() === '' ? more : { ...more, Authorization: `Bearer ${token()}` };
}

/** Sends a request with the token; gives the response, whatever its status. */
export async function request(path, { method = 'GET', json, accept = 'application/json' } = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const sent = headers(json === undefined ? { Accept: accept } : { Accept: accept, 'Content-Type': 'application/json' });
  try {
    // without credentials of the browser's own: it would ask for a name and password by itself
    return await fetch(path, { method, body, headers: sent, credentials: 'omit' });
  } catch {
    throw new NodeError('the node does not answer');
  }
}

/** What a node's answer says went wrong. */
function refusal(answer, { status }, asker) {
  const error = answer?.error;
  const told = typeof error === 'string' ? { message: error } : (error ?? {});
  return new NodeError(told.message ?? `the node answers with status ${status}`, { ...told, status, asker });
}

/** The object that a path answers; an error of the node is thrown. */
export async function answerOf(path, options) {
  const asker = token();
  const response = await request(path, options);
  const answer = parse(await response.text());
  if (!response.ok) {
    throw refusal(answer, response, asker);
  }
  return answer;
}

/** Sends a statement; gives the response, whatever its status. */
async function send(statement, database, { parameters = {}, accept = {}, signal } = {}) {
  const form = new URLSearchParams({ q: statement, ...parameters });
  if (database !== '') {
    form.set('db', database);
  }
  try {
    return await fetch('/api/v1/sql', { method: 'POST', body: form, headers: headers(accept), signal, credentials: 'omit' });
  } catch (failure) {
    throw aborted(failure) ?? new NodeError('the node does not answer');
  }
}

/** A statement's whole answer in another format, as a blob. */
export async function download(statement, database, format) {
  const asker = token();
  const response = await send(statement, database, { parameters: { format } });
  if (!response.ok) {
    throw refusal(parse(await response.text()), response, asker);
  }
  return response.blob();
}

/** Runs a statement; a signal that aborts cancels it at the node. Gives `{columns, rows, elapsedMs}`. */
export async function sql(statement, database, signal) {
  const asker = token();
  const response = await send(statement, database, { accept: { Accept: 'application/json' }, signal });
  const answer = parse(await read(response));
  if (answer?.error || !response.ok || !Array.isArray(answer?.rows)) {
    throw refusal(answer, response, asker);
  }
  return answer;
}

async function read(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parts = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return parts.join('');
      }
      parts.push(value);
      length += value.length;
      if (length > ANSWER_CHARS_MAX) {
        await reader.cancel();
        throw new NodeError('the answer is too long to be shown; write LIMIT, or aggregate');
      }
    }
  } catch (failure) {
    throw failure instanceof NodeError ? failure : (aborted(failure) ?? new NodeError('the answer was cut off'));
  }
}

function aborted(failure) {
  return failure?.name === 'AbortError' ? new NodeError('cancelled', { code: 'cancelled' }) : undefined;
}

/** Whole numbers beyond 2^53 stay as they are written. */
function parse(text) {
  try {
    return JSON.parse(text, (_, value, { source } = {}) => (typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '') ? source : value));
  } catch {
    return undefined;
  }
}

/** A name as SQL takes it, whatever it holds. */
export function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`;
}
