import { Group, Modal, Stack } from '@mantine/core';
import { useRef } from 'react';
import { ButtonLink } from '../../ui/button-link.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
import { identityOf } from './use-ticks.ts';

/** One row with all that is nested in it; null closes. */
export function ItemDialog({ item, onClose }: { readonly item: unknown; readonly onClose: () => void }) {
  // What is fading out keeps its content.
  const last = useRef(item);
  if (item !== null) last.current = item;
  const identity = identityOf(last.current);
  const text = JSON.stringify(last.current, null, 2);
  return (
    <Modal
      opened={item !== null}
      onClose={onClose}
      size="lg"
      title={identity?.deviceId ?? 'Row'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <TextBlock text={text} label="Row as JSON" tall />
        <Group justify="flex-end">
          <CopyButton text={text} label="Copy JSON" />
          {identity !== undefined && (
            <ButtonLink
              size="compact-xs"
              variant="default"
              to="/devices/$deviceId"
              params={{ deviceId: identity.deviceId }}
            >
              Open device
            </ButtonLink>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
