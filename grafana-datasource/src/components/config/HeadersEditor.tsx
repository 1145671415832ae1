import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { Button, FieldSet, IconButton, Input, SecretInput, useStyles2 } from '@grafana/ui';
import React from 'react';
import { TsdbOptions } from '../../types';
import { withoutSecret, withSecret } from './secrets';
import type { Settings, SettingsProps } from './ConfigEditor';

/** Headers of every request to the node, for proxies before it. Names are settings, values are secrets; both are numbered as Grafana wants. */
export function HeadersEditor({ settings, onChange }: SettingsProps) {
  const styles = useStyles2(getStyles);
  const numbers = headerNumbers(settings.jsonData);
  const next = numbers.length === 0 ? 1 : Math.max(...numbers) + 1;
  return (
    <FieldSet label="Headers">
      {numbers.map((number) => (
        <div key={number} className={styles.row}>
          <Input
            aria-label={`name of header ${number}`}
            width={30}
            placeholder="X-Scope"
            value={settings.jsonData[`httpHeaderName${number}`] ?? ''}
            onChange={(event) => onChange(withName(settings, number, event.currentTarget.value))}
          />
          <SecretInput
            aria-label={`value of header ${number}`}
            width={40}
            placeholder="value"
            isConfigured={!!settings.secureJsonFields?.[`httpHeaderValue${number}`]}
            value={settings.secureJsonData?.[`httpHeaderValue${number}`] ?? ''}
            onChange={(event) => onChange(withSecret(settings, `httpHeaderValue${number}`, event.currentTarget.value))}
            onReset={() => onChange(withoutSecret(settings, `httpHeaderValue${number}`))}
          />
          <IconButton name="trash-alt" tooltip={`Remove header ${number}`} onClick={() => onChange(withoutHeader(settings, number))} />
        </div>
      ))}
      <Button type="button" icon="plus" variant="secondary" onClick={() => onChange(withName(settings, next, ''))}>
        Add header
      </Button>
    </FieldSet>
  );
}

/** The numbers that names of headers have, in order. The back end's HTTP client reads them from 1 up to the first gap. */
function headerNumbers(options: TsdbOptions): number[] {
  return Object.keys(options)
    .map((key) => /^httpHeaderName(\d+)$/.exec(key)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

function withName(settings: Settings, number: number, name: string): Settings {
  return { ...settings, jsonData: { ...settings.jsonData, [`httpHeaderName${number}`]: name } };
}

/**
 * The settings without a header; those after it move up, since there may be no gap. A value that was saved cannot be read, so it does not move: the user has to
 * give it again.
 */
function withoutHeader(settings: Settings, number: number): Settings {
  const last = Math.max(...headerNumbers(settings.jsonData));
  let changed = settings;
  for (let to = number; to < last; to++) {
    const value = settings.secureJsonData?.[`httpHeaderValue${to + 1}`];
    changed = withName(changed, to, settings.jsonData[`httpHeaderName${to + 1}`] ?? '');
    changed = withoutSecret(changed, `httpHeaderValue${to}`);
    changed = value ? withSecret(changed, `httpHeaderValue${to}`, value) : changed;
  }
  const jsonData = { ...changed.jsonData };
  delete jsonData[`httpHeaderName${last}`];
  return withoutSecret({ ...changed, jsonData }, `httpHeaderValue${last}`);
}

function getStyles(theme: GrafanaTheme2) {
  return { row: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), marginBottom: theme.spacing(1) }) };
}
