import { ActionIcon, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';
import classes from './secret-line.module.css';

const DOTS = '••••••••';

/** A secret that stays hidden until it is asked for; copying does not need to see it. */
export function SecretLine({ title, value }: { readonly title: string; readonly value: string | null }) {
  const [isRevealed, setRevealed] = useState(false);
  if (value === null) return null;
  const label = `${isRevealed ? 'Hide' : 'Reveal'} ${title.toLowerCase()}`;
  return (
    <div>
      <dt>{title}</dt>
      <dd className={classes.line}>
        <span className="mono">{isRevealed ? value : hidden(value)}</span>
        <Tooltip label={label}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={label}
            aria-pressed={isRevealed}
            onClick={() => setRevealed(!isRevealed)}
          >
            {isRevealed ? <IconEyeOff size={16} /> : <IconEye size={16} />}
          </ActionIcon>
        </Tooltip>
        <CopyButton text={value} />
      </dd>
    </div>
  );
}

/** Of a connection string only the key is secret. */
function hidden(value: string): string {
  const masked = value.replace(/(SharedAccessKey=).*/, `$1${DOTS}`);
  return masked === value ? DOTS : masked;
}
