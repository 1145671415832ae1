import { useEffect, useRef, useState } from 'react';
import { toSqlError } from '../schema/errors';

export interface Loaded<T> {
  value?: T;
  error?: string;
}

/** What `load` gives for these keys; asked anew when a key changes, and an answer that comes too late is dropped. */
export function useLoaded<T>(load: () => Promise<T>, keys: ReadonlyArray<string | undefined>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({});
  const latest = useRef(load);
  const key = JSON.stringify(keys);

  useEffect(() => {
    latest.current = load;
  });

  useEffect(() => {
    let current = true;
    latest
      .current()
      .then((value) => current && setLoaded({ value }))
      .catch((error: unknown) => current && setLoaded({ error: toSqlError(error).message }));
    return () => {
      current = false;
    };
  }, [key]);

  return loaded;
}
