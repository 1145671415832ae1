import { css } from '@emotion/css';
import { GrafanaTheme2 } from '@grafana/data';
import { InlineLabel, useStyles2 } from '@grafana/ui';
import React, { ReactNode } from 'react';

interface RowProps {
  label: string;
  tooltip?: string;
  htmlFor?: string;
  children: ReactNode;
}

/** A labelled line of an editor; what does not fit goes on in the next line. */
export function Row({ label, tooltip, htmlFor, children }: RowProps) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row}>
      <InlineLabel width={14} tooltip={tooltip} htmlFor={htmlFor}>
        {label}
      </InlineLabel>
      <div className={styles.content}>{children}</div>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    row: css({ display: 'flex', alignItems: 'flex-start', marginBottom: theme.spacing(0.5) }),
    content: css({
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      flexGrow: 1,
      minHeight: theme.spacing(4),
    }),
  };
}
