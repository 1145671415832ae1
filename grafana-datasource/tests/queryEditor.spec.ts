import { expect, test } from '@grafana/plugin-e2e';

const FILE = { fileName: 'datasources.yml' };

test('the builder is what a new query begins with', async ({ panelEditPage, readProvisionedDataSource }) => {
  const { name } = await readProvisionedDataSource(FILE);
  await panelEditPage.datasource.set(name);
  const row = panelEditPage.getQueryEditorRow('A');
  await expect(row.getByLabel('Measurement')).toBeVisible();
  await expect(row.getByRole('radio', { name: 'Builder' })).toBeChecked();
});

test('a statement is run with the dashboard\'s range', async ({ panelEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(FILE);
  await panelEditPage.datasource.set(name);
  await panelEditPage.setVisualization('Table');
  const row = panelEditPage.getQueryEditorRow('A');
  await row.getByRole('radio', { name: 'SQL' }).check({ force: true });
  await row.locator('.monaco-editor .view-lines').click();
  await page.keyboard.insertText('SELECT now() AS time, 42 AS answer');
  await row.getByRole('button', { name: 'Run query' }).click();
  await expect(panelEditPage.refreshPanel()).toBeOK();
  await expect(panelEditPage.panel.data).toContainText(['42']);
});

test('an error of the server is shown at its place', async ({ panelEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(FILE);
  await panelEditPage.datasource.set(name);
  const row = panelEditPage.getQueryEditorRow('A');
  await row.getByRole('radio', { name: 'SQL' }).check({ force: true });
  await row.locator('.monaco-editor .view-lines').click();
  await page.keyboard.insertText('SELECT mix(1)');
  await expect(row.getByTestId('tsdb-sql-error')).toContainText("1:8: unknown function 'mix'");
});
