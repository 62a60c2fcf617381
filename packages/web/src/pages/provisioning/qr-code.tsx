import { Button } from '@mantine/core';
import { IconQrcode } from '@tabler/icons-react';
import type { ConnectionInfo } from '@viaduct/contracts';
import { useState } from 'react';
import { encode } from 'uqr';
import { CopyButton } from '../../ui/copy-button.tsx';
import { deviceCode } from './device-code.ts';
import classes from './provisioning.module.css';

interface QrCodeProps {
  readonly connection: ConnectionInfo;
  readonly idScope: string;
  readonly registrationId: string;
  readonly keyText: string | null;
}

/** What a telephone or an installer's tool reads off the screen; hidden until it is asked for, for it is a secret. */
export function QrCode({ connection, idScope, registrationId, keyText }: QrCodeProps) {
  const [isShown, setShown] = useState(false);
  if (!isShown) {
    return (
      <div className={classes.code}>
        <Button size="xs" variant="default" leftSection={<IconQrcode size={14} />} onClick={() => setShown(true)}>
          Show QR code
        </Button>
        <p className="quiet">For a telephone or an installer's tool: all of this in one picture.</p>
      </div>
    );
  }
  const text = JSON.stringify(deviceCode(connection, { idScope, registrationId, key: keyText }));
  const { size, data } = encode(text, { ecc: 'M', border: 3 });
  return (
    <div className={classes.code}>
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={`QR code for ${registrationId}`}
        shapeRendering="crispEdges"
      >
        <path d={pathOf(data)} fill="#000000" />
      </svg>
      {keyText !== null && (
        <p>
          <strong>A secret.</strong> Whoever photographs it can come in as {registrationId}.
        </p>
      )}
      <CopyButton text={text} label="Copy its text" />
      <Button size="compact-xs" variant="default" onClick={() => setShown(false)}>
        Hide
      </Button>
    </div>
  );
}

/** One square a dark module; one path is one element. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  return rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
}
