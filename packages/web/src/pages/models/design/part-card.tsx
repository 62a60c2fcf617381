import { ActionIcon, Button } from '@mantine/core';
import { IconAlertTriangle, IconPencil, IconPlus } from '@tabler/icons-react';
import type { JsonObject, ModelFault } from '@viaduct/contracts';
import type { ReactNode } from 'react';
import tables from '../../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../../ui/data-table.tsx';
import classes from '../models.module.css';
import { isObject, listOf, localText, textOf, versionOf } from './dtdl.ts';
import { isForeign, kindOf, meaningOf } from './edit-element.ts';
import { elementsOf, faultsWithin, moveElement, type Part, pathOf, putElement, removeElement } from './edit-model.ts';
import { schemaKind } from './edit-schema.ts';
import { ElementForm, KIND_WORDS } from './element-form.tsx';
import { FaultLines } from './fault-lines.tsx';
import { ItemButtons } from './item-buttons.tsx';
import type { Change } from './use-design.ts';

/** The capability in the form: `contents.length` for a new one. */
export interface Open {
  readonly part: Part;
  readonly index: number;
}

interface PartCardProps {
  readonly title: string;
  readonly part: Part;
  readonly model: JsonObject;
  readonly document: JsonObject;
  /** Of the model that it belongs to. */
  readonly version: number;
  readonly faults: readonly ModelFault[];
  readonly open: Open | null;
  readonly initial: JsonObject;
  /** What stands in the head, beside the title. */
  readonly children?: ReactNode;
  readonly onOpen: (open: Open | null) => void;
  readonly onCandidate: (document: JsonObject) => void;
  readonly onDocument: (change: Change, focus?: string) => void;
  readonly onElement: (element: JsonObject) => void;
}

/** The capabilities of the device itself, or of one component: added, changed, moved and removed. */
export function PartCard(props: PartCardProps) {
  const { title, part, model, document, faults, open, initial, children, onOpen, onCandidate, onElement } = props;
  const elements = elementsOf(model);
  const openAt = open !== null && open.part === part ? open.index : null;
  const form = (index: number) => (
    <ElementForm
      key={index}
      initial={elements[index] ?? initial}
      taken={elements.filter((_, other) => other !== index).map(({ name }) => textOf(name))}
      isOfComponent={part !== null}
      version={model['@context'] === undefined ? props.version : versionOf(model)}
      shared={listOf(model.schemas).filter(isObject)}
      action={index < elements.length ? 'Save capability' : part === null ? 'Add capability' : `Add to ${title}`}
      faults={faultsWithin(faults, pathOf(part, index))}
      onChange={(element) => onCandidate(putElement(document, part, index, element))}
      onSubmit={onElement}
      onCancel={() => onOpen(null)}
    />
  );
  return (
    <section className={`card ${tables.frame}`} aria-label={title}>
      <div className={classes.partHead}>
        <h2 className={classes.partTitle}>
          {title}{' '}
          {part !== null && <span className={`${classes.quiet} ${classes.id} mono`}>{textOf(model['@id'])}</span>}
        </h2>
        {children}
      </div>
      <DataTable columns={['Capability', { title: 'Kind', isWide: true }, ACTIONS]}>
        {elements.map((element, index) => (
          <tr key={keyOf(elements, index)}>
            {openAt === index ? (
              <td colSpan={3}>{form(index)}</td>
            ) : (
              <ElementCells {...props} element={element} index={index} count={elements.length} />
            )}
          </tr>
        ))}
      </DataTable>
      <div className={classes.partFoot}>
        {openAt === elements.length ? (
          form(openAt)
        ) : (
          <Button
            id={addId(part)}
            size="xs"
            variant={part === null ? 'filled' : 'default'}
            leftSection={<IconPlus size={14} />}
            onClick={() => onOpen({ part, index: elements.length })}
          >
            {part === null ? 'Add capability' : `Add to ${title}`}
          </Button>
        )}
      </div>
    </section>
  );
}

interface ElementCellsProps extends PartCardProps {
  readonly element: JsonObject;
  readonly index: number;
  readonly count: number;
}

function ElementCells({ element, index, count, part, faults, onOpen, onDocument }: ElementCellsProps) {
  const name = textOf(element.name) || `capability ${index + 1}`;
  const own = faultsWithin(faults, pathOf(part, index));
  const words = wordsOf(element);
  return (
    <>
      <th scope="row">
        {own.length > 0 && <IconAlertTriangle size={14} className={classes.faulty} aria-label="Has a fault" />}
        <strong>{localText(element.displayName) || name}</strong>{' '}
        <span className={`${classes.quiet} ${classes.id} mono`}>{name}</span>
        <div className={classes.narrow}>{words}</div>
        <FaultLines faults={own} />
      </th>
      <td data-wide>{words}</td>
      <td data-actions>
        <ItemButtons
          name={name}
          isFirst={index === 0}
          isLast={index === count - 1}
          onMove={(by) => onDocument((now) => moveElement(now, part, index, by), editId(part, index + by))}
          onRemove={() => onDocument((now) => removeElement(now, part, index), addId(part))}
        >
          {!isForeign(element) && (
            <ActionIcon
              id={editId(part, index)}
              variant="default"
              size={26}
              aria-label={`Edit ${name}`}
              onClick={() => onOpen({ part, index })}
            >
              <IconPencil size={14} />
            </ActionIcon>
          )}
        </ItemButtons>
      </td>
    </>
  );
}

/** What a model inherits: read, not changed here. */
export function InheritedCard({
  title,
  model,
  children,
}: {
  readonly title: string;
  readonly model: JsonObject;
  readonly children?: ReactNode;
}) {
  return (
    <section className={`card ${tables.frame}`} aria-label={title}>
      <div className={classes.partHead}>
        <h2 className={classes.partTitle}>
          {title} <span className={`${classes.quiet} ${classes.id} mono`}>{textOf(model['@id'])}</span>
        </h2>
        {children}
      </div>
      <DataTable columns={['Inherited capability', 'Kind']}>
        {elementsOf(model).map((element, index, elements) => (
          <tr key={keyOf(elements, index)}>
            <th scope="row">
              <strong>{localText(element.displayName) || textOf(element.name)}</strong>{' '}
              <span className={`${classes.quiet} mono`}>{textOf(element.name)}</span>
            </th>
            <td>{wordsOf(element)}</td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

/** "Telemetry, double, Temperature in degreeCelsius". */
function wordsOf(element: JsonObject): string {
  if (isForeign(element)) return listOf(element['@type']).join(', ') || 'of no kind';
  const kind = kindOf(element);
  const holds =
    kind === 'telemetry' || kind === 'property' || kind === 'cloudProperty' ? schemaKind(element.schema) : '';
  const unit = textOf(element.unit);
  const meaning = unit === '' ? meaningOf(element) : `${meaningOf(element)} in ${unit}`;
  const more = element.writable === true ? 'writable' : element.durable === true ? 'queued' : '';
  return [KIND_WORDS[kind], holds, meaning, more].filter((word) => word !== '').join(', ');
}

/** By name, for a row that moves is the same row; two of one name are a fault, and are told apart all the same. */
function keyOf(elements: readonly JsonObject[], index: number): string {
  const name = textOf(elements[index]?.name);
  const before = elements.slice(0, index).filter((other) => textOf(other.name) === name).length;
  return `${name} ${before}`;
}

export function editId(part: Part, index: number): string {
  return `edit ${part ?? 'root'} ${index}`;
}

export function addId(part: Part): string {
  return `add ${part ?? 'root'}`;
}
