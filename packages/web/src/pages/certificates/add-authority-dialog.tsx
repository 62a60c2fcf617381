import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { authoritiesQuery } from '../../api/queries.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { notify } from '../../ui/notify.ts';
import { CertificateTextField, hasPrivateKey } from './certificate-text-field.tsx';

interface AddAuthorityDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Asks for an authority's name and certificate. Closing forgets what was typed. */
export function AddAuthorityDialog({ opened, onClose }: AddAuthorityDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add certificate authority"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <AddAuthorityForm onClose={onClose} />
    </Modal>
  );
}

function AddAuthorityForm({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [certificate, setCertificate] = useState('');
  const queryClient = useQueryClient();
  const add = useMutation({
    mutationFn: () => consoleClient.addAuthority({ name, certificate }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: authoritiesQuery.queryKey });
      notify(`${name} is added; now prove that its key is yours`);
      onClose();
    },
  });
  const isNameValid = /^[A-Za-z0-9._-]+$/.test(name);
  const isReady = isNameValid && certificate.trim() !== '' && !hasPrivateKey(certificate);
  return (
    <DialogForm action="Add" isReady={isReady} sending={add} onSend={() => add.mutate()} onClose={onClose}>
      <TextInput
        label="Name"
        description="What to call it here: the factory or the line that signs, for example."
        data-autofocus
        spellCheck={false}
        maxLength={LIMITS.CA_CERTIFICATE_NAME_CHARACTERS_MAX}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={isNameValid || name === '' ? null : 'Only A-Z a-z 0-9 and - . _'}
      />
      <CertificateTextField
        label="Certificate"
        description="Of the root, or of the intermediate that signs the devices. Never its private key."
        text={certificate}
        onText={setCertificate}
      />
    </DialogForm>
  );
}
