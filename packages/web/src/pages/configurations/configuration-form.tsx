import { Button, Group, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { type ConfigurationKind, LIMITS } from '@viaduct/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ConditionField } from '../../editor/condition-field.tsx';
import { LabelledJson } from '../../editor/labelled-json.tsx';
import { PairsField } from '../../ui/pairs-field.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { type ConfigurationDraft, contentOf, isConfigurationId } from './configuration-draft.ts';
import { CONDITION_TEMPLATES, CONTENT_TEMPLATES, KIND_WORDS } from './configuration-words.ts';
import classes from './configurations.module.css';
import { useTrial } from './use-trial.ts';

interface ConfigurationFormProps {
  readonly initial: ConfigurationDraft;
  /** Id and content are settled once a configuration is made. */
  readonly isNew: boolean;
  readonly action: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSubmit: (draft: ConfigurationDraft) => void;
  /** The button that leads away. */
  readonly cancel: ReactNode;
}

/** What, on which devices, and how one sees that it works; with a dry run as one types. */
export function ConfigurationForm(props: ConfigurationFormProps) {
  const { initial, isNew, action, error, isPending, onSubmit, cancel } = props;
  const [draft, setDraft] = useState(initial);
  const change = (part: Partial<ConfigurationDraft>) => setDraft((old) => ({ ...old, ...part }));
  const { trial, verdict, mistake } = useTrial(draft);
  const isIdGood = !isNew || isConfigurationId(draft.id);
  const isReady = isIdGood && contentOf(draft) !== undefined && verdict?.isGood !== false;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onSubmit(draft);
  };
  return (
    <form onSubmit={submit} noValidate className={`card ${classes.form}`}>
      {error !== null && <ProblemAlert error={error} />}
      {isNew && (
        <>
          <TextInput
            label="Id"
            description="Lower case letters, figures and - + % _ * ! '"
            spellCheck={false}
            maxLength={LIMITS.CONFIGURATION_ID_CHARACTERS_MAX}
            value={draft.id}
            onChange={(event) => change({ id: event.currentTarget.value })}
            error={draft.id === '' || isIdGood ? null : "Only a-z 0-9 and - + % _ * ! '"}
          />
          <KindChoice onKind={(kind) => change(templateOf(kind))} />
          <LabelledJson
            label="Content"
            description="The paths that are set, and to what. It cannot be changed later: make a copy for that."
            tall
            text={draft.content}
            onText={(content) => change({ content })}
            error={trial?.contentError ?? null}
          />
        </>
      )}
      <ConditionField
        label="Target condition"
        description="As after WHERE of a query; * is all devices, empty is none for now."
        hint="tags.site = 'north'"
        text={draft.targetCondition}
        onText={(targetCondition) => change({ targetCondition })}
        verdict={verdict}
        mistake={mistake}
      />
      <NumberInput
        label="Priority"
        description="Where two configurations set the same property, the higher one wins."
        min={0}
        max={LIMITS.CONFIGURATION_PRIORITY_MAX}
        value={draft.priority}
        onChange={(value) => change({ priority: Number(value) || 0 })}
      />
      <PairsField
        label="Labels"
        description="For people: who made it, what for."
        noun="label"
        pairs={draft.labels}
        onPairs={(labels) => change({ labels })}
      />
      <PairsField
        label="Metrics"
        description="Queries whose rows are counted: how many devices report that it works?"
        noun="metric"
        nameHint="name"
        valueHint="SELECT deviceId FROM devices WHERE …"
        pairs={draft.metrics}
        onPairs={(metrics) => change({ metrics })}
        errors={trial?.metricErrors ?? {}}
      />
      <Group justify="flex-end">
        {cancel}
        <Button type="submit" disabled={!isReady} loading={isPending}>
          {action}
        </Button>
      </Group>
    </form>
  );
}

const KINDS = Object.keys(KIND_WORDS) as ConfigurationKind[];

/** Puts an example in the place of content and condition. */
function KindChoice({ onKind }: { readonly onKind: (kind: ConfigurationKind) => void }) {
  const [kind, setKind] = useState<ConfigurationKind>('device');
  return (
    <SegmentedControl
      classNames={{ label: 'segment' }}
      aria-label="For"
      value={kind}
      data={KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
      onChange={(value) => {
        const wanted = KINDS.find((candidate) => candidate === value) ?? 'device';
        setKind(wanted);
        onKind(wanted);
      }}
    />
  );
}

/** A content to begin with, and a condition that goes with it. */
export function templateOf(kind: ConfigurationKind): Pick<ConfigurationDraft, 'content' | 'targetCondition'> {
  return { content: JSON.stringify(CONTENT_TEMPLATES[kind], null, 2), targetCondition: CONDITION_TEMPLATES[kind] };
}
