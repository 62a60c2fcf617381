import { ActionIcon, Alert, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconCheck, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { JsonObject, TemplateView } from '@viaduct/contracts';
import { type FormEvent, Fragment, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { ConsoleRefusal } from '../../../api/request.ts';
import { interfaceQuery } from '../../../api/templates-client.ts';
import { notifyProblem } from '../../../ui/notify.ts';
import { FaultList } from '../fault-list.tsx';
import classes from '../models.module.css';
import { isObject, localText, textOf, typesOf, versionOf } from './dtdl.ts';
import { NEW_CAPABILITY } from './edit-element.ts';
import {
  addBase,
  basesOf,
  elementsOf,
  faultsOfWhole,
  interfaceAt,
  modelOf,
  nameInterface,
  newInterface,
  type Part,
  putElement,
  removeBase,
  separatePart,
  sharedWith,
} from './edit-model.ts';
import { FaultLines } from './fault-lines.tsx';
import { InterfaceField } from './interface-field.tsx';
import { addId, editId, InheritedCard, type Open, PartCard } from './part-card.tsx';
import { type Change, type Design, useDesign } from './use-design.ts';
import { useFaults } from './use-faults.ts';

/** A model under one's hands: the device itself, its components, what it inherits. Each step is saved as the draft, and can be undone. */
export function ModelDesigner({ template }: { readonly template: TemplateView }) {
  const [open, setOpen] = useState<Open | null>(null);
  const design = useDesign(template, open !== null);
  const { document } = design;
  /** The document as it would be with what stands in the form. */
  const [candidate, setCandidate] = useState<JsonObject | null>(null);
  const faults = useFaults(open === null ? document : (candidate ?? document));
  const known = useKnownInterface();
  const focusOn = useFocus();
  const model = modelOf(document);
  const version = versionOf(model);
  const show = (next: Open | null) => {
    if (open !== null && next === null) focusOn(nearButton(open, document));
    setCandidate(null);
    setOpen(next);
  };
  const apply = (change: Change, focus?: string) => {
    design.apply(change);
    setCandidate(null);
    setOpen(null);
    if (focus !== undefined) focusOn(focus);
  };
  const put = async ({ part, index }: Open, element: JsonObject) => {
    const whole = await withInterface(document, element, known);
    apply((now) => putElement(now, part, index, whole), editId(part, index));
  };
  const partProps = (part: Part) => ({
    ...{ part, document, version, faults, open, initial: NEW_CAPABILITY },
    onOpen: show,
    onCandidate: setCandidate,
    onDocument: apply,
    onElement: (element: JsonObject) => void put(open ?? { part, index: 0 }, element).catch(notifyProblem),
  });
  const components = elementsOf(model).flatMap((element, index) =>
    typesOf(element).includes('Component') ? [{ element, index }] : [],
  );
  return (
    // Keys of the whole designer; every one of them has a button as well.
    <Stack gap="md" onKeyDown={(event) => undoByKey(event, design)}>
      <DesignBar design={design} />
      <FaultLines faults={faultsOfWhole(faults)} />
      <PartCard title="Device" model={model} {...partProps(null)}>
        <NameForm
          key={textOf(model['@id'])}
          model={model}
          onName={(...names) => apply((now) => nameInterface(now, null, ...names))}
        />
      </PartCard>
      {components.map(({ element, index }) => {
        const inner = interfaceAt(document, index);
        const title = localText(element.displayName) || textOf(element.name);
        if (inner === undefined) return <NamedOnly key={title} title={title} modelId={textOf(element.schema)} />;
        const shared = sharedWith(document, index);
        return (
          <Fragment key={textOf(element.name)}>
            <PartCard title={title} model={inner} {...partProps(index)}>
              {shared.length > 0 && (
                <Group gap="xs">
                  <Text size="sm">Also of {shared.join(', ')}: what changes here changes there.</Text>
                  <Button size="compact-xs" variant="default" onClick={() => apply((now) => separatePart(now, index))}>
                    Make {title} its own
                  </Button>
                </Group>
              )}
            </PartCard>
            {inherited(inner, null)}
          </Fragment>
        );
      })}
      {inherited(model, (index) => apply((now) => removeBase(now, index)))}
      <BaseForm
        onBase={(modelId) =>
          void known(modelId)
            .then((found) => apply((now) => addBase(now, found ?? modelId)))
            .catch(notifyProblem)
        }
      />
    </Stack>
  );
}

/** What an interface inherits, a card each. @param onRemove null where it is not to be changed here */
function inherited(model: JsonObject, onRemove: ((index: number) => void) | null) {
  return basesOf(model).map(({ way: [index = 0, ...further], modelId, document }) => (
    <InheritedCard
      key={[modelId, index, ...further].join(' ')}
      title={localText(document?.displayName) || modelId}
      model={document ?? { '@id': modelId }}
    >
      {onRemove !== null && further.length === 0 && (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconTrash size={14} />}
          onClick={() => onRemove(index)}
        >
          Inherit it no more
        </Button>
      )}
    </InheritedCard>
  ));
}

/** How it stands with the draft, and the way back. */
function DesignBar({ design }: { readonly design: Design }) {
  const { canUndo, canRedo, isSaved, isSaving, error } = design;
  const isOvertaken = error instanceof ConsoleRefusal && error.code === 'etag.mismatch';
  return (
    <>
      <Group gap="xs">
        <ActionIcon
          variant="default"
          size={30}
          disabled={!canUndo}
          aria-label="Undo"
          aria-keyshortcuts="Control+Z"
          onClick={design.undo}
        >
          <IconArrowBackUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={30}
          disabled={!canRedo}
          aria-label="Redo"
          aria-keyshortcuts="Control+Shift+Z"
          onClick={design.redo}
        >
          <IconArrowForwardUp size={16} />
        </ActionIcon>
        <Text size="sm" role="status">
          {isSaving
            ? 'Saving…'
            : isSaved
              ? canUndo || canRedo
                ? 'Saved as a draft'
                : 'Each step is saved as a draft'
              : 'Not saved'}
        </Text>
      </Group>
      {isOvertaken && (
        <Alert color="yellow" variant="light" role="alert" title="Somebody else changed this model">
          <Text size="sm">
            Your last step is not saved. Either what you see replaces what they saved, or you begin from theirs.
          </Text>
          <Group gap="xs" mt="xs">
            <Button size="xs" onClick={design.keepMine}>
              Keep what I see
            </Button>
            <Button size="xs" variant="default" onClick={design.takeTheirs}>
              Take theirs
            </Button>
          </Group>
        </Alert>
      )}
      {error !== null && !isOvertaken && (
        <div>
          <FaultList error={error} />
          <Button size="xs" mt="xs" variant="default" onClick={design.keepMine}>
            Save again
          </Button>
        </div>
      )}
    </>
  );
}

interface NameFormProps {
  readonly model: JsonObject;
  readonly onName: (displayName: string, description: string) => void;
}

function NameForm({ model, onName }: NameFormProps) {
  const before = { displayName: localText(model.displayName), description: localText(model.description) };
  const [draft, setDraft] = useState<typeof before | null>(null);
  const { displayName, description } = draft ?? before;
  const isChanged = displayName !== before.displayName || description !== before.description;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onName(displayName.trim(), description.trim());
    setDraft(null);
  };
  return (
    <form onSubmit={submit} className={classes.form} aria-label="Name of the model">
      <TextInput
        label="Model name"
        value={displayName}
        maxLength={64}
        onChange={(event) => setDraft({ displayName: event.currentTarget.value, description })}
      />
      <Textarea
        label="What it is"
        autosize
        minRows={1}
        maxLength={512}
        value={description}
        onChange={(event) => setDraft({ displayName, description: event.currentTarget.value })}
      />
      {isChanged && (
        <Button type="submit" size="xs" leftSection={<IconCheck size={14} />} disabled={displayName.trim() === ''}>
          Save name
        </Button>
      )}
    </form>
  );
}

/** A component whose interface the document only names. */
function NamedOnly({ title, modelId }: { readonly title: string; readonly modelId: string }) {
  return (
    <section className="card" aria-label={title}>
      <h2 className={classes.partTitle}>
        {title} <span className={`${classes.quiet} ${classes.id} mono`}>{modelId}</span>
      </h2>
      <Text size="sm">
        It is written in place when the model is published; choose it again to change what is in it.
      </Text>
    </section>
  );
}

function BaseForm({ onBase }: { readonly onBase: (modelId: string) => void }) {
  const [modelId, setModelId] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onBase(modelId.trim());
    setModelId('');
  };
  return (
    <form onSubmit={submit} className={`card ${classes.form}`} aria-label="Inherit">
      <InterfaceField
        label="Inherits from"
        description="What that interface has, this model has, too"
        value={modelId}
        onValue={setModelId}
      />
      <Group justify="flex-end">
        <Button type="submit" size="xs" variant="default" disabled={modelId.trim() === ''}>
          Inherit
        </Button>
      </Group>
    </form>
  );
}

type FindInterface = (modelId: string) => Promise<JsonObject | undefined>;

/** An interface with everything in place; undefined for one that nobody here knows. */
function useKnownInterface(): FindInterface {
  const queryClient = useQueryClient();
  return async (modelId) => {
    try {
      return (await queryClient.fetchQuery(interfaceQuery(modelId))).document ?? undefined;
    } catch (thrown) {
      if (thrown instanceof ConsoleRefusal && thrown.code === 'model.notFound') return undefined;
      throw thrown;
    }
  };
}

/** A component's interface is written in place: a new one, or one that is known; one that is not stays a name, and a fault says so. */
async function withInterface(document: JsonObject, element: JsonObject, known: FindInterface): Promise<JsonObject> {
  if (!typesOf(element).includes('Component') || isObject(element.schema)) return element;
  const modelId = textOf(element.schema);
  if (modelId === '') return { ...element, schema: newInterface(document, textOf(element.name)) };
  return { ...element, schema: (await known(modelId)) ?? modelId };
}

function nearButton({ part, index }: Open, document: JsonObject): string {
  const count = elementsOf(interfaceAt(document, part) ?? {}).length;
  return index < count ? editId(part, index) : addId(part);
}

/** Moves the focus once the page is drawn anew: a form that closes takes it along. */
function useFocus(): (id: string) => void {
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    const { current } = wanted;
    wanted.current = null;
    if (current !== null) globalThis.document.getElementById(current)?.focus();
  });
  return (id) => {
    wanted.current = id;
  };
}

/** Within a text, undoing is the browser's. */
function undoByKey(event: KeyboardEvent, design: Design): void {
  const isTyping = event.target instanceof HTMLElement && /^(?:INPUT|TEXTAREA)$/.test(event.target.tagName);
  if (isTyping || !(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  if (key !== 'z' && key !== 'y') return;
  event.preventDefault();
  if (key === 'y' || event.shiftKey) design.redo();
  else design.undo();
}
