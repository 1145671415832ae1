import { Alert, Field, FieldSet, Input, SecretTextArea, Switch } from '@grafana/ui';
import React from 'react';
import { TsdbOptions } from '../../types';
import { withoutSecret, withSecret } from './secrets';
import type { SettingsProps } from './ConfigEditor';

type ToggleKey = 'tlsAuth' | 'tlsAuthWithCACert' | 'tlsSkipVerify';
type CertificateKey = 'tlsCACert' | 'tlsClientCert' | 'tlsClientKey';

/** How the node's certificate is checked, and which one is shown to it. */
export function TlsEditor({ settings, onChange }: SettingsProps) {
  const { jsonData } = settings;
  const option = (part: Partial<TsdbOptions>) => onChange({ ...settings, jsonData: { ...jsonData, ...part } });
  const toggle = (key: ToggleKey, label: string, description: string) => (
    <Field label={label} description={description} noMargin={false}>
      <Switch
        id={`tsdb-config-${key}`}
        value={!!jsonData[key]}
        onChange={(event) => {
          const toggled: Pick<TsdbOptions, ToggleKey> = { [key]: event.currentTarget.checked };
          option(toggled);
        }}
      />
    </Field>
  );
  const certificate = (key: CertificateKey, label: string, begins: string) => (
    <Field label={label} noMargin={false}>
      <SecretTextArea
        id={`tsdb-config-${key}`}
        cols={60}
        rows={5}
        placeholder={`-----BEGIN ${begins}-----`}
        isConfigured={!!settings.secureJsonFields?.[key]}
        onChange={(event) => onChange(withSecret(settings, key, event.currentTarget.value))}
        onReset={() => onChange(withoutSecret(settings, key))}
      />
    </Field>
  );
  const name = (
    <Field label="Server name" description="Name in the node's certificate, where it is not that of the URL" noMargin={false}>
      <Input
        id="tsdb-config-server-name"
        width={50}
        value={jsonData.serverName ?? ''}
        onChange={(event) => option({ serverName: event.currentTarget.value || undefined })}
      />
    </Field>
  );
  return (
    <FieldSet label="TLS">
      {toggle('tlsAuthWithCACert', 'Own certificate authority', "The node's certificate is signed by one that this machine does not know")}
      {jsonData.tlsAuthWithCACert && certificate('tlsCACert', 'CA certificate', 'CERTIFICATE')}
      {toggle('tlsAuth', 'Client certificate', 'The node asks for a certificate')}
      {jsonData.tlsAuth && (
        <>
          {certificate('tlsClientCert', 'Certificate', 'CERTIFICATE')}
          {certificate('tlsClientKey', 'Key', 'PRIVATE KEY')}
        </>
      )}
      {(jsonData.tlsAuth || jsonData.tlsAuthWithCACert) && name}
      {toggle('tlsSkipVerify', 'Skip verification', 'Any certificate is taken')}
      {jsonData.tlsSkipVerify && (
        <Alert severity="warning" title="Whoever stands between Grafana and the node can read tokens and change answers. Use an own certificate authority instead." />
      )}
    </FieldSet>
  );
}
