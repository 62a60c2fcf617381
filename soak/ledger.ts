/**
 * What was promised and what came: every device numbers its messages 0, 1, 2, …, sends one at a time, and sends a number again
 * until it is acknowledged. So what was acknowledged is a run from 0, and a reader must see the same run, each number perhaps
 * more than once.
 */
export class Ledger {
  readonly #acknowledged = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #commands = new Map<string, { readonly deviceId: string; received: boolean }>();
  duplicates = 0;
  /** Numbers that came after one that had not come yet: lost, or out of order. */
  readonly gaps: string[] = [];
  acknowledgedTotal = 0;
  seenTotal = 0;

  /** The device may forget message `number`: the server answered for it. */
  acknowledged(deviceId: string, number: number): void {
    this.#acknowledged.set(deviceId, number + 1);
    this.acknowledgedTotal++;
  }

  /** The number a device has to send next. */
  nextToSend(deviceId: string): number {
    return this.#acknowledged.get(deviceId) ?? 0;
  }

  /** A reader was given this message. */
  seen(deviceId: string, number: number): void {
    const next = this.#seen.get(deviceId) ?? 0;
    if (number < next) this.duplicates++;
    else {
      if (number > next && this.gaps.length < 1_000) this.gaps.push(`${deviceId}: ${next} to ${number - 1}`);
      this.#seen.set(deviceId, number + 1);
      this.seenTotal++;
    }
  }

  commandAccepted(messageId: string, deviceId: string): void {
    const known = this.#commands.get(messageId);
    if (known === undefined) this.#commands.set(messageId, { deviceId, received: false });
  }

  /** May come before `commandAccepted`: the device is sometimes faster than the answer to the sender. */
  commandReceived(messageId: string, deviceId: string): void {
    this.#commands.set(messageId, { deviceId, received: true });
  }

  get commandsTotal(): number {
    return this.#commands.size;
  }

  /** Accepted from the back end and in no device's hands yet. */
  get commandsMissing(): readonly string[] {
    return [...this.#commands]
      .filter(([, { received }]) => !received)
      .map(([id, { deviceId }]) => `${id} of ${deviceId}`);
  }

  /** Messages that were acknowledged and not seen by a reader, so far. */
  get missing(): number {
    let missing = 0;
    for (const [deviceId, count] of this.#acknowledged) missing += Math.max(0, count - (this.#seen.get(deviceId) ?? 0));
    return missing;
  }
}
