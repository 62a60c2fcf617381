/**
 * Devices that the server makes up: from any model, with signals that look real.
 *
 *     GET    /simulation                 SimulationSummary
 *     POST   /simulation/devices         NewSimulatedDevices → CreatedSimulatedDevices   409 central.limitReached, 404 template.notFound
 *     GET    /simulation/devices         SimulatedDeviceRow[]
 *     GET    /simulation/devices/{id}    SimulatedDeviceRow          400 argument.invalid: it is not simulated
 *     PATCH  /simulation/devices/{id}    SimulationChange → SimulatedDeviceRow
 *     PATCH  /simulation                 SimulationChange → SimulationSummary         all of them
 *
 * A single simulated device is made as any device is, with `simulated`.
 */
export interface SimulationSummary {
  readonly devices: number;
  readonly running: number;
  /** LIMITS.SIMULATED_DEVICES_MAX. */
  readonly devicesMax: number;
}

export interface NewSimulatedDevices {
  /** Null: a small sensor without a template. */
  readonly templateId: string | null;
  readonly count: number;
  /** Default: LIMITS.SIMULATION_INTERVAL_SECONDS_DEFAULT. */
  readonly intervalSeconds?: number;
}

/** They connect one after another, at once. */
export interface CreatedSimulatedDevices {
  readonly deviceIds: readonly string[];
}

/** `waiting`: it is blocked, or nobody approved it. `replaced`: a real device came with its id, and is not disturbed. */
export type SimulationState = 'running' | 'stopped' | 'waiting' | 'replaced';

export interface SimulatedDeviceRow {
  readonly deviceId: string;
  readonly state: SimulationState;
  readonly isRunning: boolean;
  readonly intervalSeconds: number;
  /** Since it connected last. */
  readonly messages: number;
}

export interface SimulationChange {
  readonly isRunning?: boolean;
  readonly intervalSeconds?: number;
}
