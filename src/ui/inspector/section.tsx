import type { ReactNode } from 'react';

/** A part of the inspector that folds. */
export function Section(props: {
  title: string;
  count?: number;
  open?: boolean;
  children: ReactNode;
}) {
  return (
    <details className="section" open={props.open}>
      <summary>
        {props.title}
        {props.count !== undefined && <span className="section-count">{props.count}</span>}
      </summary>
      {props.children}
    </details>
  );
}
