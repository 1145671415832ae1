import { Button, Combobox, ComboboxOption, IconButton } from '@grafana/ui';
import React, { ReactNode } from 'react';
import { SchemaField } from '../../schema/schema';
import { BuilderOrder, BuilderQuery, isGrouped, TIME_COLUMN } from '../../sql/builder';
import { columnOptions } from '../options';
import { Row } from '../Row';

interface OrderRowProps {
  builder: BuilderQuery;
  tags?: string[];
  fields?: SchemaField[];
  idPrefix: string;
  children: ReactNode;
  onChange(part: Partial<BuilderQuery>): void;
}

const DIRECTIONS = [
  { value: 'asc', label: 'ascending' },
  { value: 'desc', label: 'descending' },
];

/** The order of rows, for tables and limits: a series is in the order of time anyway. */
export function OrderRow({ builder, tags, fields, idPrefix, children, onChange }: OrderRowProps) {
  const { orderBy } = builder;
  const choices = orderChoices(builder, tags, fields);
  const replace = (index: number, part: Partial<BuilderOrder>) =>
    onChange({ orderBy: orderBy.map((order, i) => (i === index ? { ...order, ...part } : order)) });
  return (
    <Row label="Order by">
      {orderBy.map((order, index) => (
        <React.Fragment key={index}>
          <Combobox
            id={`${idPrefix}-order-${index}`}
            data-testid={`order ${index}`}
            width={22}
            options={choices.some((choice) => choice.value === keyOf(order)) ? choices : [choiceOf(order), ...choices]}
            value={keyOf(order)}
            onChange={(option) => replace(index, orderOf(option.value))}
          />
          <Combobox
            id={`${idPrefix}-direction-${index}`}
            data-testid={`direction ${index}`}
            width={16}
            options={DIRECTIONS}
            value={order.descending ? 'desc' : 'asc'}
            onChange={(option) => replace(index, { descending: option.value === 'desc' })}
          />
          <IconButton name="times" tooltip={`Remove order ${index + 1}`} onClick={() => onChange({ orderBy: orderBy.filter((_, i) => i !== index) })} />
        </React.Fragment>
      ))}
      <Button
        icon="plus"
        variant="secondary"
        size="sm"
        aria-label="Add order"
        disabled={builder.measurement === '' || choices.length === 0}
        onClick={() => onChange({ orderBy: [...orderBy, { ...orderOf(choices[0].value), descending: true }] })}
      >
        Order
      </Button>
      {children}
    </Row>
  );
}

/** By what rows can be ordered: in groups by the bucket, the groups and the aggregates, else by every column. */
function orderChoices(builder: BuilderQuery, tags?: string[], fields?: SchemaField[]): Array<ComboboxOption<string>> {
  if (!isGrouped(builder)) {
    return [choiceOf({ column: TIME_COLUMN }), ...columnOptions(tags, fields).map(({ value }) => choiceOf({ column: value }))];
  }
  const orders: BuilderOrder[] = [
    ...(builder.bucket === '' ? [] : [{ column: TIME_COLUMN }]),
    ...builder.groupBy.map((column) => ({ column })),
    ...builder.columns.filter((column) => column.aggregate).map(({ column, aggregate }) => ({ column, aggregate })),
  ];
  return orders.map(choiceOf);
}

function choiceOf(order: BuilderOrder): ComboboxOption<string> {
  return { value: keyOf(order), label: order.aggregate ? `${order.aggregate}(${order.column})` : order.column };
}

function keyOf(order: BuilderOrder): string {
  return JSON.stringify(order.aggregate ? [order.column, order.aggregate] : [order.column]);
}

function orderOf(key: string): BuilderOrder {
  const [column, aggregate]: string[] = JSON.parse(key);
  return aggregate ? { column, aggregate } : { column, aggregate: undefined };
}
