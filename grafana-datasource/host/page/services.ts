// What Grafana gives to data sources at run time: HTTP, template variables, Live.
import { DataFrameJSON, LoadingState, ScopedVars, StreamingDataFrame, toLiveChannelId } from '@grafana/data';
import { BackendSrv, BackendSrvRequest, FetchResponse, GrafanaLiveSrv, LiveDataStreamOptions, TemplateSrv } from '@grafana/runtime';
import { defer, Observable } from 'rxjs';

/** Requests to the mini host; a status that is no success is an error, as in Grafana. */
export const backendSrv = {
  fetch<T>(request: BackendSrvRequest): Observable<FetchResponse<T>> {
    return defer(async () => {
      const params = new URLSearchParams(Object.entries(request.params ?? {}).map(([name, value]) => [name, String(value)]));
      const url = params.size > 0 ? `${request.url}?${params}` : request.url;
      const body = request.data === undefined ? undefined : JSON.stringify(request.data);
      const response = await fetch(url, { method: request.method, body });
      const data = await response.json().catch(() => ({}));
      const { status, statusText, ok } = response;
      if (!ok) {
        throw { status, statusText, data, config: request };
      }
      return { data, status, statusText, ok, config: request } as FetchResponse<T>;
    });
  },
} as unknown as BackendSrv;

export interface HostVariable {
  name: string;
  multi: boolean;
  includeAll: boolean;
  options: string[];
  current: { value: string[]; text: string[] };
}

/** Template variables of the page. */
export class HostTemplateSrv {
  constructor(public variables: HostVariable[] = []) {}

  getVariables() {
    return this.variables;
  }

  replace(target = '', scopedVars: ScopedVars = {}, format?: string | ((...args: unknown[]) => string)): string {
    return target.replace(/\$(\w+)|\[\[(\w+?)\]\]|\$\{(\w+)(?::(\w+))?\}/g, (match, plain, square, curly) => {
      const name = plain ?? square ?? curly;
      const variable = this.variables.find((candidate) => candidate.name === name);
      const value = scopedVars[name]?.value ?? (variable && this.valueOf(variable));
      if (value === undefined) {
        return match;
      }
      return typeof format === 'function' ? format(value, variable ?? {}, () => '') : [value].flat().join(',');
    });
  }

  containsTemplate(target = '') {
    return target.includes('$');
  }

  updateTimeRange() {}

  private valueOf(variable: HostVariable): string | string[] {
    const { value } = variable.current;
    const chosen = value[0] === '$__all' ? variable.options : value;
    return variable.multi ? chosen : chosen[0];
  }

  get asTemplateSrv(): TemplateSrv {
    return this as unknown as TemplateSrv;
  }
}

/** Live over one web socket of the page; frames grow in the browser as Grafana's do. */
export const liveSrv = {
  getDataStream({ addr, buffer, frame }: LiveDataStreamOptions) {
    return new Observable((subscriber) => {
      const channel = toLiveChannelId(addr);
      const key = `live ${channel}`;
      const growing = frame ? StreamingDataFrame.fromDataFrameJSON(frame, buffer) : StreamingDataFrame.empty(buffer);
      const show = () => subscriber.next({ key, state: LoadingState.Streaming, data: [growing] });
      show();
      const socket = new WebSocket(`ws://${location.host}/api/live/ws`);
      socket.onopen = () => socket.send(JSON.stringify({ subscribe: channel, data: addr.data }));
      socket.onmessage = ({ data: text }) => {
        const message: { error?: string; data?: DataFrameJSON } = JSON.parse(text);
        if (message.error) {
          subscriber.next({ key, state: LoadingState.Error, data: [growing], errors: [{ message: message.error }] });
        } else if (message.data) {
          growing.push(message.data);
          show();
        }
      };
      return () => socket.close();
    });
  },
} as unknown as GrafanaLiveSrv;
