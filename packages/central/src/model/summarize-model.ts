import { LIMITS, type ModelCommand, type ModelComponent, type ModelField, type ModelSummary } from '@viaduct/contracts';
import { DtdlNode, invalid } from './dtdl-node.ts';
import { readField, type SchemaScope, type SharedSchemas } from './read-schema.ts';

/** Finds the document of another interface; undefined when there is none. */
export type FindModel = (modelId: string) => Promise<unknown>;

type Summarized = Required<
  Pick<ModelSummary, 'telemetry' | 'properties' | 'commands' | 'components' | 'cloudProperties'>
>;
const NOTHING: Summarized = { telemetry: [], properties: [], commands: [], components: [], cloudProperties: [] };

/**
 * Reads a DTDL document (v2, v3 or v4; one interface, or a list with those it needs) into what a console shows. Interfaces it
 * extends are read with it; components one level deep, as DTDL allows no more. What cannot be found is left out.
 *
 * @throws HubError model.invalid, naming the place; for any JSON at all it is this or a summary
 */
export async function summarizeModel(
  document: unknown,
  modelId: string,
  findModel: FindModel = async () => undefined,
): Promise<ModelSummary> {
  const reader = new InterfaceReader(document, findModel);
  const root = await reader.find(modelId);
  if (root === undefined) throw invalid('$', `has no interface ${modelId}`);
  const { components, cloudProperties, ...contents } = await reader.read(root, null);
  return {
    modelId,
    displayName: root.localized('displayName') ?? nameIn(modelId),
    description: root.localized('description'),
    ...contents,
    ...(components.length === 0 ? {} : { components }),
    ...(cloudProperties.length === 0 ? {} : { cloudProperties }),
  };
}

/** Reads interfaces of one document and of those it refers to; each at most once per place. */
class InterfaceReader {
  readonly #own = new Map<string, DtdlNode>();
  /** Of all interfaces: an identifier is of one schema, wherever it was defined. */
  readonly #shared = new Map<string, DtdlNode>();
  readonly #findModel: FindModel;
  #read = 0;
  #fields = 0;

  constructor(document: unknown, findModel: FindModel) {
    this.#findModel = findModel;
    this.#enter(document);
  }

  async find(modelId: string): Promise<DtdlNode | undefined> {
    const own = this.#own.get(modelId);
    if (own !== undefined) return own;
    const document = await this.#findModel(modelId);
    if (document !== undefined) this.#enter(document);
    return this.#own.get(modelId);
  }

  async read(node: DtdlNode, component: string | null, chain: readonly DtdlNode[] = []): Promise<Summarized> {
    this.#read += 1;
    if (chain.includes(node)) throw invalid(node.path, 'extends itself');
    if (chain.length > LIMITS.MODEL_DEPTH_MAX || this.#read > LIMITS.MODEL_INTERFACES_MAX) {
      throw invalid(node.path, 'needs too many other interfaces');
    }
    for (const [id, schema] of sharedSchemas(node)) this.#shared.set(id, schema);
    const scope = { shared: this.#shared, component, count: (path: string) => this.#count(path) };
    const parts = [readContents(node, scope)];
    if (component === null) parts.push(...(await this.#components(node)));
    for (const base of await this.#referred(node, 'extends')) {
      parts.push(await this.read(base, component, [...chain, node]));
    }
    return parts.reduce(merge, NOTHING);
  }

  #count(path: string): void {
    this.#fields += 1;
    if (this.#fields > LIMITS.MODEL_FIELDS_MAX) {
      throw invalid(path, `is one of more than ${LIMITS.MODEL_FIELDS_MAX} fields`);
    }
  }

  async #components(node: DtdlNode): Promise<readonly Summarized[]> {
    const read: Summarized[] = [];
    for (const content of node.list('contents')) {
      if (!content.is('Component')) continue;
      const models = await this.#referred(content, 'schema');
      read.push({ ...NOTHING, components: [componentOf(content)] });
      for (const model of models) read.push(await this.read(model, content.name));
    }
    return read;
  }

  /** The interfaces under a name: identifiers, or written in place. */
  async #referred(node: DtdlNode, name: string): Promise<readonly DtdlNode[]> {
    const value = node.get(name);
    const references: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
    const found: DtdlNode[] = [];
    for (const [index, reference] of references.entries()) {
      const model =
        typeof reference === 'string'
          ? await this.find(reference)
          : new DtdlNode(reference, `${node.path}.${name}[${index}]`);
      if (model !== undefined) found.push(this.#remember(model));
    }
    return found;
  }

  /** What is written in place once may be named by its identifier elsewhere. */
  #remember(model: DtdlNode): DtdlNode {
    const id = model.get('@id');
    if (typeof id === 'string' && !this.#own.has(id)) this.#own.set(id, model);
    return model;
  }

  #enter(document: unknown): void {
    const interfaces = Array.isArray(document) ? document : [document];
    interfaces.forEach((value, index) => {
      const node = new DtdlNode(value, interfaces.length === 1 ? '$' : `$[${index}]`);
      const id = node.get('@id');
      if (typeof id !== 'string' || !node.is('Interface')) throw invalid(node.path, 'is not an Interface with an @id');
      if (!this.#own.has(id)) this.#own.set(id, node);
    });
  }
}

function readContents(node: DtdlNode, scope: SchemaScope): Summarized {
  const contents = node.list('contents');
  return {
    telemetry: contents.filter((content) => content.is('Telemetry')).map((content) => readField(content, scope)),
    properties: contents
      .filter((content) => content.is('Property') && !content.is('Cloud'))
      .map((content) => ({ ...readField(content, scope), writable: content.get('writable') === true })),
    commands: contents.filter((content) => content.is('Command')).map((content) => readCommand(content, scope)),
    components: [],
    cloudProperties:
      scope.component === null ? contents.filter(isCloudProperty).map((content) => readField(content, scope)) : [],
  };
}

function isCloudProperty(content: DtdlNode): boolean {
  return content.is('Property') && content.is('Cloud');
}

function componentOf(node: DtdlNode): ModelComponent {
  const schema = node.get('schema');
  const id =
    typeof schema === 'object' && schema !== null ? (schema as Readonly<Record<string, unknown>>)['@id'] : schema;
  return {
    name: node.name,
    displayName: node.localized('displayName') ?? node.name,
    description: node.localized('description') ?? node.localized('comment'),
    modelId: typeof id === 'string' ? id : null,
  };
}

function readCommand(node: DtdlNode, scope: SchemaScope): ModelCommand {
  const payload = (name: string): ModelField | null => {
    const value = node.get(name);
    return value === undefined ? null : readField(new DtdlNode(value, `${node.path}.${name}`), scope);
  };
  return {
    name: node.name,
    displayName: node.localized('displayName') ?? node.name,
    description: node.localized('description') ?? node.localized('comment'),
    component: scope.component,
    request: payload('request'),
    response: payload('response'),
    ...(node.get('durable') === true ? { isQueued: true } : {}),
  };
}

function sharedSchemas(node: DtdlNode): SharedSchemas {
  const shared = new Map<string, DtdlNode>();
  for (const schema of node.list('schemas')) {
    const id = schema.get('@id');
    if (typeof id === 'string') shared.set(id, schema);
  }
  return shared;
}

/** What an interface says itself goes before what it inherits. */
function merge(own: Summarized, inherited: Summarized): Summarized {
  return {
    telemetry: withoutDoubles([...own.telemetry, ...inherited.telemetry]),
    properties: withoutDoubles([...own.properties, ...inherited.properties]),
    commands: withoutDoubles([...own.commands, ...inherited.commands]),
    components: withoutDoubles([...own.components, ...inherited.components]),
    cloudProperties: withoutDoubles([...own.cloudProperties, ...inherited.cloudProperties]),
  };
}

function withoutDoubles<T extends { readonly name: string; readonly component?: string | null }>(
  all: readonly T[],
): T[] {
  const byName = new Map<string, T>();
  for (const one of all) {
    const key = `${one.component ?? ''}/${one.name}`;
    if (!byName.has(key)) byName.set(key, one);
  }
  return [...byName.values()];
}

/** `dtmi:com:example:Thermostat;1` is "Thermostat" to people. */
function nameIn(modelId: string): string {
  return modelId.split(';')[0]?.split(':').at(-1) ?? modelId;
}
