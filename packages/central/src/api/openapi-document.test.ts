import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareWithSpecification } from '../testing/compare-with-specification.ts';
import { openApiDocument } from './openapi-document.ts';

/** Azure's own document, where somebody has it: it is not ours to hand on. */
const SPECIFICATION = process.env.VIADUCT_CENTRAL_SPEC;

describe('docs/protocol/central-openapi.json', () => {
  it('is what is served', async () => {
    const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../../../docs/protocol/central-openapi.json');
  });

  if (SPECIFICATION === undefined) return;
  it("differs from Azure's document only where it says so", () => {
    const specification = JSON.parse(readFileSync(SPECIFICATION, 'utf8'));
    const differences = compareWithSpecification(openApiDocument(), specification);
    expect(differences.filter((line) => !KNOWN_DIFFERENCES.some((known) => known.test(line)))).toEqual([]);
  });
});

const KNOWN_DIFFERENCES: readonly RegExp[] = [
  // What we add stands beside what Azure has.
  /^\w+: "ours", there nothing$/,
  /\.extension: "\w+Extension", there nothing$/,
  /^CommandConfiguration\.group: "string", there nothing$/,
  // We take a condition with every PATCH.
  /^\w+_Update\w+ parameters: \["header If-Match"/,
  // Everything has a bound here, and what must be there must not be empty.
  /(?:maxLength|maxItems): \d+, there nothing$/,
  /(?:minLength|minItems): 1, there nothing$/,
  /decimalPlaces (?:minimum|maximum): \d+, there nothing$/,
  // A length of an array has another name in JSON Schema, and is no length of texts.
  /\.capabilities minLength: nothing, there 1$/,
  // Azure takes exactly 100 there.
  /^CountQueryRangeConfiguration\.count minimum: 1, there 100$/,
];
