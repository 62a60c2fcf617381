import { BUILT_IN_ENDPOINT, type EndpointLoss, type EndpointState, HubError } from '@viaduct/contracts';
import type { EndpointRecord, RoutingStore } from '../ports.ts';
import { type OnFault, warnOfFault } from '../repeating-task.ts';
import { BuiltInCopy } from './built-in-copy.ts';
import { checkpointGroup, type ReadsRouted } from './endpoint-reader.ts';
import { EndpointWorker } from './endpoint-worker.ts';

export interface EndpointWorkersOptions {
  readonly losses: Pick<RoutingStore, 'saveLoss' | 'losses'>;
  readonly onFault?: OnFault;
}

/** A worker for each endpoint that is saved, and one that copies what happened to devices to the built-in endpoint. */
export class EndpointWorkers {
  readonly #hub: ReadsRouted;
  readonly #losses: EndpointWorkersOptions['losses'];
  readonly #onFault: OnFault;
  readonly #workers = new Map<string, EndpointWorker>();
  readonly #copying: EndpointWorker;
  readonly #stopListening: () => void;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(hub: ReadsRouted, { losses, onFault = warnOfFault }: EndpointWorkersOptions) {
    this.#hub = hub;
    this.#losses = losses;
    this.#onFault = onFault;
    this.#copying = this.#copyWorker();
    this.#follow();
    this.#stopListening = hub.routing.onChange(() => this.#follow());
  }

  /** In the order of the saved endpoints. */
  get states(): readonly EndpointState[] {
    return this.#hub.routing.current.endpoints.flatMap(({ id }) => this.#workers.get(id)?.state ?? []);
  }

  /** @throws HubError routing.notFound */
  async losses(name: string): Promise<readonly EndpointLoss[]> {
    const endpoint = this.#hub.routing.current.endpoints.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (endpoint === undefined) throw new HubError('routing.notFound', `there is no endpoint "${name}"`);
    return this.#losses.losses(endpoint.id);
  }

  async close(): Promise<void> {
    this.#stopListening();
    await Promise.all([
      this.#closing,
      this.#copying.close(),
      ...[...this.#workers.values()].map((worker) => worker.close()),
    ]);
  }

  #follow(): void {
    const { endpoints } = this.#hub.routing.current;
    const wanted = new Set(endpoints.map(({ id }) => id));
    for (const [id, worker] of this.#workers) if (!wanted.has(id)) this.#end(id, worker);
    for (const endpoint of endpoints) {
      const worker = this.#workers.get(endpoint.id);
      if (worker === undefined) this.#workers.set(endpoint.id, this.#worker(endpoint));
      else worker.changed(endpoint);
    }
    this.#copying.changed(COPY);
  }

  #end(id: string, worker: EndpointWorker): void {
    this.#workers.delete(id);
    const ended = worker.close().then(() => this.#hub.log.removeCheckpoints(checkpointGroup(id)));
    this.#closing = Promise.all([this.#closing, ended.catch(this.#onFault)]);
  }

  #worker(endpoint: EndpointRecord): EndpointWorker {
    return new EndpointWorker({
      hub: this.#hub,
      endpoint,
      partitions: Array.from({ length: this.#hub.log.partitionCount }, (_, partition) => partition),
      opens: this.#hub.routing.adapters,
      losses: this.#losses,
      onFault: this.#onFault,
    });
  }

  #copyWorker(): EndpointWorker {
    const { eventPartitions, log } = this.#hub;
    return new EndpointWorker({
      hub: this.#hub,
      endpoint: COPY,
      partitions: Array.from({ length: log.partitionCount - eventPartitions }, (_, index) => eventPartitions + index),
      opens: { open: async () => new BuiltInCopy(this.#hub) },
      losses: this.#losses,
      onFault: this.#onFault,
    });
  }
}

const COPY: EndpointRecord = {
  id: BUILT_IN_ENDPOINT,
  name: BUILT_IN_ENDPOINT,
  kind: 'builtIn',
  configuration: {},
  isPaused: false,
  createdTime: 0,
};
