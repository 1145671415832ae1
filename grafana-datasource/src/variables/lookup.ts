import { ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';
import { VariableLookup, VariableReference, VariableValue } from '../sql/interpolate';

// Formats that the statement's own rules replace; all others are Grafana's to apply.
const OWN_FORMATS = new Set(['singlequote', 'sqlstring', 'doublequote', 'csv', 'raw', 'regex', 'pipe']);
const ALL = '$__all';

/** What Grafana's interpolation tells of a variable. */
interface VariableModel {
  name?: string;
  multi?: boolean;
  includeAll?: boolean;
  current?: { value?: unknown };
}

/** Values of Grafana's template variables, taken as data: how they are written is decided by the statement's text around them. */
export function lookupIn(templateSrv: TemplateSrv, scopedVars: ScopedVars = {}): VariableLookup {
  return (reference) => {
    const own = reference.format === undefined || OWN_FORMATS.has(reference.format);
    if (!own) {
      const text = templateSrv.replace(reference.text, scopedVars);
      return text === reference.text ? undefined : { values: [text], multi: false, all: false };
    }
    return ownValue(reference, templateSrv, scopedVars);
  };
}

function ownValue(reference: VariableReference, templateSrv: TemplateSrv, scopedVars: ScopedVars): VariableValue | undefined {
  let found: { value: unknown; variable?: VariableModel } | undefined;
  const path = reference.path === undefined ? '' : `.${reference.path}`;
  const plain = `\${${reference.name}${path}}`;
  const text = templateSrv.replace(plain, scopedVars, (value: unknown, variable?: VariableModel) => {
    found = { value, variable };
    return '';
  });
  const all = !(reference.name in scopedVars) && isAllChosen(reference.name, templateSrv);
  if (found) {
    const multi = Array.isArray(found.value) || !!found.variable?.multi || !!found.variable?.includeAll;
    const values = (Array.isArray(found.value) ? found.value : [found.value]).map(String);
    return { values: values.length === 0 ? [''] : values, multi, all };
  }
  // Grafana puts the dashboard's own text for All in without asking: it is a pattern already, such as .*
  return text === plain ? undefined : { values: [text], multi: all, all, pattern: all };
}

function isAllChosen(name: string, templateSrv: TemplateSrv): boolean {
  const variable = templateSrv.getVariables().find((candidate) => candidate.name === name) as VariableModel | undefined;
  const value = variable?.current?.value;
  return value === ALL || (Array.isArray(value) && value[0] === ALL);
}
