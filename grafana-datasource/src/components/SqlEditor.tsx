import { css } from '@emotion/css';
import { GrafanaTheme2, TimeRange } from '@grafana/data';
import { CodeEditor, type Monaco, type MonacoEditor, useStyles2 } from '@grafana/ui';
import React, { useCallback, useEffect, useRef, useState } from 'react';
import type { TsdbDataSource } from '../datasource';
import { attachSource, LANGUAGE_ID, registerLanguage } from '../editor/language';
import { describe, underline } from '../editor/markers';
import { SqlError, TsdbQuery } from '../types';

export interface SqlEditorProps {
  datasource: TsdbDataSource;
  query: TsdbQuery;
  range?: TimeRange;
  /** The error of the last run, if any: shown until the text changes. */
  runError?: SqlError;
  onChange(rawSql: string): void;
  onRun(rawSql: string): void;
}

const MARKER_OWNER = 'tsdb';
const VALIDATE_AFTER_MILLIS = 600;
const LINE_PIXELS = 19;

/** The SQL editor: the server is asked about the text a moment after it was typed, and what is wrong is underlined and said below. */
export function SqlEditor({ datasource, query, range, runError, onChange, onRun }: SqlEditorProps) {
  const styles = useStyles2(getStyles);
  const sql = query.rawSql ?? '';
  const [text, setText] = useState(sql);
  const [valid, setValid] = useState<{ text: string; error?: SqlError }>();
  const mounted = useRef<{ editor: MonacoEditor; monaco: Monaco }>(undefined);
  const latest = useRef({ datasource, query, onRun, onChange });
  useEffect(() => {
    latest.current = { datasource, query, onRun, onChange };
  });

  // What was asked of the server about this text, or else what came of running it.
  const checked = valid?.text === text ? valid.error : undefined;
  const error = checked ?? (text === sql ? runError : undefined);
  const mark = error && underline(error, text, datasource.interpolated(text));

  useEffect(() => {
    if (text.trim() === '') {
      return undefined;
    }
    let current = true;
    const timer = setTimeout(() => {
      const asked = { ...query, rawSql: text };
      datasource
        .validate(asked, range)
        .then((found) => current && setValid({ text, error: found }))
        // The back end cannot be asked: running the query will say why.
        .catch(() => current && setValid({ text }));
    }, VALIDATE_AFTER_MILLIS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // Another range or option of the query changes nothing about names and grammar.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text, datasource, query.database]);

  useEffect(() => {
    const model = mounted.current?.editor.getModel();
    if (mounted.current && model) {
      const { monaco } = mounted.current;
      monaco.editor.setModelMarkers(model, MARKER_OWNER, mark ? [{ ...mark, severity: monaco.MarkerSeverity.Error }] : []);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [JSON.stringify(mark)]);

  const onMount = useCallback((editor: MonacoEditor, monaco: Monaco) => {
    mounted.current = { editor, monaco };
    const model = editor.getModel();
    if (model) {
      const detach = attachSource(model, () => {
        const { datasource: source, query: current } = latest.current;
        return {
          schema: source.schema,
          database: source.databaseOf(current),
          variableNames: () => source.variableNames(),
          plain: (name) => source.plain(name),
        };
      });
      editor.onDidDispose(detach);
    }
    editor.addAction({
      id: 'tsdb-run-query',
      label: 'Run query',
      keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter],
      run: () => latest.current.onRun(editor.getValue()),
    });
  }, []);

  return (
    <div className={styles.editor}>
      <CodeEditor
        language={LANGUAGE_ID}
        value={sql}
        height={heightOf(text)}
        showLineNumbers
        showMiniMap={false}
        monacoOptions={{ scrollBeyondLastLine: false, fontSize: 13, suggest: { showWords: false } }}
        onBeforeEditorMount={registerLanguage}
        onEditorDidMount={onMount}
        onChange={setText}
        onBlur={(value) => value !== latest.current.query.rawSql && latest.current.onChange(value)}
        onSave={(value) => latest.current.onRun(value)}
      />
      {error && (
        <div className={styles.error} role="alert" data-testid="tsdb-sql-error">
          {describe(error, mark)}
        </div>
      )}
    </div>
  );
}

function heightOf(text: string): number {
  const lines = Math.min(Math.max(text.split('\n').length, 5), 18);
  return (lines + 1) * LINE_PIXELS;
}

function getStyles(theme: GrafanaTheme2) {
  return {
    editor: css({ marginBottom: theme.spacing(0.5) }),
    error: css({
      color: theme.colors.error.text,
      fontFamily: theme.typography.fontFamilyMonospace,
      fontSize: theme.typography.bodySmall.fontSize,
      padding: theme.spacing(0.5, 1),
      whiteSpace: 'pre-wrap',
    }),
  };
}
