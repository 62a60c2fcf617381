import { join } from 'node:path';
import type { Hub, OnFault } from '@viaduct/hub';
import type { Provisioning } from '@viaduct/provisioning';
import { openApplicationId } from './access/application-id.ts';
import { CommandRuns } from './command/command-runs.ts';
import { dashboardUses } from './dashboard/dashboard-uses.ts';
import { Dashboards } from './dashboard/dashboards.ts';
import type { DeviceDirectory, DeviceGroups } from './directory/device-directory.ts';
import { CsvImports } from './directory/import/csv-imports.ts';
import { ProjectedDirectory } from './directory/projected-directory.ts';
import { Relationships } from './directory/relationships.ts';
import { StoredGroups } from './directory/stored-groups.ts';
import { templateUses } from './directory/template-uses.ts';
import { explorationUses } from './exploration/exploration-uses.ts';
import type { History } from './history/history.ts';
import { openHistory } from './history/open-history.ts';
import type { HistorySettings } from './history/thread-messages.ts';
import { ModelRepository } from './model/model-repository.ts';
import { everySavedQuery } from './query/saved-queries.ts';
import { savedQueryUses } from './query/saved-query-uses.ts';
import { DeviceSimulation } from './simulation/device-simulation.ts';
import { SimulationPlans } from './simulation/simulation-plans.ts';
import type { CentralStore } from './store/central-store.ts';
import { findModelFaults } from './template/check-model.ts';
import { WasmDtdlParser } from './template/dtdl-parser.ts';
import { inlineModel } from './template/inline-model.ts';
import { StoredTemplateBook } from './template/stored-template-book.ts';
import type { TemplateBook } from './template/template-book.ts';
import { workUses } from './template/work-uses.ts';
import { viewUses } from './view/view-uses.ts';

export interface CentralOptions {
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  /** Central's own file. Whoever opened it closes it, after central. */
  readonly store: CentralStore;
  /** The data folder. */
  readonly directory: string;
  /** Folders with DTDL documents by the path convention; earlier ones win. */
  readonly modelDirectories: readonly string[];
  /** Of the data folder, 32 bytes: seals secrets, and signs the token of the ready file. */
  readonly encryptionKey: Buffer;
  /** How long and how much of what devices say is kept; null keeps none. */
  readonly historySettings: HistorySettings | null;
  /** Hears of faults in what runs by itself: readers of the log, retention, simulation. */
  readonly onFault: OnFault;
}

/**
 * What people and programs see of a fleet: models, devices, history, dashboards. The console and the REST interface are two doors to the
 * same parts, and no part knows which one was used.
 *
 *     log ─► directory (who is there) ─┐
 *     log ─► history (what was said) ──┼─► query language ─► explorer, tiles, /api/query, downloads
 *     templates (what it means) ───────┘
 */
export interface Central extends CentralOptions {
  readonly models: ModelRepository;
  readonly templates: TemplateBook;
  readonly dashboards: Dashboards;
  readonly history: History;
  /** GUID that API tokens name as what they open. */
  readonly applicationId: string;
  readonly devices: DeviceDirectory;
  readonly groups: DeviceGroups;
  readonly simulation: DeviceSimulation;
  readonly imports: CsvImports;
  readonly relationships: Relationships;
  readonly commandRuns: CommandRuns;
  /** Stops what runs by itself, saves where it was, lets go of files. */
  close(): Promise<void>;
}

/** Resolves when every part can be asked; readers of the log catch up behind it. */
export async function openCentral(options: CentralOptions): Promise<Central> {
  const applicationId = await openApplicationId(options.store, options.hub);
  const models = new ModelRepository(options.modelDirectories, options.hub.clock);
  const findModel = (modelId: string) => models.findDocument(modelId);
  const parser = new WasmDtdlParser();
  const templates = await StoredTemplateBook.open({
    store: options.store,
    random: options.hub.random,
    complete: (document) => inlineModel(document, findModel),
    findFaults: (model) => findModelFaults(parser, model),
    findModel,
    onFault: options.onFault,
  });
  const dashboards = new Dashboards(options.store, options.hub);
  /** In the order in which the parts were opened; closed the other way. */
  const closes: (() => Promise<void>)[] = [() => parser.close()];
  const close = async () => {
    for (const closePart of closes.reverse()) await closePart().catch(options.onFault);
  };
  const { hub, provisioning, store, directory, historySettings, onFault } = options;
  const history = openHistory({ hub, directory, settings: historySettings, onFault });
  closes.push(() => history.close());
  const groups = await StoredGroups.open({ store, random: hub.random, templates, onFault });
  closes.push(() => groups.close());
  const file = join(directory, 'directory.sqlite');
  const devices = await ProjectedDirectory.open({ hub, provisioning, templates, file, onFault });
  closes.push(() => devices.close());
  const folder = join(directory, 'imports');
  const imports = await CsvImports.open({ hub, devices, templates, store, folder, onFault });
  closes.push(() => imports.close());
  const relationships = new Relationships({ store, hub, onFault });
  closes.push(() => relationships.close());
  const commandRuns = new CommandRuns({ store, hub, onFault });
  closes.push(() => commandRuns.close());
  templates.registerUses((template) => templateUses({ devices, groups }, template));
  templates.registerUses(async (template) => dashboardUses(await dashboards.all(), groups, template));
  templates.registerUses((template) => explorationUses(store, template));
  templates.registerUses((template) => workUses({ hub, provisioning }, template));
  templates.registerUses(async (template) => savedQueryUses(await everySavedQuery(store), template));
  templates.registerUses((template) => viewUses(store, devices, template));
  const plans = await SimulationPlans.open(store);
  const simulation = await DeviceSimulation.open({ hub, devices, templates, plans, onFault });
  closes.push(() => simulation.close());
  return {
    ...options,
    applicationId,
    models,
    templates,
    devices,
    groups,
    imports,
    relationships,
    commandRuns,
    simulation,
    dashboards,
    history,
    close,
  };
}
