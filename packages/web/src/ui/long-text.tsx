import { Button } from '@mantine/core';
import { useState } from 'react';

/** So much of a text is shown until somebody wants all of it. */
const CHARACTERS_MAX = 240;

/** A text that a device may have made as long as it likes. */
export function LongText({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= CHARACTERS_MAX) return text;
  return (
    <>
      {isWhole ? text : `${text.slice(0, CHARACTERS_MAX)}…`}{' '}
      <Button size="compact-xs" variant="default" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
      </Button>
    </>
  );
}
