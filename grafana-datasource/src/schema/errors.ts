import { isFetchError } from '@grafana/runtime';
import { SqlError } from '../types';

/** What went wrong, in words for the user: the back end's own message where there is one. */
export function toSqlError(error: unknown): SqlError {
  if (isFetchError(error)) {
    const own = (error.data as { error?: unknown } | undefined)?.error;
    if (isSqlError(own)) {
      return own;
    }
    const message = (error.data as { message?: string } | undefined)?.message;
    return { message: message || error.statusText || `HTTP status ${error.status}` };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

export function isSqlError(value: unknown): value is SqlError {
  return typeof value === 'object' && value !== null && typeof (value as SqlError).message === 'string';
}
