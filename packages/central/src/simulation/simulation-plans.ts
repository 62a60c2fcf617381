import { LIMITS } from '@viaduct/contracts';
import type { CentralStore } from '../store/central-store.ts';

/** What people decided of one simulated device. */
export interface SimulationPlan {
  readonly isRunning: boolean;
  readonly intervalSeconds: number;
}

export const DEFAULT_PLAN: SimulationPlan = {
  isRunning: true,
  intervalSeconds: LIMITS.SIMULATION_INTERVAL_SECONDS_DEFAULT,
};

/** Plans that differ from the default, in memory and in central's own file: they outlive the server. */
export class SimulationPlans {
  readonly #store: CentralStore;
  readonly #plans: Map<string, SimulationPlan>;

  private constructor(store: CentralStore, plans: Map<string, SimulationPlan>) {
    this.#store = store;
    this.#plans = plans;
  }

  static async open(store: CentralStore): Promise<SimulationPlans> {
    const rows = await store.tables.selectFrom('simulation_plan').selectAll().execute();
    const plans = rows.map(({ device_id, is_running, interval_seconds }) => {
      return [device_id, { isRunning: is_running === 1, intervalSeconds: interval_seconds }] as const;
    });
    return new SimulationPlans(store, new Map(plans));
  }

  of(deviceId: string): SimulationPlan {
    return this.#plans.get(deviceId) ?? DEFAULT_PLAN;
  }

  async save(deviceId: string, plan: SimulationPlan): Promise<void> {
    const columns = {
      is_running: plan.isRunning ? (1 as const) : (0 as const),
      interval_seconds: plan.intervalSeconds,
    };
    await this.#store.tables
      .insertInto('simulation_plan')
      .values({ device_id: deviceId, ...columns })
      .onConflict((conflict) => conflict.column('device_id').doUpdateSet(columns))
      .execute();
    this.#plans.set(deviceId, plan);
  }

  /** Of a device that is simulated no more. */
  async forget(deviceId: string): Promise<void> {
    if (!this.#plans.delete(deviceId)) return;
    await this.#store.tables.deleteFrom('simulation_plan').where('device_id', '=', deviceId).execute();
  }
}
