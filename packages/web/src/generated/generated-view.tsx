import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { IconFilter, IconRefresh } from '@tabler/icons-react';
import type { ViewEditsPatch } from '@viaduct/contracts';
import { type ReactNode, useMemo, useState } from 'react';
import { useClocked } from '../charts/plot-clock.ts';
import { FieldTile } from './field-tile.tsx';
import { generateView } from './generate-view.ts';
import classes from './generated.module.css';
import { layerEdits } from './layer-edits.ts';
import { pickFields, TILES_AT_ONCE } from './pick-fields.ts';
import { TileContext, type TileScope } from './tile-scope.ts';
import { useViewLayer } from './use-view-edits.ts';
import type { ViewField } from './view-field.ts';

interface GeneratedViewProps {
  readonly scope: Omit<TileScope, 'edit'>;
  /** Of the template that the device has; null: what is changed is changed for this device. */
  readonly templateId: string | null;
}

/** Of so many values one is found by looking. */
const FILTERED_FIELDS_MIN = 16;

/** The view of a device that nobody had to make, with what people changed of it. It grows by itself as the device says more. */
export function GeneratedView({ scope, templateId }: GeneratedViewProps) {
  const { view, clock, deviceId } = scope;
  const [isForAll, setForAll] = useState(false);
  const ofTemplate = useViewLayer(templateId === null ? null : { scope: 'template', id: templateId });
  // What is changed is kept for devices and templates; the view of a module is as it was generated.
  const ofDevice = useViewLayer(view.moduleId === null ? { scope: 'device', id: deviceId } : null);
  const chosen = isForAll && templateId !== null ? ofTemplate : ofDevice;
  const shape = useClocked(clock, () => view.feed.shape);
  const generated = useMemo(
    () => generateView(view.model, shape < 0 ? [] : [...view.feed.fields.values()]),
    [view, shape],
  );
  const { sections: all, hidden } = useMemo(
    () => layerEdits(generated, [ofTemplate.edits, ofDevice.edits]),
    [generated, ofTemplate.edits, ofDevice.edits],
  );
  const [filter, setFilter] = useState('');
  const [max, setMax] = useState(TILES_AT_ONCE);
  // What was heard meanwhile moves nothing: only something new does, or somebody who asks.
  const { sections, found } = useMemo(
    () => pickFields(all, { filter, max, heardAt: (key) => view.feed.fields.get(key)?.lastAtMs ?? null }),
    [all, filter, max, view],
  );
  const count = all.reduce((sum, { fields }) => sum + fields.length, 0);
  const isChanged = Object.keys(chosen.edits.fields).length > 0;
  return (
    <TileContext value={{ ...scope, edit: chosen.edit }}>
      {count > FILTERED_FIELDS_MIN && (
        <Group gap="xs">
          <TextInput
            size="xs"
            type="search"
            aria-label="Find a value"
            placeholder="Find a value"
            leftSection={<IconFilter size={14} />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <span className="quiet number" role="status">
            {found > max ? `${max} of ${found} values` : found === 1 ? '1 value' : `${found} values`}
          </span>
        </Group>
      )}
      {sections.map((section) => (
        <section key={section.key} className={classes.section} aria-label={section.title}>
          {(sections.length > 1 || section.kind !== 'root') && (
            <h2 className={classes.sectionTitle}>{section.title}</h2>
          )}
          {section.description !== null && <p className={classes.sectionText}>{section.description}</p>}
          <div className={classes.grid}>
            {section.fields.map((field) => (
              <FieldTile key={field.key} field={field} section={section.kind} neighbours={section.fields} />
            ))}
          </div>
        </section>
      ))}
      {found > max && (
        <Button variant="default" onClick={() => setMax(max + TILES_AT_ONCE)}>
          Show {Math.min(TILES_AT_ONCE, found - max)} more
        </Button>
      )}
      <Changes hidden={hidden} edit={chosen.edit}>
        {templateId !== null && (
          <SegmentedControl
            size="xs"
            classNames={{ label: 'segment' }}
            aria-label="Whom changes of this view are for"
            value={isForAll ? 'template' : 'device'}
            data={[
              { value: 'device', label: 'Changes for this device' },
              { value: 'template', label: 'For all of its model' },
            ]}
            onChange={(value) => setForAll(value === 'template')}
          />
        )}
        {isChanged && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={chosen.reset}>
            As generated
          </Button>
        )}
      </Changes>
    </TileContext>
  );
}

interface ChangesProps {
  readonly hidden: readonly ViewField[];
  readonly edit: (patch: ViewEditsPatch) => void;
  readonly children: ReactNode;
}

/** What was changed, and how to have it back. */
function Changes({ hidden, edit, children }: ChangesProps) {
  return (
    <div className={classes.bar}>
      {children}
      {hidden.length > 0 && (
        <div className={classes.hidden}>
          <span className="quiet">Hidden:</span>
          {hidden.map(({ key, title }) => (
            <Button
              key={key}
              size="compact-xs"
              variant="default"
              onClick={() => edit({ fields: { [key]: { isHidden: null } } })}
            >
              Show {title}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
