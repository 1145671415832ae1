import React, { useEffect, useState } from 'react';

interface Props {
  value: string;
  language: string;
  onChange?(value: string): void;
  onBlur?(value: string): void;
  onSave?(value: string): void;
}

/** Stands for Monaco, which jsdom cannot show: a text area with the same events. The real one is driven in the mini host. */
export function CodeEditorFake({ value, language, onChange, onBlur, onSave }: Props) {
  const [typed, setTyped] = useState({ over: value, text: value });
  const text = typed.over === value ? typed.text : value;
  useEffect(() => {
    onChange?.(value);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [value]);
  return (
    <textarea
      aria-label={language}
      value={text}
      onChange={(event) => {
        setTyped({ over: value, text: event.currentTarget.value });
        onChange?.(event.currentTarget.value);
      }}
      onBlur={(event) => onBlur?.(event.currentTarget.value)}
      onKeyDown={(event) => event.ctrlKey && event.key === 's' && onSave?.(event.currentTarget.value)}
    />
  );
}
