import { Fragment } from 'react';

/** Advice as the server writes it: what stands between backticks is something to type. */
export function Words({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) => {
    const key = `${index} ${part}`;
    return index % 2 === 1 ? <code key={key}>{part}</code> : <Fragment key={key}>{part}</Fragment>;
  });
}
