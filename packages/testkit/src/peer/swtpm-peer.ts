import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TpmSecurityClient } from 'azure-iot-security-tpm';
import { nextLoopbackAddress } from '../loopback-address.ts';
import { BrokerProcess, freePort } from './broker-process.ts';
import { makePeerFolder, removePeerFolder } from './peer-folder.ts';
import { TpmSimulatorDoor } from './tpm-simulator-door.ts';

const PROGRAM = '/usr/bin/swtpm';

export const hasSwtpm = existsSync(PROGRAM);

/** A TPM 2.0 of its own: its seeds, and so its keys, are new with each, and outlive `powerOff`. */
export interface SwtpmPeer {
  /** Of the door that speaks the simulator's protocol. */
  readonly address: string;
  readonly port: number;
  /** The official security client, unchanged, at this TPM. */
  securityClient(registrationId: string): TpmSecurityClient;
  /** As its owner may: all that it was given is gone and its storage root key is another; its endorsement key stays. */
  clear(): Promise<void>;
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** TPM2_Clear with the lockout hierarchy's empty password. Source: TPM 2.0 Part 3 §24.6 */
const CLEAR = Buffer.from('8002 0000001b 00000126 4000000a 00000009 40000009 0000 00 0000'.replaceAll(' ', ''), 'hex');

type Answer<Value> = (error: Error | null, value: Value) => void;
type Private = { readonly buffer: Buffer };

/** As much of tss.js as is touched here. */
interface TssTpm {
  ActivateCredential(
    srk: unknown,
    ek: unknown,
    blob: unknown,
    secret: unknown,
    answer: Answer<Buffer | undefined>,
  ): void;
  Import(...all: [...objects: unknown[], answer: Answer<Private | undefined>]): void;
}

/** The very tss.js that the security client was installed with: it is handed a TPM of that. */
const { Tpm } = createRequire(createRequire(import.meta.url).resolve('azure-iot-security-tpm'))('tss.js') as {
  readonly Tpm: new (isSimulator: boolean, host: string, port: number) => TssTpm;
};

/**
 * Where a TPM refuses, tss.js hands over nothing; the security client takes the length of it first and would end the process. With something
 * empty it comes to say what the TPM said.
 */
class TellingTpm extends Tpm {
  override ActivateCredential(srk: unknown, ek: unknown, blob: unknown, secret: unknown, answer: Answer<Buffer>): void {
    super.ActivateCredential(srk, ek, blob, secret, (error, key) => answer(error, key ?? Buffer.alloc(0)));
  }

  override Import(...all: [...objects: unknown[], answer: Answer<Private>]): void {
    const answer = all.pop() as Answer<Private>;
    super.Import(...all, (error, object) => answer(error, object ?? { buffer: Buffer.alloc(0) }));
  }
}

/**
 * Debian's swtpm: the TPM reference implementation with its state in a folder. It is made anew, as it leaves a factory; what its client
 * misses, the endorsement key at 0x81010001 and the storage root key at 0x81000001, the client makes.
 */
export async function startSwtpm(): Promise<SwtpmPeer> {
  const folder = await makePeerFolder('swtpm');
  const address = nextLoopbackAddress();
  const rawPort = await freePort(address);
  const args = ['socket', '--tpm2', '--tpmstate', `dir=${folder}`, '--log', `file=${join(folder, 'swtpm.log')}`];
  // Without a control channel nobody tells it that power is on: it is from the beginning.
  args.push('--server', `type=tcp,port=${rawPort},bindaddr=${address}`, '--flags', 'not-need-init');
  const run = () => BrokerProcess.start({ program: PROGRAM, args, address, port: rawPort });
  let tpm: BrokerProcess | undefined = await run();
  const door = await TpmSimulatorDoor.open(address, rawPort);
  const powerOff = async () => {
    door.hangUp();
    await tpm?.stop('SIGTERM');
    tpm = undefined;
  };
  return {
    ...{ address, port: door.port, powerOff },
    securityClient: (registrationId) => new TpmSecurityClient(registrationId, new TellingTpm(true, address, door.port)),
    clear: async () => {
      const response = await door.execute(CLEAR);
      assert.equal(response.readUInt32BE(6), 0, 'the response code of TPM2_Clear');
    },
    powerOn: async () => {
      tpm = await run();
    },
    close: async () => {
      await powerOff();
      await door.close();
      await removePeerFolder(folder);
    },
  };
}
