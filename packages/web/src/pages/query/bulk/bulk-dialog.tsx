import { Alert, Modal } from '@mantine/core';
import { useRef } from 'react';
import { BulkJob } from './bulk-job.tsx';
import { BulkRegistry } from './bulk-registry.tsx';
import { type BulkTarget, conditionFor } from './bulk-target.ts';

export type BulkDeed = 'tag' | 'desired' | 'method' | 'enable' | 'disable' | 'delete';

interface BulkDialogProps {
  /** Null while closed. */
  readonly deed: BulkDeed | null;
  readonly target: BulkTarget | null;
  readonly isOfModules: boolean;
  readonly onCollect: () => Promise<BulkTarget & { readonly kind: 'ticked' }>;
  readonly onClose: () => void;
}

const TITLES: Readonly<Record<BulkDeed, string>> = {
  tag: 'Set a tag',
  desired: 'Set a desired property',
  method: 'Call a method',
  enable: 'Enable',
  disable: 'Disable',
  delete: 'Delete',
};

/** Says how many before it does anything, shows how it goes, and what became of each. Twins and methods are a job's. */
export function BulkDialog({ deed, target, isOfModules, onCollect, onClose }: BulkDialogProps) {
  // What is fading out keeps its content.
  const last = useRef(deed);
  if (deed !== null) last.current = deed;
  const shown = last.current;
  return (
    <Modal
      opened={deed !== null}
      onClose={onClose}
      title={shown === null ? '' : TITLES[shown]}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {shown !== null && target !== null && (
        <Content deed={shown} target={target} isOfModules={isOfModules} onCollect={onCollect} onClose={onClose} />
      )}
    </Modal>
  );
}

interface ContentProps extends Omit<BulkDialogProps, 'deed' | 'target'> {
  readonly deed: BulkDeed;
  readonly target: BulkTarget;
}

function Content({ deed, target, isOfModules, onCollect, onClose }: ContentProps) {
  if (deed === 'enable' || deed === 'disable' || deed === 'delete') {
    const props = { target, isOfModules, onCollect, onClose };
    return <BulkRegistry action={deed} {...props} />;
  }
  const condition = conditionFor(target);
  if (condition === null) {
    return (
      <Alert variant="light" title="Too many are ticked for one job">
        Tick fewer, or narrow the query down and take all that it finds.
      </Alert>
    );
  }
  return <BulkJob deed={deed} condition={condition} isOfModules={isOfModules} onClose={onClose} />;
}
