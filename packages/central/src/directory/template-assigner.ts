import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OnFault } from '@viaduct/hub';
import type { TemplateBook } from '../template/template-book.ts';
import type { DirectoryThread } from './store/directory-thread.ts';

/** Devices that are given their template in one step. */
const ASSIGNED_AT_ONCE = 500;

export interface TemplateAssignerOptions {
  readonly templates: Pick<TemplateBook, 'adopt' | 'onChange'>;
  readonly thread: DirectoryThread;
  readonly onDevices: (deviceIds: readonly string[]) => void;
  readonly onFault: OnFault;
}

/** Gives devices that have no template the published one whose model they announced: when they announce it, and when one is published. */
export class TemplateAssigner {
  readonly #options: TemplateAssignerOptions;
  readonly #stopListening: () => void;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #closed = false;

  constructor(options: TemplateAssignerOptions) {
    this.#options = options;
    this.#stopListening = options.templates.onChange(() => this.wake());
  }

  /** There may be something to do. */
  wake(): void {
    this.#isWanted = true;
    if (!this.#closed) this.#running ??= this.#run();
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    await this.settled();
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWanted && !this.#closed) {
        this.#isWanted = false;
        await this.#assignAll();
      }
    } catch (fault) {
      this.#options.onFault(fault);
    } finally {
      this.#running = null;
    }
  }

  async #assignAll(): Promise<void> {
    const { templates, thread, onDevices } = this.#options;
    for (const modelId of await thread.call('unassignedModels')) {
      const template = await templates.adopt(modelId);
      if (template === undefined) continue;
      for (;;) {
        const deviceIds = await thread.call('assign', modelId, template.templateId, ASSIGNED_AT_ONCE);
        onDevices(deviceIds);
        if (deviceIds.length < ASSIGNED_AT_ONCE || this.#closed) break;
        await nextTurn();
      }
    }
  }
}
