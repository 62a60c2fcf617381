import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import type { LiveEvent } from '@viaduct/contracts';

/** Reads server-sent events as a browser does: keeps the last id, and goes on when asked to. */
export class EventReader {
  readonly events: LiveEvent[] = [];
  lastEventId = '';
  statusCode = 0;
  ended = false;
  readonly #request: ClientRequest;
  #text = '';
  #changed: () => void = () => {};

  constructor(options: { readonly url: string; readonly ca: string; readonly cookie: string; readonly from?: string }) {
    const headers = {
      cookie: options.cookie,
      ...(options.from === undefined ? {} : { 'last-event-id': options.from }),
    };
    this.#request = request(options.url, { ca: options.ca, headers, agent: false });
    this.#request.on('response', (response) => {
      this.statusCode = response.statusCode ?? 0;
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.#read(text));
      response.on('close', () => this.#end());
      response.on('error', () => this.#end());
      this.#changed();
    });
    this.#request.on('error', () => this.#end());
    this.#request.end();
  }

  of<K extends LiveEvent['kind']>(kind: K): readonly Extract<LiveEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<LiveEvent, { kind: K }> => event.kind === kind);
  }

  /** Resolves when the condition holds; looks again after everything that arrives. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  pause(): void {
    this.#request.socket?.pause();
  }

  resume(): void {
    this.#request.socket?.resume();
  }

  /** As when the network breaks: whatever is under way is lost. */
  kill(): void {
    this.#request.destroy();
  }

  #read(text: string): void {
    this.#text += text;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) this.#dispatch(block);
    this.#changed();
  }

  #dispatch(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const data = fields.get('data');
    if (data !== undefined) this.events.push(JSON.parse(data) as LiveEvent);
  }

  #end(): void {
    this.ended = true;
    this.#changed();
  }
}
