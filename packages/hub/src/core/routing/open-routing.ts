import type { AppendsToLog, KeepsTwins, KnowsItsNames, MakesRandomness, TellsTime } from '../ports.ts';
import { BuiltInView, type RoutesRecords } from './built-in-view.ts';
import { EndpointWorkers } from './endpoint-workers.ts';
import { RoutingBook, type RoutingBookOptions } from './routing-book.ts';
import { TwinCache } from './twin-cache.ts';

export interface OpenRouting extends RoutesRecords {
  readonly builtInView: BuiltInView;
  readonly endpointWorkers: EndpointWorkers;
  /** Before the log: what was delivered is written to it. */
  close(): Promise<void>;
}

/** Reads what was saved and begins to deliver. @throws HubError store.unusable, store.unavailable (retry) */
export async function openRouting(
  hub: AppendsToLog & TellsTime & MakesRandomness & KnowsItsNames & KeepsTwins,
  options: RoutingBookOptions,
): Promise<OpenRouting> {
  const routing = await RoutingBook.open(hub, options);
  const parts = { ...hub, routing, twinCache: new TwinCache(hub) };
  const builtInView = new BuiltInView(parts, options.onFault);
  const endpointWorkers = new EndpointWorkers(parts, { ...options, losses: options.store });
  return {
    ...{ routing, twinCache: parts.twinCache, builtInView, endpointWorkers },
    close: async () => {
      await Promise.all([builtInView.close(), endpointWorkers.close()]);
    },
  };
}
