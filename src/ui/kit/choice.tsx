/** One of a few words that exclude each other. */
export interface ChoiceOption<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly title?: string;
}

/** A row of buttons of which one is pressed. Plain buttons: the first screen waits for it. */
export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly ChoiceOption<T>[];
  choose: (value: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="choice" role="group" aria-label={props.label}>
      {props.options.map(({ value, label, title }) => (
        <button
          key={value}
          type="button"
          className="button button-bare"
          aria-pressed={value === props.value}
          title={title}
          onClick={() => props.choose(value)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
