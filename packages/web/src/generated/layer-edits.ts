import type { FieldEdit, ViewEdits, ViewEditsPatch } from '@viaduct/contracts';
import type { ViewField, ViewSection } from './view-field.ts';

/** A generated view with what people changed laid over it. */
export interface LayeredView {
  readonly sections: readonly ViewSection[];
  /** Fields that somebody hid, to be shown again. */
  readonly hidden: readonly ViewField[];
}

/**
 * Lays edits over a view; later layers win, attribute by attribute: those of a device over those of its template. An edit of a field that the
 * view does not have (any more) waits for it. Pure.
 */
export function layerEdits(sections: readonly ViewSection[], layers: readonly ViewEdits[]): LayeredView {
  const editOf = ({ key }: ViewField): FieldEdit => Object.assign({}, ...layers.map(({ fields }) => fields[key] ?? {}));
  const edited = sections.map((section) => ({
    ...section,
    fields: section.fields.map((field) => ({ field: edit(field, editOf(field)), isHidden: editOf(field).isHidden })),
  }));
  const shown = edited.map(({ fields, ...section }) => ({
    ...section,
    fields: inOrder(fields.filter(({ isHidden }) => isHidden !== true).map(({ field }) => field)),
  }));
  const pinned = inOrder(shown.flatMap(({ fields }) => fields.filter(({ isPinned }) => isPinned)));
  const rest = shown.map((section) => ({ ...section, fields: section.fields.filter(({ isPinned }) => !isPinned) }));
  return {
    sections: [
      { key: 'pinned', kind: 'pinned' as const, title: 'Pinned', description: null, fields: pinned },
      ...rest,
    ].filter(({ fields }) => fields.length > 0),
    hidden: edited.flatMap(({ fields }) => fields.filter(({ isHidden }) => isHidden).map(({ field }) => field)),
  };
}

function edit(field: ViewField, change: FieldEdit): ViewField {
  const { title = field.title, color, chart = field.chart, min, max, isPinned = false, position } = change;
  return {
    ...field,
    title,
    chart,
    isPinned,
    position: position ?? field.position,
    hints: {
      ...field.hints,
      ...(color === undefined ? {} : { color }),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    },
  };
}

/** Fields with the same place stay as they were generated. */
function inOrder(fields: readonly ViewField[]): ViewField[] {
  return [...fields].sort((a, b) => a.position - b.position);
}

/**
 * Moves a field by one among those that stand with it: a place between its new neighbours, so that nothing but the field itself is written.
 * Undefined at the end of the row.
 */
export function moveField(fields: readonly ViewField[], key: string, steps: -1 | 1): ViewEditsPatch | undefined {
  const from = fields.findIndex((field) => field.key === key);
  const near = fields[from + steps];
  if (from < 0 || near === undefined) return undefined;
  const far = fields[from + 2 * steps];
  const position = far === undefined ? near.position + steps : (near.position + far.position) / 2;
  return { fields: { [key]: { position } } };
}
