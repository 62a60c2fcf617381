import { HubError, type JsonObject, LIMITS, type ModelFault } from '@viaduct/contracts';
import type { DtdlFault, ParsesDtdl } from './dtdl-parser.ts';
import { locateFaults } from './locate-fault.ts';
import { dtdlVersion, separateInterfaces } from './separate-interfaces.ts';

/**
 * What of a capability model is not DTDL, each at its element; everything that it names must be written in place. Types that DTDL does not
 * know pass, with whatever properties they bring: IoT Central and others add to the language.
 *
 * @throws HubError template.invalid, model.invalid, where it cannot be read as interfaces; quota.exceeded (retry)
 */
export async function findModelFaults(parser: ParsesDtdl, model: JsonObject): Promise<readonly ModelFault[]> {
  // What was exported before there were DTMIs is of a version 1 that no parser reads; central reads it by itself.
  if (isOfVersionOne(model)) return [];
  const interfaces = separateInterfaces(model);
  const copies = interfaces.map(({ copy }) => copy);
  return locateFaults(interfaces, await parserFaults(parser, copies));
}

/** Nothing, for a model without faults. @throws HubError model.invalid, a fault a line */
export function refuseFaults(faults: readonly ModelFault[]): void {
  if (faults.length === 0) return;
  const shown = faults.slice(0, LIMITS.MODEL_FAULTS_TOLD_MAX).map(({ message }) => message);
  const more = faults.length > shown.length ? [`And ${faults.length - shown.length} more.`] : [];
  throw new HubError('model.invalid', [...shown, ...more].join('\n'));
}

async function parserFaults(parser: ParsesDtdl, interfaces: readonly JsonObject[]): Promise<readonly DtdlFault[]> {
  const first = (await parser.parse(interfaces)).filter(isFault);
  const unknown = first.filter(({ rule }) => UNKNOWN_TYPE.has(rule));
  if (unknown.length === 0) return withoutEchoes(first);
  const types = new Set(unknown.map(({ value }) => value).filter((value) => value !== null && !KINDS.has(value)));
  const extended = new Set(unknown.map(({ elementId }) => elementId));
  const again = (await parser.parse(interfaces.map((one) => withoutTypes(one, types) as JsonObject))).filter(isFault);
  return withoutEchoes(again.filter(({ rule, elementId }) => !UNKNOWN_PROPERTY.has(rule) || !extended.has(elementId)));
}

/** A value that is wrong is also one that is missing, to the parser. */
function withoutEchoes(faults: readonly DtdlFault[]): readonly DtdlFault[] {
  return faults.filter(
    ({ rule, elementId, property }) =>
      rule !== 'objectCountBelowMin' ||
      !faults.some((other) => other.rule !== rule && other.elementId === elementId && other.property === property),
  );
}

function isOfVersionOne(model: JsonObject): boolean {
  const id = model['@id'];
  const context = JSON.stringify(model['@context'] ?? '');
  return (
    dtdlVersion(model['@context']) === undefined &&
    ((typeof id === 'string' && id.startsWith('urn:')) || context.includes('/contexts/IoTModel'))
  );
}

/** A semantic type without a unit means something to people all the same, and IoT Central takes it. */
function isFault({ rule, property }: DtdlFault): boolean {
  return !(rule === 'missingSupplementalObjectProperty' && property === 'unit');
}

const UNKNOWN_TYPE: ReadonlySet<string> = new Set([
  'typeUndefinedTerm',
  'typeIrrelevantDtmiOrTerm',
  'invalidCotypeVersion',
]);

const UNKNOWN_PROPERTY: ReadonlySet<string> = new Set([
  'noTypeThatAllows',
  'propertyUndefinedTerm',
  'propertyIrrelevantDtmiOrTerm',
]);

/** A misspelt kind is a fault and no extension; these never are extensions. */
const KINDS: ReadonlySet<string> = new Set([
  'Interface',
  'Telemetry',
  'Property',
  'Command',
  'Component',
  'Relationship',
]);

function withoutTypes(value: unknown, types: ReadonlySet<string | null>): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutTypes(item, types));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === '@type' && Array.isArray(member)
        ? member.filter((type) => !types.has(type as string))
        : withoutTypes(member, types),
    ]),
  );
}
