import { Button, Checkbox, Group, Modal, NumberInput, Skeleton, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CERTIFICATE_KEY_TYPES, type CredentialPolicyView, LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { policiesQuery, provisioningClient } from '../../api/provisioning-client.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import tables from '../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../ui/data-table.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { isEnrollmentId } from './enrollment-words.ts';
import { ExpiryBadge } from './expiry-badge.tsx';
import classes from './provisioning.module.css';

/** By which rules this server signs certificates for devices, and with which authority. */
export function IssuedCertificates() {
  const [isAdding, setAdding] = useState(false);
  const policies = useQuery(policiesQuery);
  return (
    <section className={`card ${tables.frame}`} aria-labelledby="issued">
      <div className={classes.cardHead}>
        <h2 id="issued">Issued to devices</h2>
        <Button size="xs" variant="default" onClick={() => setAdding(true)}>
          Add policy
        </Button>
      </div>
      <p className={classes.note}>
        A device that sends a request with its registration gets a certificate from this server, by the policy that its
        enrolment names.
      </p>
      {policies.isPending && <Skeleton height={90} />}
      {policies.isError && <ProblemAlert error={policies.error} onRetry={() => void policies.refetch()} />}
      {policies.isSuccess && (
        <div className={classes.note}>
          <div className={classes.line}>
            Signed by {policies.data.issuer.subject}
            <ExpiryBadge ends={policies.data.issuer.validTo} begins={policies.data.issuer.validFrom} />
            <CopyButton text={policies.data.issuer.pem} label="Copy certificate" />
          </div>
        </div>
      )}
      {policies.data !== undefined && policies.data.policies.length > 0 && (
        <Policies policies={policies.data.policies} />
      )}
      <Modal
        opened={isAdding}
        onClose={() => setAdding(false)}
        title="Add policy"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <PolicyForm onClose={() => setAdding(false)} />
      </Modal>
    </section>
  );
}

function Policies({ policies }: { readonly policies: readonly CredentialPolicyView[] }) {
  return (
    <DataTable columns={['Policy', 'Holds', 'Keys', ACTIONS]}>
      {policies.map((policy) => (
        <tr key={policy.name}>
          <th scope="row">{policy.name}</th>
          <td>{policy.validityDays === 1 ? '1 day' : `${policy.validityDays} days`}</td>
          <td>{policy.keyTypes.join(', ')}</td>
          <td data-actions>
            <RemovePolicy policy={policy} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function RemovePolicy({ policy }: { readonly policy: CredentialPolicyView }) {
  const queryClient = useQueryClient();
  const remove = async () => {
    await provisioningClient.removePolicy(policy);
    await queryClient.invalidateQueries({ queryKey: policiesQuery.queryKey });
  };
  return (
    <ConfirmButton
      label={`Remove ${policy.name}`}
      icon={IconTrash}
      question={`Remove the policy ${policy.name}?`}
      consequence="Enrolments that name it issue no certificates any more. Certificates that were issued hold until they end."
      action="Remove policy"
      done={`${policy.name} is removed`}
      act={remove}
    />
  );
}

const DEFAULT_DAYS = 30;

function PolicyForm({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState<number | string>(DEFAULT_DAYS);
  const [keyTypes, setKeyTypes] = useState<string[]>(['EC-P256', 'EC-P384']);
  const queryClient = useQueryClient();
  const add = useMutation({
    mutationFn: () =>
      provisioningClient.addPolicy({
        name,
        validityDays: Number(days) || DEFAULT_DAYS,
        keyTypes: CERTIFICATE_KEY_TYPES.filter((each) => keyTypes.includes(each)),
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: policiesQuery.queryKey });
      notify(`${name} is added`);
      onClose();
    },
  });
  const isReady = isEnrollmentId(name) && keyTypes.length > 0;
  return (
    <DialogForm action="Add policy" isReady={isReady} sending={add} onSend={() => add.mutate()} onClose={onClose}>
      <TextInput
        label="Name"
        data-autofocus
        spellCheck={false}
        maxLength={LIMITS.ID_CHARACTERS_MAX}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NumberInput
        label="Certificates hold for days"
        min={1}
        max={LIMITS.ISSUED_CERTIFICATE_DAYS_MAX}
        value={days}
        onChange={setDays}
      />
      <Checkbox.Group label="Keys that devices may have" value={keyTypes} onChange={setKeyTypes}>
        <Group gap="md" mt={6}>
          {CERTIFICATE_KEY_TYPES.map((each) => (
            <Checkbox key={each} value={each} label={each} />
          ))}
        </Group>
      </Checkbox.Group>
    </DialogForm>
  );
}
