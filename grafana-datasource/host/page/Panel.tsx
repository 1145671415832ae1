import {
  applyFieldOverrides,
  DataFrame,
  FieldColorModeId,
  FieldType,
  getFieldDisplayName,
  dateTime,
  isDataFrame,
  LoadingState,
  PanelData,
  TimeRange,
} from '@grafana/data';
import { config } from '@grafana/runtime';
import { LegendDisplayMode } from '@grafana/schema';
import { Table, TimeSeries } from '@grafana/ui';
import React, { useMemo } from 'react';

interface Props {
  data: PanelData;
  range: TimeRange;
  format: string;
}

const WIDTH = 1180;
const HEIGHT = 300;
const LINES = { drawStyle: 'line', lineWidth: 1.5, fillOpacity: 8, showPoints: 'auto', pointSize: 4, spanNulls: false };

/** A panel: lines of time series, or a table. */
export function Panel({ data, range, format }: Props) {
  const frames = useMemo(
    () =>
      applyFieldOverrides({
        data: data.series.filter((frame) => isDataFrame(frame) && frame.fields.length > 0),
        fieldConfig: { defaults: { custom: LINES }, overrides: [] },
        replaceVariables: (value) => value,
        theme: config.theme2,
        timeZone: 'utc',
      }).map((frame) => withCustom(frame)),
    [data]
  );
  const rows = frames.reduce((sum, frame) => sum + frame.length, 0);
  const series = frames.flatMap((frame) => frame.fields.filter((field) => field.type === FieldType.number || field.type === FieldType.boolean).map((field) => getFieldDisplayName(field, frame, frames)));
  const errors = (data.errors ?? []).map((error) => error.message).join('\n');
  const notices = data.series.flatMap((frame) => frame.meta?.notices ?? []).map((notice) => notice.text);
  const drawn = format === 'time_series' && series.length > 0 && frames.some((frame) => frame.fields.some((field) => field.type === FieldType.time));
  // As a dashboard does while it streams, the range goes with the time.
  const shown = data.state === LoadingState.Streaming ? lastSeconds(60) : range;
  return (
    <div data-testid="panel" data-state={data.state} data-rows={rows} data-series={series.join('|')}>
      {errors && (
        <pre data-testid="panel-error" style={{ color: config.theme2.colors.error.text }}>
          {errors}
        </pre>
      )}
      {notices.length > 0 && <p data-testid="panel-notices">{notices.join(' · ')}</p>}
      {rows === 0 && !errors && <p>No data</p>}
      {rows > 0 && drawn && (
        <TimeSeries
          width={WIDTH}
          height={HEIGHT}
          frames={frames}
          timeRange={shown}
          timeZone="utc"
          legend={{ showLegend: true, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] }}
        />
      )}
      {rows > 0 && !drawn && <Table data={frames[0]} width={WIDTH} height={HEIGHT} />}
    </div>
  );
}

function lastSeconds(seconds: number): TimeRange {
  const to = dateTime();
  const from = dateTime(to.valueOf() - seconds * 1_000);
  return { from, to, raw: { from: `now-${seconds}s`, to: 'now' } };
}

function withCustom(frame: DataFrame): DataFrame {
  frame.fields.forEach((field) => {
    field.config = { ...field.config, color: { mode: FieldColorModeId.PaletteClassic }, custom: { ...LINES, ...field.config.custom } };
  });
  return frame;
}
