/** A field of a measurement, with its type in SQL: `int64`, `uint64`, `float64`, `bool`, `string`. */
export interface SchemaField {
  name: string;
  type: string;
}

/** Whether values of a type in SQL are numbers. */
export function isNumeric(type: string | undefined): boolean {
  return type === 'float64' || type === 'int64' || type === 'uint64';
}

/** A function or macro of the back end's lists. */
export interface SchemaFunction {
  name: string;
  signature: string;
  doc: string;
  kind?: 'scalar' | 'aggregate';
  example?: string;
}

/** Reads a resource of the back end: path and query parameters, of which undefined ones are left out. */
export type ResourceReader = (path: string, params: Record<string, string | number>) => Promise<unknown>;

const LIFETIME_MILLIS = 30_000;
const VALUES_MAX = 1_000;

/**
 * What databases hold, as the resources of the back end tell it (`docs/contract.md`).
 *
 * Answers are kept for half a minute and shared while they are under way, since an editor asks at every key; failures are not kept.
 */
export class Schema {
  private readonly answers = new Map<string, { answer: Promise<unknown>; until: number }>();

  constructor(
    private readonly read: ResourceReader,
    private readonly nowMillis: () => number = Date.now
  ) {}

  databases(): Promise<string[]> {
    return this.ask('databases');
  }

  measurements(database?: string): Promise<string[]> {
    return this.ask('measurements', { database });
  }

  fields(database: string | undefined, measurement: string): Promise<SchemaField[]> {
    return this.ask('fields', { database, measurement });
  }

  /** The tags of a measurement, or of all. */
  tags(database?: string, measurement?: string): Promise<string[]> {
    return this.ask('tags', { database, measurement });
  }

  /** The values of a tag that begin with the prefix, in order, up to a limit. */
  tagValues(database: string | undefined, measurement: string | undefined, tag: string, prefix = '', limit = VALUES_MAX): Promise<string[]> {
    return this.ask('tag-values', { database, measurement, tag, prefix, limit });
  }

  functions(): Promise<SchemaFunction[]> {
    return this.ask('functions');
  }

  macros(): Promise<SchemaFunction[]> {
    return this.ask('macros');
  }

  private ask<T>(path: string, params: Record<string, string | number | undefined> = {}): Promise<T> {
    const given = Object.entries(params).filter((entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== '');
    const key = JSON.stringify([path, given]);
    const kept = this.answers.get(key);
    if (kept && kept.until > this.nowMillis()) {
      return kept.answer as Promise<T>;
    }
    const answer = this.read(path, Object.fromEntries(given));
    this.answers.set(key, { answer, until: this.nowMillis() + LIFETIME_MILLIS });
    answer.catch(() => this.answers.delete(key));
    return answer as Promise<T>;
  }
}
