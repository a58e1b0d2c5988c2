import { type ReactNode, useId } from 'react';

/** One panel of the page: a named region that F6 reaches, with a one-line head. */
export function Pane(props: {
  /** Stable name; F6 visits panes in document order. */
  name: string;
  title: ReactNode;
  /** What is shown, dim, after the title. */
  detail?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const heading = useId();
  return (
    <section
      className={`pane ${props.className ?? ''}`}
      aria-labelledby={heading}
      data-pane={props.name}
      tabIndex={-1}
    >
      <header className="pane-head">
        <h2 id={heading}>{props.title}</h2>
        {props.detail !== undefined && <span className="pane-detail">{props.detail}</span>}
        {props.actions !== undefined && <div className="pane-actions">{props.actions}</div>}
      </header>
      {props.children}
    </section>
  );
}
