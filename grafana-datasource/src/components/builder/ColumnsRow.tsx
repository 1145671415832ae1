import { Button, Combobox, ComboboxOption, IconButton, Input } from '@grafana/ui';
import React from 'react';
import { isNumeric, SchemaField, SchemaFunction } from '../../schema/schema';
import { BuilderColumn, BuilderQuery, isGrouped } from '../../sql/builder';
import { columnOptions, withChosen } from '../options';
import { Row } from '../Row';

interface ColumnsRowProps {
  builder: BuilderQuery;
  /** Whether names are still on their way. */
  loading: boolean;
  tags?: string[];
  fields?: SchemaField[];
  functions?: SchemaFunction[];
  idPrefix: string;
  onChange(part: Partial<BuilderQuery>): void;
}

/** What there is of a measurement whose columns are not known. */
const ROWS: BuilderColumn = { column: '*', aggregate: 'count' };
const COUNT_DISTINCT = { value: 'count_distinct', label: 'count distinct' };

/** Which columns, and which aggregate of each. */
export function ColumnsRow({ builder, loading, tags, fields, functions, idPrefix, onChange }: ColumnsRowProps) {
  const { columns } = builder;
  const grouped = isGrouped(builder);
  const options = columnOptions(tags, fields);
  const replace = (index: number, part: Partial<BuilderColumn>) =>
    onChange({ columns: columns.map((column, i) => (i === index ? { ...column, ...part } : column)) });

  const add = () => {
    const next = fields?.find((field) => !columns.some((column) => column.column === field.name)) ?? fields?.[0];
    const column = next?.name ?? tags?.[0];
    const added = column === undefined ? ROWS : grouped ? { column, aggregate: aggregateFor(next?.type) } : { column };
    onChange({ columns: [...columns, added] });
  };

  return (
    <Row label="Columns" tooltip="Fields and tags of the answer. With an aggregate, rows are grouped; text columns split the answer into series.">
      {columns.length === 0 && !grouped && <span>all</span>}
      {columns.map((column, index) => (
        <React.Fragment key={index}>
          <Combobox
            id={`${idPrefix}-column-${index}`}
            data-testid={`column ${index}`}
            width={22}
            createCustomValue
            options={withChosen(column.aggregate === 'count' ? [{ value: '*', label: '*', description: 'rows' }, ...options] : options, column.column)}
            value={column.column || null}
            onChange={(option) => replace(index, { column: option.value })}
          />
          <Combobox
            id={`${idPrefix}-aggregate-${index}`}
            data-testid={`aggregate ${index}`}
            width={16}
            options={withChosen(aggregateOptions(functions), column.aggregate ?? '')}
            value={column.aggregate ?? ''}
            onChange={(option) => replace(index, aggregatePart(option.value, column))}
          />
          <Input
            key={column.alias ?? ''}
            aria-label={`name of column ${index + 1}`}
            width={14}
            placeholder="as"
            defaultValue={column.alias ?? ''}
            onBlur={(event) => replace(index, { alias: event.currentTarget.value.trim() || undefined })}
          />
          <IconButton
            name="times"
            tooltip={`Remove column ${index + 1}`}
            onClick={() => onChange({ columns: columns.filter((_, i) => i !== index) })}
          />
        </React.Fragment>
      ))}
      <Button icon="plus" variant="secondary" size="sm" onClick={add} disabled={builder.measurement === '' || loading} aria-label="Add column">
        Column
      </Button>
    </Row>
  );
}

function aggregateOptions(functions: SchemaFunction[] | undefined): Array<ComboboxOption<string>> {
  const aggregates = (functions ?? []).filter((item) => item.kind === 'aggregate');
  return [
    { value: '', label: 'as it is' },
    ...aggregates.map(({ name, doc }) => ({ value: name, label: name, description: doc })),
    COUNT_DISTINCT,
  ];
}

// Only count counts rows: another aggregate of * has no meaning.
function aggregatePart(aggregate: string, column: BuilderColumn): Partial<BuilderColumn> {
  const star = column.column === '*' && aggregate !== 'count';
  return { aggregate: aggregate || undefined, ...(star ? { column: '' } : {}) };
}

/** What is sensible of a field in a bucket: texts have no average. */
function aggregateFor(type: string | undefined): string {
  return isNumeric(type) ? 'avg' : type === undefined ? 'count' : 'last';
}
