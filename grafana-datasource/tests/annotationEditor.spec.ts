import { expect, test } from '@grafana/plugin-e2e';

const FILE = { fileName: 'datasources.yml' };

test('an annotation is a statement', async ({ annotationEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(FILE);
  await annotationEditPage.datasource.set(name);
  const editor = page.getByTestId('tsdb-annotation-editor');
  await editor.locator('.monaco-editor .view-lines').click();
  await page.keyboard.insertText("SELECT now() AS time, 'started' AS text");
  await editor.getByLabel('Text').click();
  await expect(annotationEditPage.runQuery()).toBeOK();
});
