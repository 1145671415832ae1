import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { dataSourceWith } from '../testing/fakes';
import { choose } from '../testing/ui';
import { TsdbQuery } from '../types';
import { TsdbVariableQuery } from '../variables/support';
import { AnnotationQueryEditor } from './AnnotationQueryEditor';
import { VariableQueryEditor } from './VariableQueryEditor';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/CodeEditorFake').CodeEditorFake,
}));

describe('VariableQueryEditor', () => {
  async function show(initial: TsdbVariableQuery) {
    const { datasource } = dataSourceWith();
    const changes: TsdbVariableQuery[] = [];
    const runs: number[] = [];
    function Page() {
      const [query, setQuery] = useState(initial);
      const change = (changed: TsdbVariableQuery) => {
        changes.push(changed);
        setQuery(changed);
      };
      return <VariableQueryEditor datasource={datasource} query={query} onChange={change} onRunQuery={() => runs.push(changes.length)} />;
    }
    render(<Page />);
    await act(async () => {
      await Promise.all([datasource.schema.databases(), datasource.schema.measurements(), datasource.schema.tags()]);
    });
    return { user: userEvent.setup({ delay: null }), changes, runs, last: () => changes[changes.length - 1] };
  }

  it('asks for a tag of a measurement', async () => {
    const { user, last, runs, changes } = await show({ refId: '', kind: 'tagValues' });
    await choose(user, screen.getByLabelText('Measurement'), 'cpu');
    await choose(user, screen.getByLabelText('Tag'), 'region');
    expect(last()).toEqual({ refId: 'variable', kind: 'tagValues', measurement: 'cpu', tag: 'region' });
    expect(runs).toHaveLength(changes.length);
  });

  it('takes a statement', async () => {
    const { user, last } = await show({ refId: 'v', kind: 'tagValues' });
    await choose(user, screen.getByLabelText('Values are'), 'SQL');
    await user.type(screen.getByLabelText('tsdb-sql'), 'SHOW MEASUREMENTS');
    await user.tab();
    expect(last()).toEqual({ refId: 'v', kind: 'sql', rawSql: 'SHOW MEASUREMENTS' });
    expect(screen.queryByLabelText('Measurement')).not.toBeInTheDocument();
  });

  it('needs no database for names of databases', async () => {
    await show({ refId: 'v', kind: 'databases' });
    expect(screen.queryByLabelText('Database')).not.toBeInTheDocument();
  });
});

describe('AnnotationQueryEditor', () => {
  it('keeps statement and columns in a query for events', async () => {
    const { datasource } = dataSourceWith();
    const changes: TsdbQuery[] = [];
    function Page() {
      const [query, setQuery] = useState<TsdbQuery>({ refId: 'Anno' });
      const change = (changed: TsdbQuery) => {
        changes.push(changed);
        setQuery(changed);
      };
      return <AnnotationQueryEditor datasource={datasource} query={query} onChange={change} onRunQuery={() => undefined} />;
    }
    render(<Page />);
    const user = userEvent.setup({ delay: null });
    await user.click(screen.getByRole('button', { name: 'Start with an example' }));
    await user.type(screen.getByLabelText('End'), 'until');
    await user.tab();
    await user.type(screen.getByLabelText('Tags'), ' level, room ,');
    await user.tab();
    expect(changes[changes.length - 1]).toEqual({
      refId: 'Anno',
      queryType: 'annotation',
      editorMode: 'sql',
      format: 'table',
      rawSql: 'SELECT time, message, level\nFROM events\nWHERE $__timeFilter(time)',
      timeEndColumn: 'until',
      tagsColumns: ['level', 'room'],
    });
  });
});
