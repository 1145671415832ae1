import { Button, Combobox, ComboboxOption, IconButton, Input, MultiCombobox } from '@grafana/ui';
import React from 'react';
import type { TsdbDataSource } from '../../datasource';
import { isNumeric, SchemaField } from '../../schema/schema';
import { BuilderFilter, BuilderQuery, FILTER_OPERATORS, FilterOperator } from '../../sql/builder';
import { columnOptions, withChosen } from '../options';
import { Row } from '../Row';

interface FiltersRowProps {
  datasource: TsdbDataSource;
  database?: string;
  builder: BuilderQuery;
  /** Whether names are still on their way. */
  loading: boolean;
  tags?: string[];
  fields?: SchemaField[];
  idPrefix: string;
  onChange(part: Partial<BuilderQuery>): void;
}

const OPERATORS = FILTER_OPERATORS.map((value) => ({ value, label: value }));
const VALUES_SHOWN_MAX = 500;

/** Conditions that all must hold; values of tags are completed from the database. */
export function FiltersRow({ datasource, database, builder, loading, tags, fields, idPrefix, onChange }: FiltersRowProps) {
  const { filters } = builder;
  const replace = (index: number, filter: BuilderFilter) => onChange({ filters: filters.map((old, i) => (i === index ? filter : old)) });

  const add = () => onChange({ filters: [...filters, { column: tags?.[0] ?? fields?.[0]?.name ?? '', operator: '=', values: [], kind: 'text' }] });

  return (
    <Row label="Filters" tooltip="All must hold. Values may be template variables: $host; IN takes a variable with several values.">
      {filters.map((filter, index) => (
        <React.Fragment key={index}>
          {index > 0 && <span>and</span>}
          <Combobox
            id={`${idPrefix}-filter-${index}`}
            data-testid={`filter column ${index}`}
            width={20}
            createCustomValue
            options={withChosen(columnOptions(tags, fields), filter.column)}
            value={filter.column || null}
            onChange={(option) => replace(index, { ...filter, column: option.value, values: [], kind: kindOf(option.value, fields) })}
          />
          <Combobox
            id={`${idPrefix}-operator-${index}`}
            data-testid={`filter operator ${index}`}
            width={14}
            options={OPERATORS}
            value={filter.operator}
            onChange={(option) => replace(index, withOperator(filter, option.value))}
          />
          <FilterValue
            id={`${idPrefix}-value-${index}`}
            index={index}
            filter={filter}
            values={tags?.includes(filter.column) ? (prefix) => tagValues(datasource, database, builder, filter.column, prefix) : undefined}
            variables={datasource.variableNames()}
            onChange={(values) => replace(index, { ...filter, values })}
          />
          <IconButton name="times" tooltip={`Remove filter ${index + 1}`} onClick={() => onChange({ filters: filters.filter((_, i) => i !== index) })} />
        </React.Fragment>
      ))}
      <Button icon="plus" variant="secondary" size="sm" onClick={add} disabled={builder.measurement === '' || loading} aria-label="Add filter">
        Filter
      </Button>
    </Row>
  );
}

interface FilterValueProps {
  id: string;
  index: number;
  filter: BuilderFilter;
  /** Values of the tag that begin with a prefix; absent for fields. */
  values?: (prefix: string) => Promise<string[]>;
  variables: string[];
  onChange(values: string[]): void;
}

function FilterValue({ id, index, filter, values, variables, onChange }: FilterValueProps) {
  const load = async (prefix: string): Promise<Array<ComboboxOption<string>>> => {
    const fitting = variables.map((name) => `$${name}`).filter((name) => name.startsWith(prefix));
    const found = values ? await values(prefix) : [];
    return [...fitting, ...found].map((value) => ({ value, label: value === '' ? '(empty)' : value }));
  };
  switch (filter.operator) {
    case 'IS NULL':
    case 'IS NOT NULL':
      return null;
    case 'IN':
    case 'NOT IN':
      return (
        <MultiCombobox
          id={id}
          width="auto"
          minWidth={24}
          maxWidth={80}
          createCustomValue
          options={load}
          value={filter.values.map((value) => ({ value, label: value }))}
          onChange={(options) => onChange(options.map((option) => option.value))}
        />
      );
    default:
      return values ? (
        <Combobox
          id={id}
          data-testid={`filter value ${index}`}
          width={24}
          createCustomValue
          options={load}
          value={filter.values.length === 0 ? null : { value: filter.values[0], label: filter.values[0] }}
          onChange={(option) => onChange([option.value])}
        />
      ) : (
        <Input
          id={id}
          key={filter.values[0] ?? ''}
          aria-label={`value of filter ${index + 1}`}
          width={24}
          defaultValue={filter.values[0] ?? ''}
          onBlur={(event) => event.currentTarget.value !== (filter.values[0] ?? '') && onChange([event.currentTarget.value])}
        />
      );
  }
}

function tagValues(datasource: TsdbDataSource, database: string | undefined, builder: BuilderQuery, tag: string, prefix: string) {
  return datasource.schema.tagValues(database, datasource.plain(builder.measurement), tag, prefix, VALUES_SHOWN_MAX);
}

function withOperator(filter: BuilderFilter, operator: FilterOperator): BuilderFilter {
  const list = operator === 'IN' || operator === 'NOT IN';
  const none = operator === 'IS NULL' || operator === 'IS NOT NULL';
  return { ...filter, operator, values: none ? [] : list ? filter.values : filter.values.slice(0, 1) };
}

/** Numbers and truth values are compared as such; what is typed and is none stands as text all the same. */
function kindOf(column: string, fields: SchemaField[] | undefined): BuilderFilter['kind'] {
  const type = fields?.find((field) => field.name === column)?.type;
  return isNumeric(type) || type === 'bool' ? 'code' : 'text';
}
