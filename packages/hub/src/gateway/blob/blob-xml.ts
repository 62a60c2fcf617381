import { HubError, LIMITS } from '@viaduct/contracts';
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import type { BlobBlock, BlockChoice } from '../../core/ports.ts';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});

// Order is what a block list is about. Nothing in it needs an entity, and expanding those has been an attack before.
const parser = new XMLParser({
  preserveOrder: true,
  processEntities: false,
  parseTagValue: false,
  trimValues: true,
  ignoreAttributes: true,
});

/** `document` has one key, the root; an array is repeated elements; keys with `@` are attributes. Values are escaped. */
export function writeXml(document: object): string {
  return `<?xml version="1.0" encoding="utf-8"?>${builder.build(document)}`;
}

const FROM: ReadonlyMap<string, BlockChoice['from']> = new Map([
  ['Committed', 'committed'],
  ['Uncommitted', 'uncommitted'],
  ['Latest', 'latest'],
]);

type Ordered = { readonly [tag: string]: unknown };

/**
 *     <BlockList><Latest>AAAA</Latest><Committed>AAAB</Committed>…</BlockList>
 *
 * Pure. @throws HubError format.invalid, blob.blockListInvalid
 */
export function parseBlockList(xml: string): readonly BlockChoice[] {
  const elements = rootOf(xml);
  if (elements.length > LIMITS.BLOB_BLOCKS_MAX) {
    throw new HubError('blob.blockListInvalid', `a blob has at most ${LIMITS.BLOB_BLOCKS_MAX} blocks`);
  }
  return elements.map((element) => {
    const [tag = '', content] = Object.entries(element)[0] ?? [];
    const from = FROM.get(tag);
    const id = textOf(content);
    if (from === undefined || id === undefined) throw notAList('an element is not Committed, Uncommitted or Latest');
    return { id: requireBlockId(id), from };
  });
}

/** @throws HubError blob.blockListInvalid */
export function requireBlockId(id: string): string {
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(id) && id.length % 4 === 0;
  if (isBase64 && id.length <= LIMITS.BLOB_BLOCK_ID_CHARACTERS_MAX) return id;
  throw new HubError('blob.blockListInvalid', 'the id of a block is base64 of at most 64 bytes');
}

/** The answer to a question for a blob's blocks. */
export function blockListXml(committed: readonly BlobBlock[] | undefined, staged: readonly BlobBlock[] | undefined) {
  const blocksOf = (blocks: readonly BlobBlock[]) => ({
    Block: blocks.map(({ id, bytes }) => ({ Name: id, Size: bytes })),
  });
  return writeXml({
    BlockList: {
      ...(committed === undefined ? {} : { CommittedBlocks: blocksOf(committed) }),
      ...(staged === undefined ? {} : { UncommittedBlocks: blocksOf(staged) }),
    },
  });
}

function rootOf(xml: string): readonly Ordered[] {
  let nodes: unknown;
  try {
    nodes = parser.parse(xml, true);
  } catch (cause) {
    throw new HubError('format.invalid', `the body is not XML: ${(cause as Error).message}`, { cause });
  }
  const root = (nodes as readonly Ordered[]).find((node) => 'BlockList' in node)?.BlockList;
  if (!Array.isArray(root)) throw notAList('there is no BlockList');
  return root as readonly Ordered[];
}

/** With `preserveOrder`, an element's content is a list with a `#text`. */
function textOf(content: unknown): string | undefined {
  if (!Array.isArray(content) || content.length !== 1) return undefined;
  const { '#text': text } = content[0] as Ordered;
  return typeof text === 'string' ? text : undefined;
}

function notAList(why: string): HubError {
  return new HubError('format.invalid', `the body is no list of blocks: ${why}`);
}
