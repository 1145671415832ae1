import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { ConfigEditor, Settings } from './ConfigEditor';

const EMPTY = { url: '', basicAuth: false, basicAuthUser: '', jsonData: {}, secureJsonFields: {}, readOnly: false } as unknown as Settings;

function show(initial: Partial<Settings> = {}) {
  const changes: Settings[] = [];
  function Page() {
    const [options, setOptions] = useState<Settings>({ ...EMPTY, ...initial });
    return (
      <ConfigEditor
        options={options}
        onOptionsChange={(changed) => {
          changes.push(changed);
          setOptions(changed);
        }}
      />
    );
  }
  render(<Page />);
  return { user: userEvent.setup({ delay: null }), last: () => changes[changes.length - 1] };
}

const byId = (id: string) => document.getElementById(`tsdb-config-${id}`)!;

describe('ConfigEditor', () => {
  it('keeps address, database, limits and interval', async () => {
    const { user, last } = show();
    await user.type(byId('url'), 'node:8086');
    expect(screen.getByText(/begins with http/)).toBeInTheDocument();
    await user.clear(byId('url'));
    await user.type(byId('url'), 'https://node:8086');
    expect(screen.queryByText(/begins with http/)).not.toBeInTheDocument();
    await user.type(byId('database'), 'iot');
    await user.type(byId('timeout'), '30');
    await user.type(byId('max-rows'), '5000');
    await user.type(byId('interval'), '10s');
    expect(last()).toMatchObject({
      url: 'https://node:8086',
      jsonData: { database: 'iot', timeoutSeconds: 30, maxRows: 5000, timeInterval: '10s' },
    });
  });

  it('puts every secret where Grafana encrypts it, and nothing of it among the settings', async () => {
    const { user, last } = show();
    await user.type(byId('token'), 'secret-token');
    await user.click(byId('basic-auth'));
    await user.type(byId('user'), 'ada');
    await user.type(byId('password'), 'secret-password');
    await user.click(byId('tlsAuthWithCACert'));
    await user.click(byId('tlsCACert'));
    await user.paste('secret-ca');
    await user.click(byId('tlsAuth'));
    await user.click(byId('tlsClientCert'));
    await user.paste('secret-certificate');
    await user.click(byId('tlsClientKey'));
    await user.paste('secret-key');
    const { secureJsonData, ...settings } = last();
    expect(secureJsonData).toEqual({
      token: 'secret-token',
      basicAuthPassword: 'secret-password',
      tlsCACert: 'secret-ca',
      tlsClientCert: 'secret-certificate',
      tlsClientKey: 'secret-key',
    });
    expect(JSON.stringify(settings)).not.toContain('secret-');
    expect(settings).toMatchObject({ basicAuth: true, basicAuthUser: 'ada', jsonData: { tlsAuth: true, tlsAuthWithCACert: true } });
  });

  it('shows that a secret is there, not what it is, and forgets it on demand', async () => {
    const { user, last } = show({ secureJsonFields: { token: true } });
    expect(byId('token')).toBeDisabled();
    expect(byId('token')).toHaveValue('configured');
    await user.click(screen.getByRole('button', { name: 'Reset' }));
    expect(last()).toMatchObject({ secureJsonFields: { token: false }, secureJsonData: { token: '' } });
  });

  it('warns of a connection that checks no certificate', async () => {
    const { user, last } = show();
    expect(screen.queryByText(/can read tokens/)).not.toBeInTheDocument();
    await user.click(byId('tlsSkipVerify'));
    expect(screen.getByText(/can read tokens/)).toBeInTheDocument();
    expect(last().jsonData.tlsSkipVerify).toBe(true);
  });

  it('numbers headers without a gap; a saved value does not follow its name', async () => {
    const { user, last } = show({
      jsonData: { httpHeaderName1: 'X-A', httpHeaderName2: 'X-B', httpHeaderName3: 'X-C' },
      secureJsonFields: { httpHeaderValue1: true, httpHeaderValue2: true },
      secureJsonData: { httpHeaderValue3: 'typed' },
    });
    await user.click(screen.getByRole('button', { name: 'Remove header 1' }));
    expect(last()).toMatchObject({
      jsonData: { httpHeaderName1: 'X-B', httpHeaderName2: 'X-C' },
      secureJsonFields: { httpHeaderValue1: false, httpHeaderValue2: false },
      secureJsonData: { httpHeaderValue1: '', httpHeaderValue2: 'typed', httpHeaderValue3: '' },
    });
    expect(last().jsonData).not.toHaveProperty('httpHeaderName3');
    await user.click(screen.getByRole('button', { name: 'Add header' }));
    await user.type(screen.getByLabelText('name of header 3'), 'X-D');
    expect(last().jsonData).toMatchObject({ httpHeaderName1: 'X-B', httpHeaderName2: 'X-C', httpHeaderName3: 'X-D' });
  });

  it('says where a provisioned data source is changed', () => {
    show({ readOnly: true });
    expect(screen.getByText(/provisioned from a file/)).toBeInTheDocument();
  });
});
