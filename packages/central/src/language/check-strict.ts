import type { CentralQuery, Condition } from './query-syntax.ts';
import { refuse, refuseTooMuch } from './refuse.ts';

/** Which bounds hold: Azure IoT Central's, for programs that will meet it, or this server's. */
export type QueryProfile = 'relaxed' | 'strict';

/** Source: Azure IoT Central, "Query devices by REST", limits. */
export const STRICT = {
  characters: 350,
  items: 15,
  operators: 10,
  telemetryRows: 10_000,
  propertyRows: 1_000,
} as const;

/** Refuses what IoT Central would refuse: what is too long there, and what only this server knows. */
export function checkStrict(text: string, { items, source, where, groupBy }: CentralQuery): void {
  const whole = { offset: 0, length: text.length };
  if (text.length > STRICT.characters) {
    throw refuseTooMuch(
      text,
      { offset: STRICT.characters, length: 1 },
      `a query has at most ${STRICT.characters} characters${HERE}`,
    );
  }
  if (items.length > STRICT.items)
    throw refuseTooMuch(text, whole, `a query selects at most ${STRICT.items} things${HERE}`);
  const operators = where === null ? 0 : operatorsOf(text, where);
  if (operators > STRICT.operators)
    throw refuseTooMuch(text, whole, `WHERE has at most ${STRICT.operators} operators${HERE}`);
  if (source.kind === 'devices') throw refuse(text, whole, `FROM is followed by the id of a device template${HERE}`);
  for (const key of groupBy)
    if (key.kind !== 'window') throw refuse(text, key.at, `GROUP BY takes a WINDOW only${HERE}`);
  for (const { value } of items) {
    if (value.kind === 'aggregate' && value.name === 'PERCENTILE')
      throw refuse(text, value.at, `there is no PERCENTILE${HERE}`);
  }
}

const HERE = ' in the strict profile';

/** What compares, and what joins; extensions are refused on the way. */
function operatorsOf(text: string, condition: Condition): number {
  if ('terms' in condition) {
    return condition.terms.length - 1 + condition.terms.reduce((sum, term) => sum + operatorsOf(text, term), 0);
  }
  if (condition.kind === 'window') return 0;
  if (condition.kind === 'compare' || condition.kind === 'in') return 1;
  throw refuse(text, { offset: 0, length: text.length }, `WHERE has =, !=, <, <=, >, >=, IN, AND and OR only${HERE}`);
}
