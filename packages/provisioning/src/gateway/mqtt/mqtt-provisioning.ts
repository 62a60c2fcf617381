import { HubError, LIMITS } from '@viaduct/contracts';
import { type MqttGuest, type MqttVisitor, untilOrLate } from '@viaduct/hub';
import type { IConnectPacket } from 'mqtt-packet';
import type { Provisioning } from '../../core/provisioning.ts';
import { isRegistrationUser } from './registration-connect.ts';
import { RegistrationConnection, type RegistrationHost } from './registration-connection.ts';

export interface MqttProvisioningOptions {
  /** Hears of bugs of ours that were caught at a connection. */
  readonly onFault: (error: unknown) => void;
}

const CLOCK_CHECK_MS = 1_000;

/**
 * Devices that register over MQTT 3.1.1, as a guest of the hub's gateway: same listeners, told apart by the user name.
 *
 *     hub's MqttGateway ─► RegistrationConnection ─► the core's use cases
 *
 * Of two connections that proved to be the same device the newer one stays. Source: MQTT 3.1.1 §3.1.4.
 */
export class MqttProvisioning implements MqttGuest {
  readonly #provisioning: Provisioning;
  readonly #host: RegistrationHost;
  readonly #connections = new Set<RegistrationConnection>();
  /** By registration id, lower case. */
  readonly #devices = new Map<string, RegistrationConnection>();
  readonly #clockCheck: NodeJS.Timeout;
  #isStopping = false;

  constructor(provisioning: Provisioning, { onFault }: MqttProvisioningOptions) {
    this.#provisioning = provisioning;
    this.#host = {
      provisioning,
      fault: onFault,
      requireRoom: () => this.#requireRoom(),
      entered: (connection) => this.#entered(connection),
      closed: (connection) => this.#closed(connection),
    };
    this.#clockCheck = setInterval(() => this.#checkTime(), CLOCK_CHECK_MS).unref();
  }

  claims({ username }: IConnectPacket): boolean {
    return isRegistrationUser(username, this.#provisioning.hostNames);
  }

  accept(visitor: MqttVisitor): void {
    this.#connections.add(new RegistrationConnection(this.#host, visitor));
  }

  get stats(): { readonly connections: number } {
    return { connections: this.#connections.size };
  }

  /** Answers what was asked, then ends every connection; both within a bound. */
  async close(): Promise<void> {
    clearInterval(this.#clockCheck);
    this.#isStopping = true;
    const connections = [...this.#connections];
    for (const connection of connections) connection.stopReading();
    await untilOrLate(() => connections.every(({ requestsUnderWay }) => requestsUnderWay === 0));
    for (const connection of [...this.#connections]) connection.close();
  }

  #requireRoom(): void {
    if (this.#isStopping) throw new HubError('server.draining', 'the server is stopping');
    if (this.#connections.size < LIMITS.PROVISIONING_CONNECTIONS_MAX) return;
    throw new HubError(
      'connection.tooMany',
      `${LIMITS.PROVISIONING_CONNECTIONS_MAX} devices are registering over MQTT already`,
    );
  }

  #entered(connection: RegistrationConnection): void {
    const older = this.#devices.get(connection.registrationKey);
    this.#devices.set(connection.registrationKey, connection);
    older?.close();
  }

  #closed(connection: RegistrationConnection): void {
    this.#connections.delete(connection);
    const { registrationKey } = connection;
    if (this.#devices.get(registrationKey) === connection) this.#devices.delete(registrationKey);
  }

  #checkTime(): void {
    const now = this.#provisioning.clock.now();
    for (const connection of this.#connections) connection.checkTime(now);
  }
}
