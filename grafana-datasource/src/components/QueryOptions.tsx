import { Combobox, Input } from '@grafana/ui';
import React from 'react';
import { TsdbQuery } from '../types';
import { withChosen } from './options';
import { Row } from './Row';

interface QueryOptionsProps {
  query: TsdbQuery;
  idPrefix: string;
  onChange(query: TsdbQuery): void;
}

const FILLS = [
  { value: '', label: 'not at all', description: 'buckets without rows are left out' },
  { value: 'null', label: 'null', description: 'a gap in the line' },
  { value: 'previous', label: 'previous', description: 'the value before' },
  { value: 'next', label: 'next', description: 'the value behind' },
  { value: 'linear', label: 'linear', description: 'on the line between its neighbours' },
  { value: '0', label: '0' },
];

/** What is made of the rows of a time series: names, and values of empty buckets. */
export function QueryOptions({ query, idPrefix, onChange }: QueryOptionsProps) {
  const series = !query.format || query.format === 'time_series';
  if (!series) {
    return null;
  }
  return (
    <>
      <Row label="Legend" tooltip="Names of the series: {{tag}}, {{field}}, {{measurement}}. Empty: chosen by Grafana." htmlFor={`${idPrefix}-legend`}>
        <Input
          key={query.legend ?? ''}
          id={`${idPrefix}-legend`}
          width={40}
          placeholder="{{tag}} {{field}}"
          defaultValue={query.legend ?? ''}
          onBlur={(event) => event.currentTarget.value !== (query.legend ?? '') && onChange({ ...query, legend: event.currentTarget.value })}
        />
        <label htmlFor={`${idPrefix}-fill`}>Fill empty buckets</label>
        <Combobox
          id={`${idPrefix}-fill`}
          width={20}
          createCustomValue
          customValueDescription="this number"
          options={withChosen(FILLS, query.fill ?? '')}
          value={query.fill ?? ''}
          onChange={(option) => onChange({ ...query, fill: option.value || undefined })}
        />
      </Row>
    </>
  );
}
