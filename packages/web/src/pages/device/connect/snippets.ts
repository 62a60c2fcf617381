import type { ConnectionInfo } from '@viaduct/contracts';
import { c, csharp, java } from './compiled-snippets.ts';
import { node, python } from './script-snippets.ts';
import { mqtt, oneLine } from './shell-snippets.ts';

/** What a snippet is made of; `connectionString` and `sas` may be masked for showing. */
export interface SnippetFacts {
  readonly deviceId: string;
  readonly connection: Pick<ConnectionInfo, 'hostName' | 'ports' | 'caPem'>;
  readonly connectionString: string;
  readonly sas: string;
}

export interface Snippet {
  readonly id: 'shell' | 'node' | 'python' | 'csharp' | 'java' | 'c' | 'mqtt';
  readonly title: string;
  /** What to do before running it. */
  readonly before: string;
  readonly text: string;
}

/** One way to send a first message per kind of client; each is complete, to be pasted and run. */
export function snippets(facts: SnippetFacts): readonly Snippet[] {
  return [oneLine, node, python, csharp, java, c, mqtt].map((snippet) => snippet(facts));
}

/** Replaces the key in a connection string or the signature in a token, so that it can stay on screen. */
export function masked(secret: string): string {
  return secret.replace(/(SharedAccessKey=|sig=)[^;&]+/g, '$1••••••••');
}
