import { type ConfigurationKind, type DeviceIdentity, HubError } from '@viaduct/contracts';
import { type Expression, type Path, partsOf, type Selection } from '../query/expression.ts';
import { parseCondition } from '../query/parse-query.ts';

/**
 * Whom a configuration is for; null for nobody, which is what an empty condition means. Pure.
 *
 *     device, edge   `*`, or a condition on devices; Edge deployments are for Edge devices only
 *     module         `from devices.modules where …`
 *
 * What configurations write (desired properties, their own status) is no part of a condition: to meet it could be to leave it.
 *
 * @throws HubError configuration.conditionInvalid, with the place
 */
export function readTarget(kind: ConfigurationKind, condition: string): Selection | null {
  if (condition.trim() === '') return null;
  const selection = parsed(condition);
  const source = kind === 'module' ? 'devices.modules' : 'devices';
  if (selection.source !== source) {
    throw invalid(
      kind === 'module'
        ? 'the condition of a configuration with moduleContent begins with: from devices.modules where'
        : 'only a configuration with moduleContent is for modules: leave out "from devices.modules where"',
    );
  }
  if (selection.where !== null) refuseOwnWork(selection.where);
  if (kind !== 'edge') return selection;
  return { source, where: allOf([IS_EDGE, ...(selection.where === null ? [] : [selection.where])]) };
}

/** The same among these devices and modules of them. Pure. */
export function among(selection: Selection, deviceIds: readonly DeviceIdentity['deviceId'][]): Selection {
  const here: Expression = { kind: 'in', operand: field('deviceId'), items: deviceIds };
  return { ...selection, where: allOf([here, ...(selection.where === null ? [] : [selection.where])]) };
}

function parsed(condition: string): Selection {
  try {
    return parseCondition(condition);
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    throw new HubError('configuration.conditionInvalid', thrown.message, { cause: thrown });
  }
}

function refuseOwnWork(expression: Expression): void {
  if (expression.kind === 'path' && isOwnWork(expression)) {
    throw invalid(
      `${expression.steps.join('.')} is what configurations write: a target condition is on tags, reported properties and what the registry knows`,
    );
  }
  for (const part of partsOf(expression)) refuseOwnWork(part);
}

function isOwnWork({ steps: [root, section] }: Path): boolean {
  if (root === 'configurations') return true;
  return root === 'properties' && section !== 'reported';
}

function allOf(operands: readonly Expression[]): Expression {
  return { kind: 'and', operands };
}

function field(...steps: readonly string[]): Path {
  return { kind: 'path', scope: 'field', steps, at: { offset: 0, length: 0 } };
}

const IS_EDGE: Expression = {
  kind: 'comparison',
  operator: '=',
  left: field('capabilities', 'iotEdge'),
  right: { kind: 'constant', value: true },
};

function invalid(why: string): HubError {
  return new HubError('configuration.conditionInvalid', why);
}
