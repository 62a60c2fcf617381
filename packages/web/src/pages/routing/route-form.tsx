import { Button, Group, Select, Switch, TextInput } from '@mantine/core';
import { LIMITS, ROUTE_SOURCES, type Route, type RoutingView } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { ConditionField } from '../../editor/condition-field.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { EndpointChoice } from './endpoint-choice.tsx';
import { messageVocabulary } from './message-vocabulary.ts';
import { RouteTrial } from './route-trial.tsx';
import classes from './routing.module.css';
import { isRoutingName, SOURCE_WORDS } from './routing-words.ts';
import { useMatchCount } from './use-route-trial.ts';

interface RouteFormProps {
  readonly view: RoutingView;
  readonly initial: Route;
  readonly isNew: boolean;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSubmit: (route: Route) => void;
}

/** What it takes and to whom; and beside it what it would have taken, before anything is saved. */
export function RouteForm({ view, initial, isNew, error, isPending, onSubmit }: RouteFormProps) {
  const [draft, setDraft] = useState(initial);
  const change = (part: Partial<Route>) => setDraft((old) => ({ ...old, ...part }));
  const matches = useMatchCount(draft.source, draft.condition);
  const isNameFree = !isNew || !view.routes.some(({ name }) => name.toLowerCase() === draft.name.toLowerCase());
  const isNameGood = isRoutingName(draft.name) && isNameFree;
  const isReady = isNameGood && draft.endpointNames.length > 0 && matches.verdict?.isGood !== false;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onSubmit({ ...draft, condition: draft.condition.trim() });
  };
  return (
    <div className={classes.columns}>
      <form onSubmit={submit} noValidate className={`card ${classes.form}`}>
        {error !== null && <ProblemAlert error={error} />}
        {isNew && (
          <TextInput
            label="Name"
            description="What to call it: “alarms”, “archive-north”."
            spellCheck={false}
            maxLength={LIMITS.ROUTING_NAME_CHARACTERS_MAX}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            error={nameError(draft.name, isNameFree)}
          />
        )}
        <Select
          label="Takes"
          data={ROUTE_SOURCES.map((value) => ({ value, label: SOURCE_WORDS[value] }))}
          allowDeselect={false}
          value={draft.source}
          onChange={(value) => {
            const source = ROUTE_SOURCES.find((candidate) => candidate === value);
            if (source !== undefined) change({ source });
          }}
        />
        <ConditionField
          label="Condition"
          description="true takes everything. Else: properties by name, $body.temperature, $twin.tags.site."
          hint="$body.temperature > 30"
          text={draft.condition}
          onText={(condition) => change({ condition })}
          verdict={matches.verdict}
          mistake={matches.mistake}
          adapt={messageVocabulary}
        />
        <EndpointChoice
          view={view}
          chosen={draft.endpointNames}
          onChosen={(endpointNames) => change({ endpointNames })}
        />
        <Switch
          label="In force"
          description="Off, it stays as it is and takes nothing."
          checked={draft.isEnabled}
          onChange={(event) => change({ isEnabled: event.currentTarget.checked })}
        />
        <Group justify="flex-end">
          <ButtonLink to="/routing" variant="default">
            Cancel
          </ButtonLink>
          <Button type="submit" disabled={!isReady} loading={isPending}>
            Save route
          </Button>
        </Group>
      </form>
      <RouteTrial source={draft.source} condition={draft.condition} matches={matches} />
    </div>
  );
}

function nameError(name: string, isFree: boolean): string | null {
  if (name === '') return null;
  if (!isRoutingName(name)) return 'Only A-Z a-z 0-9 and . _ -';
  return isFree ? null : 'There is a route of this name already';
}
