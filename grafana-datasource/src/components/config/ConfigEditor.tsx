import { DataSourcePluginOptionsEditorProps, DataSourceSettings } from '@grafana/data';
import { Alert, Field, FieldSet, Input, SecretInput, Switch } from '@grafana/ui';
import React from 'react';
import { TsdbOptions, TsdbSecrets } from '../../types';
import { HeadersEditor } from './HeadersEditor';
import { TlsEditor } from './TlsEditor';
import { withoutSecret, withSecret } from './secrets';

export type Settings = DataSourceSettings<TsdbOptions, TsdbSecrets>;

export interface SettingsProps {
  settings: Settings;
  onChange(settings: Settings): void;
}

type Props = DataSourcePluginOptionsEditorProps<TsdbOptions, TsdbSecrets>;

const INPUT_WIDTH = 50;

/** Settings of a data source. Secrets are written and never read back. */
export function ConfigEditor({ options: settings, onOptionsChange: onChange }: Props) {
  const { jsonData } = settings;
  const option = (part: Partial<TsdbOptions>) => onChange({ ...settings, jsonData: { ...jsonData, ...part } });
  return (
    <>
      <FieldSet label="Connection">
        <Field label="URL" description="Base address of a node's HTTP port" required invalid={urlProblem(settings.url) !== undefined} error={urlProblem(settings.url)} noMargin={false}>
          <Input
            id="tsdb-config-url"
            width={INPUT_WIDTH}
            placeholder="http://127.0.0.1:8086"
            value={settings.url}
            onChange={(event) => onChange({ ...settings, url: event.currentTarget.value.trim() })}
          />
        </Field>
        <Field label="Default database" description="Of queries that name none; empty: the node's own default" noMargin={false}>
          <Input
            id="tsdb-config-database"
            width={INPUT_WIDTH}
            placeholder="default"
            value={jsonData.database ?? ''}
            onChange={(event) => option({ database: event.currentTarget.value || undefined })}
          />
        </Field>
      </FieldSet>
      <FieldSet label="Authentication">
        <Field label="Token" description="Sent as a bearer token; goes before basic authentication" noMargin={false}>
          <SecretInput
            id="tsdb-config-token"
            width={INPUT_WIDTH}
            isConfigured={!!settings.secureJsonFields?.token}
            value={settings.secureJsonData?.token ?? ''}
            placeholder="none"
            onChange={(event) => onChange(withSecret(settings, 'token', event.currentTarget.value))}
            onReset={() => onChange(withoutSecret(settings, 'token'))}
          />
        </Field>
        <Field label="Basic authentication" noMargin={false}>
          <Switch
            id="tsdb-config-basic-auth"
            value={settings.basicAuth}
            onChange={(event) => onChange({ ...settings, basicAuth: event.currentTarget.checked })}
          />
        </Field>
        {settings.basicAuth && (
          <>
            <Field label="User" noMargin={false}>
              <Input
                id="tsdb-config-user"
                width={INPUT_WIDTH}
                value={settings.basicAuthUser}
                onChange={(event) => onChange({ ...settings, basicAuthUser: event.currentTarget.value })}
              />
            </Field>
            <Field label="Password" noMargin={false}>
              <SecretInput
                id="tsdb-config-password"
                width={INPUT_WIDTH}
                isConfigured={!!settings.secureJsonFields?.basicAuthPassword}
                value={settings.secureJsonData?.basicAuthPassword ?? ''}
                onChange={(event) => onChange(withSecret(settings, 'basicAuthPassword', event.currentTarget.value))}
                onReset={() => onChange(withoutSecret(settings, 'basicAuthPassword'))}
              />
            </Field>
          </>
        )}
      </FieldSet>
      <TlsEditor settings={settings} onChange={onChange} />
      <HeadersEditor settings={settings} onChange={onChange} />
      <FieldSet label="Queries">
        <Field label="Timeout" description="Seconds that a query may take, from sent to its last row" noMargin={false}>
          <Input
            id="tsdb-config-timeout"
            type="number"
            min={1}
            width={20}
            placeholder="60"
            value={jsonData.timeoutSeconds ?? ''}
            onChange={(event) => option({ timeoutSeconds: countOf(event.currentTarget.value) })}
          />
        </Field>
        <Field label="Rows at most" description="What an answer has beyond is left out, with a notice" noMargin={false}>
          <Input
            id="tsdb-config-max-rows"
            type="number"
            min={1}
            width={20}
            placeholder="1000000"
            value={jsonData.maxRows ?? ''}
            onChange={(event) => option({ maxRows: countOf(event.currentTarget.value) })}
          />
        </Field>
        <Field
          label="Interval of the devices"
          description="How often they send, such as 10s: buckets of $__rate_interval are never narrower than four of these"
          invalid={!isDuration(jsonData.timeInterval)}
          error="A duration such as 10s or 1m"
          noMargin={false}
        >
          <Input
            id="tsdb-config-interval"
            width={20}
            placeholder="15s"
            value={jsonData.timeInterval ?? ''}
            onChange={(event) => option({ timeInterval: event.currentTarget.value.trim() || undefined })}
          />
        </Field>
      </FieldSet>
      {settings.readOnly && <Alert severity="info" title="This data source is provisioned from a file: change it there" />}
    </>
  );
}

function urlProblem(url: string): string | undefined {
  if (!url) {
    return undefined;
  }
  return /^https?:\/\/[^\s/]+/.test(url) ? undefined : 'An address that begins with http:// or https://';
}

function isDuration(text: string | undefined): boolean {
  return !text || /^(?:\d+(?:ms|[smhdw]))+$/.test(text);
}

/** A whole number above zero, or nothing. */
function countOf(text: string): number | undefined {
  const count = Math.floor(Number(text));
  return Number.isFinite(count) && count > 0 ? count : undefined;
}
