import { createDataFrame, FieldType, LoadingState, PanelData } from '@grafana/data';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { EMPTY_BUILDER, writeSql } from '../sql/builder';
import { Answer, dataSourceWith } from '../testing/fakes';
import { choose, press } from '../testing/ui';
import { TsdbQuery } from '../types';
import { QueryEditor } from './QueryEditor';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/CodeEditorFake').CodeEditorFake,
}));

const CPU = { ...EMPTY_BUILDER, measurement: 'cpu' };

/** The editor in a page that keeps its query, as a panel does. */
async function show(initial: Partial<TsdbQuery>, answers: Record<string, Answer> = {}, data?: PanelData) {
  const { backend, datasource } = dataSourceWith([{ name: 'room', value: 'a' }], answers);
  const changes: TsdbQuery[] = [];
  const runs: string[] = [];
  function Page() {
    const [query, setQuery] = useState<TsdbQuery>({ refId: 'A', ...initial });
    return (
      <QueryEditor
        datasource={datasource}
        query={query}
        data={data}
        onChange={(changed) => {
          changes.push(changed);
          setQuery(changed);
        }}
        onRunQuery={() => runs.push(changes[changes.length - 1]?.rawSql ?? initial.rawSql ?? '')}
      />
    );
  }
  render(<Page />);
  // Names come from the back end before anything can be chosen.
  await act(async () => {
    await Promise.allSettled([datasource.schema.databases(), datasource.schema.measurements(), datasource.schema.functions()]);
  });
  return { backend, user: userEvent.setup({ delay: null }), changes, runs, last: () => changes[changes.length - 1] };
}

function editor(): HTMLTextAreaElement {
  return screen.getByLabelText('tsdb-sql');
}

describe('the builder', () => {
  it('writes the statement of what is chosen, and runs it', async () => {
    const { user, last, runs } = await show({ editorMode: 'builder', builder: EMPTY_BUILDER, rawSql: '' });
    await choose(user, screen.getByLabelText('Measurement'), 'cpu');
    await press(user, 'Add column');
    await choose(user, screen.getByLabelText('Time bucket'), '5m');
    await choose(user, screen.getByLabelText('Group by'), 'host');
    expect(last().rawSql).toBe(
      'SELECT $__timeGroup(time, 5m) AS time, host, avg(usage_user)\nFROM cpu\nWHERE $__timeFilter(time)\n  AND $__adHocFilters\nGROUP BY 1, host'
    );
    expect(runs[runs.length - 1]).toBe(last().rawSql);
    expect(last().builder).toMatchObject({ measurement: 'cpu', bucket: '5m', groupBy: ['host'] });
  });

  it('completes the values of tags, and offers variables', async () => {
    const { user, last, backend } = await show({ editorMode: 'builder', builder: CPU, rawSql: writeSql(CPU) });
    await press(user, 'Add filter');
    await choose(user, screen.getByTestId('filter value 0'), "server'2");
    expect(last().rawSql).toContain("host = 'server''2'");
    expect(backend.of('/tag-values').some(({ params }) => params?.measurement === 'cpu' && params.tag === 'host')).toBe(true);
    await choose(user, screen.getByTestId('filter value 0'), '$room');
    expect(last().rawSql).toContain("host = '$room'");
  });

  it('compares numbers as numbers', async () => {
    const { user, last } = await show({ editorMode: 'builder', builder: CPU, rawSql: writeSql(CPU) });
    await press(user, 'Add filter');
    await choose(user, screen.getByTestId('filter column 0'), 'usage_user');
    await choose(user, screen.getByTestId('filter operator 0'), '>=');
    await user.type(screen.getByLabelText('value of filter 1'), '90.5');
    await user.tab();
    expect(last().rawSql).toContain('usage_user >= 90.5');
    await user.click(screen.getByRole('button', { name: 'Remove filter 1' }));
    expect(last().rawSql).not.toContain('usage_user');
  });

  it('orders by what there is in a group, and limits', async () => {
    const builder = { ...CPU, bucket: 'auto', columns: [{ column: 'usage_user', aggregate: 'max' }] };
    const { user, last } = await show({ editorMode: 'builder', builder, rawSql: writeSql(builder) });
    await user.click(screen.getByRole('button', { name: 'Add order' }));
    expect(last().rawSql).toContain('ORDER BY 1 DESC');
    await choose(user, screen.getByTestId('order 0'), 'max(usage_user)');
    expect(last().rawSql).toContain('ORDER BY max(usage_user)');
    await user.type(screen.getByLabelText('Limit'), '10; DROP');
    await user.tab();
    expect(last().rawSql).not.toContain('LIMIT');
    await user.clear(screen.getByLabelText('Limit'));
    await user.type(screen.getByLabelText('Limit'), '10');
    await user.tab();
    expect(last().rawSql).toContain('LIMIT 10');
  });

  it('starts anew with another measurement, whose columns are others', async () => {
    const builder = { ...CPU, bucket: '5m', columns: [{ column: 'usage_user', aggregate: 'max' }], groupBy: ['host'] };
    const { user, last } = await show({ editorMode: 'builder', builder, rawSql: writeSql(builder) });
    await choose(user, screen.getByLabelText('Measurement'), 'plant "a"');
    expect(last().builder).toMatchObject({ measurement: 'plant "a"', columns: [], groupBy: [], bucket: '5m' });
    expect(last().rawSql).toContain('FROM "plant ""a"""');
  });

  it('says what went wrong with names', async () => {
    await show(
      { editorMode: 'builder', builder: EMPTY_BUILDER, rawSql: '' },
      {
        '/measurements': () => {
          throw { status: 502, statusText: 'Bad Gateway', data: { error: { code: 'unreachable', message: 'no node at 127.0.0.1:9' } }, config: {} };
        },
      }
    );
    await screen.findByText(/Names could not be loaded: no node at 127.0.0.1:9/);
  });
});

describe('switching', () => {
  it('goes from the builder to SQL and back with the same statement', async () => {
    const { user, last } = await show({ editorMode: 'builder', builder: CPU, rawSql: writeSql(CPU) });
    await user.click(screen.getByLabelText('SQL'));
    expect(editor().value).toBe(writeSql(CPU));
    await user.click(screen.getByLabelText('Builder'));
    expect(last()).toMatchObject({ editorMode: 'builder', builder: CPU, rawSql: writeSql(CPU) });
  });

  it('reads a statement that was written by hand, and leaves its layout alone', async () => {
    const rawSql = "select *   from cpu where host='a'";
    const { user, last } = await show({ editorMode: 'sql', rawSql });
    await user.click(screen.getByLabelText('Builder'));
    expect(last()).toMatchObject({
      editorMode: 'builder',
      rawSql,
      builder: { measurement: 'cpu', filters: [{ column: 'host', operator: '=', values: ['a'], kind: 'text' }], timeFilter: false },
    });
  });

  it('asks before it leaves a statement that the builder cannot show, and keeps it', async () => {
    const rawSql = 'SELECT usage_user * 2 FROM cpu -- twice';
    const { user, changes, last } = await show({ editorMode: 'sql', rawSql });
    await user.click(screen.getByLabelText('Builder'));
    await user.click(await screen.findByRole('button', { name: 'Stay in SQL' }));
    expect(changes).toEqual([]);
    await user.click(screen.getByLabelText('Builder'));
    await user.click(await screen.findByRole('button', { name: 'Start with the builder' }));
    expect(last()).toMatchObject({ editorMode: 'builder', keptSql: rawSql });
    await choose(user, screen.getByLabelText('Measurement'), 'cpu');
    expect(last().keptSql).toBe(rawSql);
    await user.click(screen.getByRole('button', { name: 'Go back to it' }));
    expect(last()).toMatchObject({ editorMode: 'sql', rawSql, keptSql: undefined });
    expect(editor().value).toBe(rawSql);
  });

  it('opens a query from a file, which says nothing of modes, as what it is', async () => {
    await show({ rawSql: 'SELECT 1' });
    expect(editor().value).toBe('SELECT 1');
  });
});

describe('the SQL editor', () => {
  it('keeps what is typed when it is left, and formats', async () => {
    const { user, last } = await show({ editorMode: 'sql', rawSql: '' });
    await user.type(editor(), 'select 1 from cpu');
    await user.tab();
    expect(last().rawSql).toBe('select 1 from cpu');
    await user.click(screen.getByRole('button', { name: 'Format SQL' }));
    expect(last().rawSql).toBe('SELECT 1\nFROM cpu');
  });

  it('asks the server about a text once typing pauses, and shows the error at the place in the text', async () => {
    const answers = {
      '/validate': ({ data }: { data?: unknown }) =>
        (data as { sql: string }).sql.includes('bad') ? { error: { message: "1:8: unknown column 'bad'", line: 1, column: 8 } } : {},
    };
    const { user, backend } = await show({ editorMode: 'sql', rawSql: 'SELECT usage_user FROM cpu' }, answers);
    await user.clear(editor());
    await user.type(editor(), 'SELECT bad FROM cpu');
    expect(await screen.findByText("1:8: unknown column 'bad'")).toBeInTheDocument();
    await user.clear(editor());
    await user.type(editor(), 'SELECT 1');
    await waitFor(() => expect(screen.queryByText(/unknown column/)).not.toBeInTheDocument());
    // Once for each pause, not for each key.
    expect(backend.of('/validate').length).toBeLessThan(5);
  });

  it('shows the error of a run until the text changes', async () => {
    const frame = createDataFrame({
      refId: 'A',
      meta: { custom: { error: { code: 'unknown_function', message: "unknown function 'mix'", line: 1, column: 8 } } },
      fields: [{ name: 'none', type: FieldType.other, values: [] }],
    });
    const data = { state: LoadingState.Error, series: [frame] } as unknown as PanelData;
    const { user } = await show({ editorMode: 'sql', rawSql: 'SELECT mix(a) FROM cpu' }, {}, data);
    expect(screen.getByText("1:8: unknown function 'mix'")).toBeInTheDocument();
    await user.type(editor(), ' ');
    expect(screen.queryByText(/unknown function/)).not.toBeInTheDocument();
  });
});

describe('options', () => {
  it('keeps format, database, live, legend and fill with the query', async () => {
    const { user, last, runs } = await show({ editorMode: 'builder', builder: CPU, rawSql: writeSql(CPU) });
    await choose(user, screen.getByLabelText('Database'), 'default');
    await user.click(screen.getByLabelText('Live'));
    await user.type(screen.getByLabelText('Legend'), '{{{{host}}');
    await user.tab();
    await choose(user, screen.getByLabelText('Fill empty buckets'), 'previous');
    expect(last()).toMatchObject({ live: true, legend: '{{host}}', fill: 'previous' });
    const count = runs.length;
    await choose(user, screen.getByLabelText('Format'), 'Table');
    expect(last()).toMatchObject({ format: 'table' });
    expect(runs.length).toBe(count + 1);
    expect(screen.queryByLabelText('Legend')).not.toBeInTheDocument();
  });
});
