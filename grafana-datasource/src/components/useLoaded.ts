import { useEffect, useRef, useState } from 'react';
import { toSqlError } from '../schema/errors';

export interface Loaded<T> {
  value?: T;
  error?: string;
}

/** What `load` gives for these keys; nothing until it is there, never that of other keys. */
export function useLoaded<T>(load: () => Promise<T>, keys: ReadonlyArray<string | undefined>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { key?: string }>({});
  const latest = useRef(load);
  const key = JSON.stringify(keys);

  useEffect(() => {
    latest.current = load;
  });

  useEffect(() => {
    let current = true;
    latest
      .current()
      .then((value) => current && setLoaded({ key, value }))
      .catch((error: unknown) => current && setLoaded({ key, error: toSqlError(error).message }));
    return () => {
      current = false;
    };
  }, [key]);

  return loaded.key === key ? loaded : {};
}
