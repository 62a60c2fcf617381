import { randomBytes } from 'node:crypto';
import { HubError } from '@viaduct/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegistrationName } from './registration-address.ts';
import { type TpmClaimant, TpmExchange, type TpmHost } from './tpm-exchange.ts';
import { tpmChallenges } from './tpm-sasl.ts';

const ENDORSEMENT_KEY = Buffer.concat([Buffer.from('013a0001000b000300b20020', 'hex'), Buffer.alloc(304, 0)]);
const STORAGE_ROOT_KEY = Buffer.alloc(318, 7);
const CLAIMANT = {
  idScope: '0ne00000001',
  registrationId: 'dev1',
  endorsementKey: ENDORSEMENT_KEY.toString('base64'),
  storageRootKey: STORAGE_ROOT_KEY.toString('base64'),
};
const INIT = said('0ne00000001\0dev1\0', ENDORSEMENT_KEY);
const TOKEN = 'SharedAccessSignature sr=0ne00000001%2Fregistrations%2Fdev1&sig=…&se=1&skn=registration';

/** Remembers. */
class RecordingHost implements TpmHost {
  readonly blob: Buffer;
  readonly challenged: TpmClaimant[] = [];
  readonly withToken: [TpmClaimant, string][] = [];
  readonly refusals: [unknown, RegistrationName | undefined][] = [];

  constructor(blobBytes = 742) {
    this.blob = randomBytes(blobBytes);
  }

  challenge(claimant: TpmClaimant): Buffer {
    this.challenged.push(claimant);
    if (claimant.registrationId === 'nobody') throw new HubError('tpm.endorsementKeyInvalid', 'no key at all');
    return this.blob;
  }

  named(claimant: TpmClaimant, token: string): void {
    this.withToken.push([claimant, token]);
  }

  refused(thrown: unknown, claimed: RegistrationName | undefined): void {
    this.refusals.push([thrown, claimed]);
  }
}

function said(...parts: (Buffer | string)[]): Buffer {
  return Buffer.concat([Buffer.of(0), ...parts.map((part) => Buffer.from(part as string))]);
}

/** Does as the exchange wants, and tells the challenges in hex, the last of what it got, and what it puts together. */
async function proved(exchange: TpmExchange) {
  const controls: string[] = [];
  const pieces: Buffer[] = [];
  let step = await exchange.step(INIT);
  while (step.kind === 'challenge') {
    const { challenge } = step;
    const control = challenge[0] as number;
    controls.push(control.toString(16));
    if (control === 0) step = await exchange.step(said(STORAGE_ROOT_KEY));
    else {
      pieces.push(challenge.subarray(1));
      step = await exchange.step((control & 0x40) === 0 ? Buffer.of(0) : said(TOKEN));
    }
  }
  return { controls, nonce: Buffer.concat(pieces), outcome: step.kind };
}

describe('the SASL mechanism TPM', () => {
  it('hands the challenge out in two pieces, and lets on who answers it', async () => {
    const host = new RecordingHost();
    const { controls, nonce, outcome } = await proved(new TpmExchange(host));
    expect(controls).toEqual(['0', '80', 'c1']);
    expect(nonce).toEqual(host.blob);
    expect(outcome).toBe('allowed');
    expect(host.challenged).toEqual([CLAIMANT]);
    expect(host.withToken).toEqual([[CLAIMANT, TOKEN]]);
    expect(host.refusals).toEqual([]);
  });

  it.each([
    [1, ['80', 'c1']],
    [940, ['80', 'c1']],
    [941, ['80', '81', 'c2']],
    [1_880, ['80', '81', '82', 'c3']],
  ])('cuts a challenge of %i bytes into pieces that fit frames of 512', (bytes, controls) => {
    const pieces = tpmChallenges(randomBytes(bytes));
    expect(pieces.map((piece) => piece[0]?.toString(16))).toEqual(controls);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(471);
  });

  it('refuses keys that are none, and tells whose they were', async () => {
    const host = new RecordingHost();
    const exchange = new TpmExchange(host);
    await exchange.step(said('0ne00000001\0nobody\0', ENDORSEMENT_KEY));
    expect(await exchange.step(said(STORAGE_ROOT_KEY))).toEqual({ kind: 'refused' });
    expect(host.refusals).toMatchObject([[{ code: 'tpm.endorsementKeyInvalid' }, { registrationId: 'nobody' }]]);
  });

  it.each([
    ['nothing at all', [Buffer.alloc(0)], 'does not begin with a zero byte'],
    ['another first byte', [Buffer.from('80', 'hex')], 'does not begin with a zero byte'],
    ['no id scope', [said('\0dev1\0', ENDORSEMENT_KEY)], 'no id scope and registration id'],
    ['no registration id', [said('0ne00000001')], 'no id scope and registration id'],
    ['no endorsement key', [said('0ne00000001\0dev1\0')], 'the endorsement key is missing'],
    ['a token at once', [INIT, Buffer.from(TOKEN)], 'does not begin with a zero byte'],
    [
      'a token before the challenge was whole',
      [INIT, said(STORAGE_ROOT_KEY), said(TOKEN)],
      'before the challenge was whole',
    ],
  ])('refuses %s, with the reason', async (_, responses, reason) => {
    const host = new RecordingHost();
    const exchange = new TpmExchange(host);
    const steps = [];
    for (const response of responses) steps.push((await exchange.step(response)).kind);
    expect(steps).toEqual([...Array(responses.length - 1).fill('challenge'), 'refused']);
    expect(host.refusals).toHaveLength(1);
    expect(host.refusals[0]?.[0]).toMatchObject({
      code: 'credential.malformed',
      message: expect.stringContaining(reason),
    });
    expect(host.withToken).toEqual([]);
  });

  it('lets nobody on who does not keep to it, and never fails, whatever is said in whatever order', async () => {
    const response = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(INIT, said(STORAGE_ROOT_KEY), Buffer.of(0), said('SharedAccessSignature sr=x')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(response, { maxLength: 8 }), async (responses) => {
        const host = new RecordingHost();
        const exchange = new TpmExchange(host);
        const steps: string[] = [];
        for (const one of responses) {
          steps.push((await exchange.step(one)).kind);
          if (steps.at(-1) !== 'challenge') break;
        }
        // Two pieces: the third thing that is said must be that the first has come.
        const isThrough = steps.length === 4 && steps[3] === 'allowed' && responses[2]?.equals(Buffer.of(0));
        expect(steps.includes('allowed')).toBe(isThrough === true);
        expect(host.withToken).toHaveLength(isThrough ? 1 : 0);
        for (const [thrown] of host.refusals) expect(thrown).toBeInstanceOf(HubError);
      }),
      { numRuns: 500 },
    );
  });
});
