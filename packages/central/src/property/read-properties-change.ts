import { HubError, type JsonObject, type ModelField, type ModelSummary } from '@viaduct/contracts';
import { isObject } from '../directory/store/flatten-values.ts';
import { requireFits } from '../model/require-fits.ts';

/** What a change of properties is for the twin and for the cloud. Both are merge patches. */
export interface PropertiesChange {
  readonly desired: JsonObject;
  readonly cloud: JsonObject;
}

export interface ChangeRules {
  /** Undefined where no template says anything: then everything is a wish to the device. */
  readonly model: ModelSummary | undefined;
  /** Whether names that the model does not have may be written. */
  readonly withUnmodeled: boolean;
}

/**
 * What somebody wrote into a bag of properties, sorted: writable ones become desired properties, cloud properties stay here, and what only the
 * device may say is refused. `$metadata`, which comes back with every bag, means nothing. Pure.
 *
 * @throws HubError central.bodyInvalid, naming the member
 */
export function readPropertiesChange(body: JsonObject, rules: ChangeRules): PropertiesChange {
  const desired: Record<string, unknown> = {};
  const cloud: Record<string, unknown> = {};
  for (const [name, value] of membersOf(body)) {
    const component = rules.model?.components?.find((each) => each.name === name);
    if (component !== undefined || (isObject(value) && value.__t === 'c')) {
      desired[name] = value === null ? null : componentChange(name, value, rules);
    } else if (rules.model?.cloudProperties?.some((field) => field.name === name)) cloud[name] = value;
    else desired[name] = checkedProperty(null, name, value, rules);
  }
  return { desired, cloud };
}

function componentChange(component: string, value: unknown, rules: ChangeRules): JsonObject {
  if (!isObject(value)) throw invalid(`"${component}" is a component: its properties are an object`);
  const members = membersOf(value).map(([name, each]) => [name, checkedProperty(component, name, each, rules)]);
  return { __t: 'c', ...Object.fromEntries(members) };
}

function checkedProperty(component: string | null, name: string, value: unknown, rules: ChangeRules): unknown {
  const at = component === null ? name : `${component}.${name}`;
  const field = rules.model?.properties.find((each) => each.name === name && each.component === component);
  if (field === undefined) {
    if (rules.model === undefined || rules.withUnmodeled) return value;
    throw invalid(`the template has no property "${at}"; with unmodeled=true it may be written all the same`);
  }
  if (!field.writable) throw invalid(`"${at}" is not writable: only the device says what it is`);
  if (value !== null) requireSchema(value, field, at);
  return value;
}

function requireSchema(value: unknown, field: ModelField, at: string): void {
  try {
    requireFits(value, field.schema, at);
  } catch (error) {
    throw error instanceof HubError ? invalid(error.message) : error;
  }
}

function membersOf(object: JsonObject): readonly (readonly [string, unknown])[] {
  return Object.entries(object).filter(([name]) => name !== '$metadata' && name !== '__t');
}

function invalid(why: string): HubError {
  return new HubError('central.bodyInvalid', why);
}
