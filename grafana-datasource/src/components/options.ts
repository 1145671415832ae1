import { ComboboxOption } from '@grafana/ui';
import { SchemaField } from '../schema/schema';

/** Names as options; a chosen one that the list lacks (it is typed in, or gone) is added, so that it is shown. */
export function optionsOf(names: string[] | undefined, ...chosen: string[]): Array<ComboboxOption<string>> {
  const all = new Set([...chosen.filter((name) => name !== ''), ...(names ?? [])]);
  return [...all].map((value) => ({ value, label: value }));
}

/** Columns of a measurement as options: tags, then fields with their types. */
export function columnOptions(tags: string[] | undefined, fields: SchemaField[] | undefined): Array<ComboboxOption<string>> {
  return [
    ...(fields ?? []).map(({ name, type }) => ({ value: name, label: name, description: type })),
    ...(tags ?? []).map((name) => ({ value: name, label: name, description: 'tag' })),
  ];
}

export function withChosen(options: Array<ComboboxOption<string>>, chosen: string): Array<ComboboxOption<string>> {
  return chosen === '' || options.some((option) => option.value === chosen) ? options : [{ value: chosen, label: chosen }, ...options];
}
