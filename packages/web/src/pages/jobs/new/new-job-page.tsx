import { Button, Group, NumberInput, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { LIMITS } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { jobsClient } from '../../../api/jobs-client.ts';
import { ConditionField } from '../../../editor/condition-field.tsx';
import { LabelledJson } from '../../../editor/labelled-json.tsx';
import { useFleetStream } from '../../../live/use-device-feed.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { DetailHead } from '../../../ui/detail-head.tsx';
import { notify } from '../../../ui/notify.ts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import classes from '../jobs.module.css';
import { type JobDraft, readJobDraft } from './job-draft.ts';
import { useTargetCount } from './use-target-count.ts';

const route = getRouteApi('/shell/jobs/new');
const MINUTES_DEFAULT = LIMITS.JOB_SECONDS_DEFAULT / 60;

/** Asks what to do to which devices, and when. */
export function NewJobPage() {
  usePageTitle('New job', 'Jobs');
  useFleetStream();
  const { condition = '*', kind = 'twins' } = route.useSearch();
  const [draft, setDraft] = useState<JobDraft>({
    kind,
    jobId: '',
    condition,
    tags: '',
    desired: '',
    methodName: '',
    payload: '',
    connectSeconds: 0,
    responseSeconds: 30,
    startAt: '',
    minutesMax: MINUTES_DEFAULT,
  });
  const [isTold, setTold] = useState(false);
  const change = (part: Partial<JobDraft>) => setDraft((old) => ({ ...old, ...part }));
  const targets = useTargetCount(draft.condition);
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const read = readJobDraft(draft);
  const create = useMutation({
    mutationFn: jobsClient.create,
    onSuccess: async (job) => {
      await queryClient.invalidateQueries({ queryKey: ['jobs'] });
      notify(`${job.jobId} is made`);
      await navigate({ to: '/jobs/$jobId', params: { jobId: job.jobId } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTold(true);
    if (read.ok && targets.verdict?.isGood !== false) create.mutate(read.job);
  };
  const problem = isTold && !read.ok ? read : null;
  const errorOf = (field: string) => (problem?.field === field ? problem.message : null);
  return (
    <Stack gap="md">
      <DetailHead crumb={<Link to="/jobs">Jobs</Link>} title="New job" />
      <form onSubmit={submit} noValidate className={`card ${classes.form}`}>
        {create.error !== null && <ProblemAlert error={create.error} />}
        <SegmentedControl
          classNames={{ label: 'segment' }}
          aria-label="What to do"
          value={draft.kind}
          data={[
            { value: 'twins', label: 'Change twins' },
            { value: 'method', label: 'Call a method' },
          ]}
          onChange={(value) => change({ kind: value === 'method' ? 'method' : 'twins' })}
        />
        <ConditionField
          label="Devices"
          description="A condition as after WHERE of a query; * is all devices; “from devices.modules where …” is modules."
          hint="tags.site = 'north'"
          text={draft.condition}
          onText={(text) => change({ condition: text })}
          verdict={
            errorOf('condition') === null ? targets.verdict : { isGood: false, words: errorOf('condition') ?? '' }
          }
          mistake={targets.mistake}
        />
        {draft.kind === 'twins' ? (
          <TwinFields draft={draft} onChange={change} errorOf={errorOf} />
        ) : (
          <MethodFields draft={draft} onChange={change} errorOf={errorOf} />
        )}
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            type="datetime-local"
            label="Begins"
            description="In your time; empty is now."
            value={draft.startAt}
            onChange={(event) => change({ startAt: event.currentTarget.value })}
          />
          <NumberInput
            label="At most, minutes"
            description="Devices without a turn by then are left alone."
            min={1}
            max={LIMITS.JOB_SECONDS_MAX / 60}
            value={draft.minutesMax}
            onChange={(value) => change({ minutesMax: Number(value) || MINUTES_DEFAULT })}
          />
          <TextInput
            label="Job id"
            description="Made when empty."
            spellCheck={false}
            value={draft.jobId}
            onChange={(event) => change({ jobId: event.currentTarget.value })}
          />
        </Group>
        <Group justify="flex-end">
          <ButtonLink to="/jobs" variant="default">
            Cancel
          </ButtonLink>
          <Button type="submit" loading={create.isPending}>
            {buttonWords(draft, targets.count)}
          </Button>
        </Group>
      </form>
    </Stack>
  );
}

/** Says how many, so that nobody changes ten thousand by mistake. */
function buttonWords({ kind, startAt }: JobDraft, count: number | null): string {
  const deed = kind === 'twins' ? 'Change' : 'Call';
  const many = count === null ? '' : ` ${count.toLocaleString('en')} ${count === 1 ? 'device' : 'devices'}`;
  return startAt === '' ? `${deed}${many} now` : `Schedule for${many || ' later'}`;
}

interface FieldsProps {
  readonly draft: JobDraft;
  readonly onChange: (part: Partial<JobDraft>) => void;
  readonly errorOf: (field: string) => string | null;
}

function TwinFields({ draft, onChange, errorOf }: FieldsProps) {
  return (
    <>
      <LabelledJson
        label="Tags"
        description={'Merged into the tags: what is named changes, null removes. {"site": "north"}'}
        text={draft.tags}
        onText={(tags) => onChange({ tags })}
        error={errorOf('tags')}
      />
      <LabelledJson
        label="Desired properties"
        description={'Merged likewise, and told to the devices. {"interval": 10}'}
        text={draft.desired}
        onText={(desired) => onChange({ desired })}
        error={errorOf('desired')}
      />
    </>
  );
}

function MethodFields({ draft, onChange, errorOf }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Method"
        spellCheck={false}
        maxLength={LIMITS.METHOD_NAME_CHARACTERS_MAX}
        value={draft.methodName}
        onChange={(event) => onChange({ methodName: event.currentTarget.value })}
        error={errorOf('methodName')}
      />
      <LabelledJson
        label="Payload"
        description="Any JSON; empty is none."
        text={draft.payload}
        onText={(payload) => onChange({ payload })}
        error={errorOf('payload')}
      />
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <NumberInput
          label="Wait for an answer, seconds"
          min={5}
          max={300}
          value={draft.responseSeconds}
          onChange={(value) => onChange({ responseSeconds: Number(value) || 30 })}
        />
        <NumberInput
          label="Wait for a device to connect, seconds"
          min={0}
          max={300}
          value={draft.connectSeconds}
          onChange={(value) => onChange({ connectSeconds: Number(value) || 0 })}
        />
      </Group>
    </>
  );
}
