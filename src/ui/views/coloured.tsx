import type { Token } from './line-tokens.ts';

/** Pieces of a command line in their colours. An id that another option gives can be clicked on. */
export function Coloured({ tokens }: { tokens: readonly Token[] }) {
  return tokens.map(({ text, kind, id }, i) =>
    kind === 'mark' ? (
      text
    ) : (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name than their place
        key={i}
        className={`token token-${kind}`}
        data-id={kind === 'reference' ? id : undefined}
      >
        {text}
      </span>
    ),
  );
}
