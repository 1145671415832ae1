import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './components/config/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { TsdbDataSource } from './datasource';
import { TsdbOptions, TsdbQuery, TsdbSecrets } from './types';

export const plugin = new DataSourcePlugin<TsdbDataSource, TsdbQuery, TsdbOptions, TsdbSecrets>(TsdbDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
