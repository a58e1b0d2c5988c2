import { Fragment } from 'react';

/** A long name that may go on in the next line after an underscore. */
export function Breakable({ text }: { text: string }) {
  let at = 0;
  return text.split(/(?<=_)/).map((part) => {
    at += part.length;
    return (
      <Fragment key={at}>
        {part}
        <wbr />
      </Fragment>
    );
  });
}
