import { expect, test } from '@grafana/plugin-e2e';
import { TsdbOptions, TsdbSecrets } from '../src/types';

const FILE = { fileName: 'datasources.yml' };

test('settings are shown', async ({ createDataSourceConfigPage, readProvisionedDataSource, page }) => {
  const { type } = await readProvisionedDataSource<TsdbOptions, TsdbSecrets>(FILE);
  await createDataSourceConfigPage({ type });
  await expect(page.getByRole('textbox', { name: 'URL' })).toBeVisible();
  await expect(page.getByText('Skip verification')).toBeVisible();
});

test('"Save & test" says version and database of a node that answers', async ({ createDataSourceConfigPage, readProvisionedDataSource, page }) => {
  const { type, url } = await readProvisionedDataSource<TsdbOptions, TsdbSecrets>(FILE);
  const configPage = await createDataSourceConfigPage({ type });
  await page.locator('#tsdb-config-url').fill(url ?? '');
  await expect(configPage.saveAndTest()).toBeOK();
  await expect(configPage).toHaveAlert('success', { hasText: 'tsdb' });
});

test('"Save & test" says what is wrong with an address where nothing listens', async ({ createDataSourceConfigPage, readProvisionedDataSource, page }) => {
  const { type } = await readProvisionedDataSource<TsdbOptions, TsdbSecrets>(FILE);
  const configPage = await createDataSourceConfigPage({ type });
  await page.locator('#tsdb-config-url').fill('http://127.0.0.1:9');
  await expect(configPage.saveAndTest()).not.toBeOK();
  await expect(configPage).toHaveAlert('error', { hasText: '127.0.0.1:9' });
});
