import { Button, Checkbox, Group, Radio, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type AttestationView, LIMITS } from '@viaduct/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { hubsQuery, policiesQuery } from '../../api/provisioning-client.ts';
import { LabelledJson } from '../../editor/labelled-json.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { type EnrollmentDraft, missing, objectOf } from './enrollment-draft.ts';
import { ALLOCATION_CHOICES, ID_RULE, isEnrollmentId } from './enrollment-words.ts';
import { ProofChoice } from './proof-choice.tsx';
import classes from './provisioning.module.css';

interface EnrollmentFormProps {
  readonly initial: EnrollmentDraft;
  /** Of one that exists: how devices prove themselves now. */
  readonly current?: AttestationView['kind'];
  readonly action: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSubmit: (draft: EnrollmentDraft) => void;
  /** The button that leads away. */
  readonly cancel: ReactNode;
}

interface PartProps {
  readonly draft: EnrollmentDraft;
  readonly change: (part: Partial<EnrollmentDraft>) => void;
}

/** Whom it lets in, in two fields; everything else has a default and is behind one line. */
export function EnrollmentForm(props: EnrollmentFormProps) {
  const { initial, current, action, error, isPending, onSubmit, cancel } = props;
  const [draft, setDraft] = useState(initial);
  const change = (part: Partial<EnrollmentDraft>) => setDraft((old) => ({ ...old, ...part }));
  const why = missing(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (why === undefined) onSubmit(draft);
  };
  return (
    <form onSubmit={submit} noValidate className={`card ${classes.form}`}>
      {error !== null && <ProblemAlert error={error} />}
      {current === undefined && <IdField draft={draft} change={change} />}
      <ProofChoice draft={draft} {...(current === undefined ? {} : { current })} onChange={change} />
      <details className={classes.more} open={current !== undefined}>
        <summary>More: hub, coming back, twin, IoT Edge, issued certificates</summary>
        <Stack gap="md" mt="md">
          <HubFields draft={draft} change={change} />
          <ReturnField draft={draft} change={change} />
          <TwinFields draft={draft} change={change} />
          <PolicyField draft={draft} change={change} />
        </Stack>
      </details>
      <Group justify="flex-end">
        {why !== undefined && draft.id !== '' && <span className={classes.why}>{why}</span>}
        {cancel}
        <Button type="submit" disabled={why !== undefined} loading={isPending}>
          {action}
        </Button>
      </Group>
    </form>
  );
}

function IdField({ draft: { kind, id }, change }: PartProps) {
  return (
    <TextInput
      label={kind === 'group' ? 'Group id' : 'Registration id'}
      description={
        kind === 'group'
          ? `A name of yours, such as a product or a site. ${ID_RULE}.`
          : `What the device calls itself, and its device id here. ${ID_RULE}.`
      }
      spellCheck={false}
      maxLength={LIMITS.ID_CHARACTERS_MAX}
      value={id}
      error={id === '' || isEnrollmentId(id) ? null : ID_RULE}
      onChange={(event) => change({ id: event.currentTarget.value })}
    />
  );
}

/** To which hub; with one hub there is nothing to choose but a webhook. */
function HubFields({ draft, change }: PartProps) {
  const hubs = useQuery(hubsQuery);
  const names = hubs.data?.map(({ hostName }) => hostName) ?? [];
  const choices = [{ value: '', label: 'As this server is set' }, ...ALLOCATION_CHOICES];
  return (
    <>
      <Select
        label="Which hub a device gets"
        allowDeselect={false}
        data={choices}
        value={draft.allocationPolicy}
        onChange={(value) => {
          const chosen = ALLOCATION_CHOICES.find((each) => each.value === value);
          const isOnly = chosen?.value === 'static' && names.length === 1;
          change({ allocationPolicy: chosen?.value ?? '', ...(isOnly ? { hubs: names } : {}) });
        }}
      />
      {draft.allocationPolicy === 'custom' && (
        <TextInput
          label="URL of the webhook"
          description="It is asked with each registration, and answers which hub."
          spellCheck={false}
          placeholder="https://…"
          value={draft.webhookUrl}
          onChange={(event) => change({ webhookUrl: event.currentTarget.value })}
        />
      )}
      {(names.length > 1 || draft.hubs.length > 0) && (
        <Checkbox.Group
          label="Among these hubs"
          description="None ticked: all linked hubs."
          value={[...draft.hubs]}
          onChange={(chosen) => change({ hubs: chosen })}
        >
          <Stack gap={6} mt={6}>
            {[...new Set([...names, ...draft.hubs])].map((name) => (
              <Checkbox key={name} value={name} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </>
  );
}

function ReturnField({ draft, change }: PartProps) {
  return (
    <Radio.Group
      label="A device that comes back"
      value={draft.onReturn}
      onChange={(value) => change({ onReturn: value === 'stay' || value === 'moveAnew' ? value : 'move' })}
    >
      <Stack gap={6} mt={6}>
        <Radio value="move" label="may be given another hub, and its twin goes with it" />
        <Radio value="moveAnew" label="may be given another hub, and its twin begins anew" />
        <Radio value="stay" label="stays with the hub it has" />
      </Stack>
    </Radio.Group>
  );
}

function TwinFields({ draft, change }: PartProps) {
  return (
    <>
      {draft.kind === 'individual' && (
        <TextInput
          label="Device id"
          description="Empty: the registration id."
          spellCheck={false}
          maxLength={LIMITS.ID_CHARACTERS_MAX}
          value={draft.deviceId}
          onChange={(event) => change({ deviceId: event.currentTarget.value })}
        />
      )}
      <LabelledJson
        label="Tags of a new device"
        description="Written once, when the device is made."
        text={draft.tags}
        onText={(tags) => change({ tags })}
        error={objectOf(draft.tags) === undefined ? 'This is no JSON object.' : null}
      />
      <LabelledJson
        label="Desired properties of a new device"
        description="The same for its twin."
        text={draft.desired}
        onText={(desired) => change({ desired })}
        error={objectOf(draft.desired) === undefined ? 'This is no JSON object.' : null}
      />
      <Switch
        label="IoT Edge device"
        checked={draft.isEdge}
        onChange={(event) => change({ isEdge: event.currentTarget.checked })}
      />
    </>
  );
}

function PolicyField({ draft, change }: PartProps) {
  const { data } = useQuery(policiesQuery);
  return (
    <Select
      label="Issue certificates by"
      description="To devices that send a request for one. Policies are on the Certificates page."
      allowDeselect={false}
      data={[
        { value: '', label: 'No policy: none are issued' },
        ...(data?.policies ?? []).map(({ name, validityDays }) => ({
          value: name,
          label: `${name} (${validityDays} days)`,
        })),
      ]}
      value={draft.credentialPolicy}
      onChange={(value) => change({ credentialPolicy: value ?? '' })}
    />
  );
}
