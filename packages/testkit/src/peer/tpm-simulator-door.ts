import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './broker-process.ts';

/** Signals of the TPM simulator's protocol, as many as clients send. Source: Microsoft's TPM 2.0 reference implementation, TpmTcpProtocol.h */
const Signal = { sendCommand: 8, handShake: 15, sessionEnd: 20 } as const;
const PROTOCOL_VERSION = 1;
/** Bytes of a command before its own: the signal, the locality, the length. */
const COMMAND_HEADER_BYTES = 9;
/** Tag, size and response code. Source: TPM 2.0 Part 1 §18 */
const RESPONSE_HEADER_BYTES = 10;

/**
 * Speaks the protocol of Microsoft's TPM simulator, which tss.js knows, in front of a socket that takes bare commands, which swtpm has.
 *
 *     port      handShake, version      ─►   version, what it can do (0), 0
 *               sendCommand, locality, length, command   ─►   length, response, 0
 *     port + 1  power on, NV on, …      ─►   0
 *
 * A TPM does one thing at a time: commands of several clients wait in turn for the one socket.
 */
export class TpmSimulatorDoor {
  readonly port: number;
  readonly #servers: readonly Server[];
  readonly #sockets = new Set<Socket>();
  readonly #target: { readonly host: string; readonly port: number };
  #tpm: RawTpm | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(target: { host: string; port: number }, port: number) {
    this.#target = target;
    this.port = port;
    this.#servers = [
      this.#serve((socket, bytes) => this.#onCommandBytes(socket, bytes)),
      this.#serve((socket, bytes) => acknowledgeSignals(socket, bytes)),
    ];
  }

  static async open(address: string, rawPort: number): Promise<TpmSimulatorDoor> {
    const made = new TpmSimulatorDoor({ host: address, port: rawPort }, await freePort(address));
    await Promise.all(
      made.#servers.map((server, index) => once(server.listen(made.port + index, address), 'listening')),
    );
    return made;
  }

  /** One command of whoever asks, in turn. Rejects where the TPM is off. */
  execute(command: Buffer): Promise<Buffer> {
    const turn = this.#turn.then(async () => {
      this.#tpm ??= await RawTpm.connect(this.#target);
      return this.#tpm.execute(command);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** The TPM goes off. */
  hangUp(): void {
    this.#tpm?.close();
    this.#tpm = undefined;
  }

  async close(): Promise<void> {
    this.hangUp();
    for (const socket of this.#sockets) socket.end();
    await Promise.all(this.#servers.map((server) => once(server.close(), 'close')));
  }

  /** `take` gives back what is no whole message yet. */
  #serve(take: (socket: Socket, bytes: Buffer) => Buffer): Server {
    return createServer((socket) => {
      let waiting: Buffer = Buffer.alloc(0);
      this.#sockets.add(socket);
      socket
        .on('data', (bytes: Buffer) => {
          waiting = take(socket, Buffer.concat([waiting, bytes]));
        })
        .on('error', () => socket.destroy())
        .on('close', () => this.#sockets.delete(socket));
    });
  }

  #onCommandBytes(socket: Socket, bytes: Buffer): Buffer {
    if (bytes.length < 4) return bytes;
    const signal = bytes.readUInt32BE();
    if (signal === Signal.handShake) {
      if (bytes.length < 8) return bytes;
      socket.write(integers(PROTOCOL_VERSION, 0, 0));
      return this.#onCommandBytes(socket, bytes.subarray(8));
    }
    if (signal !== Signal.sendCommand) {
      socket.end();
      return Buffer.alloc(0);
    }
    if (bytes.length < COMMAND_HEADER_BYTES) return bytes;
    const end = COMMAND_HEADER_BYTES + bytes.readUInt32BE(5);
    if (bytes.length < end) return bytes;
    this.#onCommand(socket, bytes.subarray(COMMAND_HEADER_BYTES, end));
    return this.#onCommandBytes(socket, bytes.subarray(end));
  }

  #onCommand(socket: Socket, command: Buffer): void {
    this.execute(command).then(
      (response) => socket.write(Buffer.concat([integers(response.length), response, integers(0)])),
      // A client at a TPM without power hears nothing more.
      () => socket.end(),
    );
  }
}

/** The socket of swtpm: one command, one response. */
class RawTpm {
  readonly #socket: Socket;
  #waiting: Buffer = Buffer.alloc(0);
  #onResponse: ((response: Buffer) => void) | undefined;
  #onLost: ((error: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#onLost?.(new Error('the TPM went off')));
  }

  static async connect(target: { readonly host: string; readonly port: number }): Promise<RawTpm> {
    const socket = connect(target);
    await once(socket, 'connect');
    return new RawTpm(socket);
  }

  execute(command: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#onResponse = resolve;
      this.#onLost = reject;
      this.#socket.write(command);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(bytes: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    if (this.#waiting.length < RESPONSE_HEADER_BYTES) return;
    const size = this.#waiting.readUInt32BE(2);
    if (this.#waiting.length < size) return;
    const response = this.#waiting.subarray(0, size);
    this.#waiting = this.#waiting.subarray(size);
    this.#onResponse?.(response);
  }
}

/** Power on, NV on, and whatever else: all is well. */
function acknowledgeSignals(socket: Socket, bytes: Buffer): Buffer {
  const signals = Math.floor(bytes.length / 4);
  for (let at = 0; at < signals; at += 1) socket.write(integers(0));
  return bytes.subarray(signals * 4);
}

function integers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, index * 4);
  });
  return bytes;
}
