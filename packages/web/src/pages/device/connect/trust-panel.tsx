import { Group, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ConnectionInfo } from '@viaduct/contracts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { RootDownload } from '../../../ui/root-download.tsx';
import classes from './connect.module.css';

/** The server's own certificate authority: how to get it, how to know it, and what about ports that are not standard. */
export function TrustPanel({ connection }: { readonly connection: ConnectionInfo }) {
  return (
    <Stack gap="sm">
      <Text size="sm">
        This server signs its certificates with an authority of its own. Put the file beside the program on the device,
        which reads it as <code>viaduct-ca.pem</code>; the one line has it in itself.
      </Text>
      <Group gap="xs">
        <RootDownload />
        <CopyButton text={connection.caPem} label="Copy PEM" />
      </Group>
      <dl className={classes.values}>
        <div>
          <dt>SHA-256 fingerprint</dt>
          <dd className="mono">{connection.caSha256}</dd>
        </div>
        <div>
          <dt>On this server</dt>
          <dd className="mono">{connection.caFile}</dd>
        </div>
      </dl>
      {connection.notes.length > 0 && (
        <div className={classes.notice} role="note">
          <IconInfoCircle size={18} aria-hidden="true" />
          <div>
            <strong>Ports are not the standard ones</strong>
            <ul>
              {connection.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </Stack>
  );
}
