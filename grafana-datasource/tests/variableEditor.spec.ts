import { expect, test } from '@grafana/plugin-e2e';

const FILE = { fileName: 'datasources.yml' };

test('a variable lists the databases', async ({ variableEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(FILE);
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(name);
  await page.getByLabel('Values are').click();
  await page.getByRole('option', { name: 'Databases' }).click();
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews(['default']);
});
