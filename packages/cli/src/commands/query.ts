import { LIMITS } from '@viaduct/contracts';
import { Command } from 'commander';
import { type CliContext, type CommonOptions, onServer, withServer } from '../context.ts';
import { table } from '../output.ts';
import { readNumber } from '../read-json.ts';
import type { RestClient } from '../rest-client.ts';

interface Options extends CommonOptions {
  readonly top: string;
}

interface Row {
  readonly [column: string]: unknown;
}

export function query(context: CliContext): Command {
  return withServer(new Command('query'))
    .argument('<query>', `such as "SELECT deviceId FROM devices WHERE tags.site = 'north'"`)
    .description('ask the whole fleet, in the query language of docs/protocol/query.md')
    .option('--top <n>', `at most this many rows, up to ${ROWS_MAX}`, String(LIMITS.QUERY_PAGE_DEFAULT))
    .action((text: string, options: Options) => {
      const top = readNumber('--top', options.top, { min: 1, max: ROWS_MAX, whole: true });
      return onServer(context, options, async ({ rest, output }) => {
        const { rows, isCut } = await output.waiting('asking the fleet', ask(rest, text, top));
        output.answer(rows, () => rowTable(rows));
        if (isCut) output.note(`The first ${rows.length}; there may be more.`);
      });
    });
}

const ROWS_MAX = 1_000_000;

/** Page after page. @throws HubError argument.invalid with the place in the text, query.tooLong, query.tooMany */
async function ask(
  rest: RestClient,
  text: string,
  top: number,
): Promise<{ readonly rows: readonly Row[]; readonly isCut: boolean }> {
  const rows: Row[] = [];
  let continuation: string | undefined;
  do {
    const { value, headers } = await rest.exchange({
      method: 'POST',
      path: '/devices/query',
      body: { query: text },
      headers: {
        'x-ms-max-item-count': String(Math.min(top - rows.length, LIMITS.QUERY_PAGE_MAX)),
        ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      },
    });
    rows.push(...(value as Row[]));
    continuation = headers['x-ms-continuation']?.toString();
  } while (continuation !== undefined && rows.length < top);
  return { rows, isCut: continuation !== undefined };
}

/** Of a whole twin what fits in a line; of anything else its columns. */
const TWIN_COLUMNS = ['deviceId', 'moduleId', 'status', 'connectionState', 'lastActivityTime', 'tags'];

function rowTable(rows: readonly Row[]): string {
  if (rows.length === 0) return 'Nothing fits.\n';
  const found = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isTwins = found.includes('properties') && found.includes('deviceEtag');
  const columns = isTwins ? TWIN_COLUMNS.filter((column) => found.includes(column)) : found;
  return table(
    columns,
    rows.map((row) => columns.map((column) => cell(row[column]))),
  );
}

const CELL_CHARACTERS_MAX = 60;

function cell(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const characters = [...text];
  return characters.length <= CELL_CHARACTERS_MAX ? text : `${characters.slice(0, CELL_CHARACTERS_MAX - 1).join('')}…`;
}
