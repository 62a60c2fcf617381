import type { FieldHints, ModelField, ModelSummary } from '@viaduct/contracts';
import { type Measure, measureOf, NO_MEASURE, shownNumber } from '../model/measure.ts';
import { inferSchema, kindOf } from './infer-schema.ts';
import { fieldKey, type ViewField, type ViewSection } from './view-field.ts';

/** Something that was said, whether a model speaks of it or not. */
export interface SeenField {
  readonly component: string | null;
  readonly name: string;
  readonly sample: unknown;
}

/**
 * The view of a device that nobody had to make: what its model says it may say, in the order of the model and a section a component, then
 * what it says beyond its model. Without a model, what it says is the view. Pure: the same model and the same fields give the same view.
 */
export function generateView(model: ModelSummary | null, seen: readonly SeenField[]): ViewSection[] {
  const modelled = (model?.telemetry ?? []).map(modelledField);
  const known = new Set(modelled.map(({ key }) => key));
  const unmodelled = seen
    .filter(({ component, name }) => !known.has(fieldKey(component, name)))
    .map((field, index) => unmodelledField(field, index));
  const sections = [
    section('root', 'root', 'Telemetry', null, modelled.filter(isOfRoot)),
    ...(model?.components ?? implied(modelled)).map(({ name, displayName, description }) =>
      section('component', name, displayName || name, description, modelled.filter(isOf(name))),
    ),
    ...(model === null ? byComponent(unmodelled) : [unmodelledSection(unmodelled)]),
  ];
  return sections.filter(({ fields }) => fields.length > 0);
}

function section(
  kind: ViewSection['kind'],
  name: string,
  title: string,
  description: string | null,
  fields: readonly ViewField[],
): ViewSection {
  return { key: `${kind} ${name}`, kind, title, description, fields };
}

function unmodelledSection(fields: readonly ViewField[]): ViewSection {
  const description =
    'What the device sends and its model does not mention. It is kept, and can be queried, all the same.';
  return section('unmodelled', '', 'Unmodeled', description, fields);
}

/** Without a model a component is what the device itself named as one. */
function byComponent(fields: readonly ViewField[]): ViewSection[] {
  const names = [...new Set(fields.map(({ component }) => component).filter((name) => name !== null))];
  return [
    section('root', 'root', 'Telemetry', null, fields.filter(isOfRoot)),
    ...names.map((name) => section('component', name, name, null, fields.filter(isOf(name)))),
  ];
}

/** Of a summary that does not list its components: those that its fields name. */
function implied(fields: readonly ViewField[]): NonNullable<ModelSummary['components']> {
  const names = [...new Set(fields.map(({ component }) => component).filter((name) => name !== null))];
  return names.map((name) => ({ name, displayName: name, description: null, modelId: null }));
}

function isOfRoot(field: ViewField): boolean {
  return field.component === null;
}

function isOf(name: string): (field: ViewField) => boolean {
  return ({ component }) => component === name;
}

function modelledField(field: ModelField, position: number): ViewField {
  const { component, name, displayName, description, semanticType, schema, role, severity } = field;
  const measure = measureOf(field);
  const hints = shownHints(field.hints ?? {}, measure);
  return {
    ...{ key: fieldKey(component, name), component, name, title: displayName || name, description, measure },
    ...{ semanticType, kind: kindOf(schema, role), schema, severity: severity ?? null, hints, isModelled: true },
    ...{ isPinned: false, chart: null, position },
  };
}

/** The model gives the ends of a value as the device sends it. */
function shownHints({ min, max, ...hints }: FieldHints, measure: Measure): FieldHints {
  return {
    ...hints,
    ...(min === undefined ? {} : { min: shownNumber(min, measure) }),
    ...(max === undefined ? {} : { max: shownNumber(max, measure) }),
  };
}

function unmodelledField({ component, name, sample }: SeenField, position: number): ViewField {
  const schema = inferSchema(sample);
  return {
    ...{ key: fieldKey(component, name), component, name, title: name || '(no name)' },
    ...{ description: null, measure: NO_MEASURE },
    ...{ semanticType: null, kind: kindOf(schema), schema, severity: null, hints: {}, isModelled: false },
    ...{ isPinned: false, chart: null, position },
  };
}
