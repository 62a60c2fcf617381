import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CONSOLE_API, type EnrollmentView, LIMITS } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { provisioningClient, provisioningQuery } from '../../api/provisioning-client.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { DevicePack } from './device-pack.tsx';
import { ID_RULE, isEnrollmentId } from './enrollment-words.ts';
import classes from './provisioning.module.css';

const route = getRouteApi('/shell/enrollments/$kind/$id');

/** From an enrolment to a device that is in: its id, its credential, a program to run, and what becomes of it. */
export function BringDevice({ enrollment }: { readonly enrollment: EnrollmentView }) {
  const { kind, id, attestation } = enrollment;
  const { device } = route.useSearch();
  const provisioning = useQuery(provisioningQuery);
  const registrationId = kind === 'individual' ? id : (device ?? '');
  const hasKey = attestation === 'symmetricKey';
  const key = useDeviceKey(enrollment);
  const isReady = registrationId !== '' && (!hasKey || key.data?.registrationId === registrationId);
  return (
    <section className="card" aria-labelledby="bring">
      <h2 className={classes.title} id="bring">
        Bring a device in
      </h2>
      {attestation === 'tpm' ? (
        <p className={classes.lead}>
          Run the TPM sample of the device SDK with the id scope and this registration id, over AMQP or HTTPS: over MQTT
          there is no TPM. The device <a href={`${CONSOLE_API}/ca.pem`}>must trust this server</a>.
        </p>
      ) : (
        <Stack gap="md">
          {kind === 'group' && <DeviceIdForm hasKey={hasKey} isPending={key.isPending} onId={key.mutate} />}
          {kind === 'individual' && hasKey && key.data === undefined && (
            <div>
              <Button size="xs" loading={key.isPending} onClick={() => key.mutate(id)}>
                Show its key and programs
              </Button>
            </div>
          )}
          {key.isError && <ProblemAlert error={key.error} />}
          {isReady && provisioning.isSuccess && (
            <DevicePack
              idScope={provisioning.data.idScope}
              registrationId={registrationId}
              keyText={hasKey ? (key.data?.key ?? null) : null}
            />
          )}
        </Stack>
      )}
    </section>
  );
}

/** The device's own: of an individual enrolment its primary key, of a group the one derived from the group's. */
function useDeviceKey({ kind, id, attestation }: EnrollmentView) {
  const navigate = route.useNavigate();
  return useMutation({
    mutationFn: async (registrationId: string): Promise<{ registrationId: string; key: string | null }> => {
      if (attestation !== 'symmetricKey') return { registrationId, key: null };
      const { primaryKey } =
        kind === 'individual'
          ? await provisioningClient.keys(kind, id)
          : await provisioningClient.deviceKeys(id, registrationId);
      return { registrationId, key: primaryKey };
    },
    onSuccess: ({ registrationId }) => {
      if (kind === 'group') void navigate({ search: (old) => ({ ...old, device: registrationId }), replace: true });
    },
  });
}

interface DeviceIdFormProps {
  readonly hasKey: boolean;
  readonly isPending: boolean;
  readonly onId: (registrationId: string) => void;
}

function DeviceIdForm({ hasKey, isPending, onId }: DeviceIdFormProps) {
  const { device = '' } = route.useSearch();
  const [typed, setTyped] = useState(device);
  const isGood = isEnrollmentId(typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isGood) onId(typed);
  };
  return (
    <form onSubmit={submit} noValidate className={classes.idForm}>
      <TextInput
        label="Registration id of the device"
        description={
          hasKey ? 'Any you like; its key is derived from it.' : "The common name of the device's certificate."
        }
        spellCheck={false}
        maxLength={LIMITS.ID_CHARACTERS_MAX}
        value={typed}
        error={typed === '' || isGood ? null : ID_RULE}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!isGood} loading={isPending}>
        {hasKey ? 'Make its key' : 'Show its programs'}
      </Button>
    </form>
  );
}
