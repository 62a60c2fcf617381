import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sized, uint16, uint32 } from './marshal.ts';
import { nameOf, parseStorageKey, readStorageKey } from './storage-key.ts';

/** An endorsement key as tpm2_createek writes it, and the name that tpm2_readpublic shows for it. */
const RECORDED =
  'AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXXJP1S124GUgtk8qHaGzMUaaoABgCAAEMAEAgAAAAAAAEAnlRFv9gL5Hiz3N60kzfw5EmZe4P2xdq1eFB/KE/vNxsqQi3wxyIh2Lr2yXo/mzUskTrdJRGz0ip1N7eSqJLZoFNgPyfeM+g6/wP8/OvSsI7xANS6Ngpm+oK5La/bKDsBonXCnFaq/x9/tyMM3rK+ZCPwQA+Jj3B3midaEmrp030iNGhWdcMdTLtUgUFbYLh9iq95O3has96bc1+wo6iLoEvIXjsDBqoLpZ822B52bszeVovYu6d2p312QapU6YlODk+cQEIBKqdP29yf/NzKm7PmOtF2cXdEEgrkXg5EJNxwiAT3+QQ8h5F3+tDfEf9xmgnAsnQhciNKo3Aej2BDqQ==';
const RECORDED_NAME = '000b63053ba08ef093c72d2ad77b227e705a5b04eb056ecbbfd25dd125d0e9e4af3e';

describe('parseStorageKey', () => {
  it('reads what a TPM wrote, and names it as the TPM does', () => {
    const key = parseStorageKey('endorsementKey', RECORDED);
    expect(key.name.toString('hex')).toBe(RECORDED_NAME);
    expect(key.bytes.toString('base64')).toBe(RECORDED);
    expect(key.publicKey.asymmetricKeyDetails).toEqual({ modulusLength: 2_048, publicExponent: 65_537n });
  });

  it('takes base64 with its padding and without', () => {
    expect(RECORDED.endsWith('==')).toBe(true);
    expect(parseStorageKey('storageRootKey', RECORDED.slice(0, -2)).bytes.toString('base64')).toBe(RECORDED);
  });

  it('takes the exponent in both spellings', () => {
    const [zero, written] = [publicArea({}), publicArea({ exponent: 65_537 })];
    const keys = [zero, written].map((area) => readStorageKey('storageRootKey', sized(area)));
    expect(new Set(keys.map((key) => key.publicKey.export({ format: 'jwk' }).n)).size).toBe(1);
    // To a TPM they are two objects.
    expect(keys.map((key) => key.name)).toEqual([zero, written].map(nameOf));
    expect(keys[0]?.name).not.toEqual(keys[1]?.name);
  });

  it.each([
    ['', 'it is empty'],
    ['AToAAQ!', 'it is not base64'],
    ['A'.repeat(1_025), 'it has 1025 characters; at most 1024 are read'],
    ['AQ==', 'it ends within the size of the public area: 2 bytes are announced, 1 are there'],
    ['AToAAQ==', 'it ends within the public area: 314 bytes are announced, 2 are there'],
    [encode(Buffer.concat([sized(publicArea({})), Buffer.alloc(3)])), '3 bytes follow the public area'],
    [encode(sized(publicArea({}), Buffer.alloc(1))), '1 bytes follow its modulus'],
  ])('says what is wrong with %j', (text, why) => {
    expect(refusal(text)).toEqual({ code: 'tpm.endorsementKeyInvalid', why });
  });

  it.each([
    [{ type: 0x0023 }, 'it is a key on an elliptic curve (type 0x0023)'],
    [{ type: 0x0008 }, 'its type is 0x0008, not 0x0001'],
    [{ nameAlgorithm: 0x000c }, 'its name algorithm is 0x000c, not 0x000b'],
    [{ attributes: 0x000300b0 }, 'its attributes 0x300b0 lack fixedTPM'],
    [{ attributes: 0x000200b2 }, 'its attributes 0x200b2 lack restricted'],
    [{ attributes: 0x000700b2 }, 'it signs; a storage key must only decrypt'],
    [{ policy: Buffer.alloc(20) }, 'its policy has 20 bytes, not 0 or 32'],
    [{ cipher: [0x0026, 128, 0x0043] }, 'its cipher is 0x0026, not 0x0006'],
    [{ cipher: [0x0006, 256, 0x0043] }, 'the key length of its cipher is 0x0100, not 0x0080'],
    [{ cipher: [0x0006, 128, 0x0044] }, 'the mode of its cipher is 0x0044, not 0x0043'],
    [{ scheme: 0x0014 }, 'its scheme is 0x0014, not 0x0010'],
    [{ bits: 3_072 }, 'its length in bits is 0x0c00, not 0x0800'],
    [{ exponent: 3 }, 'its exponent is 0x0003, not 0x10001'],
    [{ modulus: Buffer.alloc(255, 0xff) }, 'its modulus has 255 bytes, not 256'],
    [{ modulus: Buffer.alloc(256, 0x01) }, 'its modulus is shorter than 2048 bits'],
    [{ modulus: Buffer.alloc(256, 0xfe) }, 'its modulus is even'],
  ])('refuses a key that clients could not use, by name: %j', (change, why) => {
    expect(refusal(encode(sized(publicArea(change))))).toEqual({ code: 'tpm.endorsementKeyInvalid', why });
  });

  it('gives a key or a refusal for any bytes', () => {
    const changed = fc
      .array(fc.tuple(fc.nat(315), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => changes.reduce((bytes, [at, value]) => bytes.fill(value, at, at + 1), recordedBytes()));
    const cut = fc.nat(320).map((length) => recordedBytes().subarray(0, length));
    const any = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(changed, cut, any), (bytes) => {
        try {
          expect(readStorageKey('storageRootKey', bytes).bytes).toEqual(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'tpm.storageRootKeyInvalid' });
        }
      }),
      { numRuns: RUNS },
    );
  });
});

const RUNS = Number(process.env.VIADUCT_FUZZ_RUNS ?? 400);

function recordedBytes(): Buffer {
  return Buffer.from(RECORDED, 'base64');
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64');
}

function publicArea(change: {
  readonly type?: number;
  readonly nameAlgorithm?: number;
  readonly attributes?: number;
  readonly policy?: Buffer;
  readonly cipher?: readonly number[];
  readonly scheme?: number;
  readonly bits?: number;
  readonly exponent?: number;
  readonly modulus?: Buffer;
}): Buffer {
  const { type = 0x0001, nameAlgorithm = 0x000b, attributes = 0x000300b2, policy = Buffer.alloc(32) } = change;
  const { cipher = [0x0006, 128, 0x0043], scheme = 0x0010, bits = 2_048, exponent = 0 } = change;
  const { modulus = recordedBytes().subarray(-256) } = change;
  return Buffer.concat([
    ...[uint16(type), uint16(nameAlgorithm), uint32(attributes), sized(policy)],
    ...[...cipher, scheme, bits].map(uint16),
    ...[uint32(exponent), sized(modulus)],
  ]);
}

function refusal(text: string) {
  try {
    parseStorageKey('endorsementKey', text);
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, why: message.replace('the endorsement key is no TPM2B_PUBLIC of an RSA-2048 storage key: ', '') };
  }
}
