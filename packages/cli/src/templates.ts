import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';
import type { RestClient } from './rest-client.ts';

/** A device template as the REST API gives it. */
export interface DeviceTemplate {
  readonly '@id': string;
  readonly '@type': readonly string[];
  readonly displayName: string;
  readonly description?: string;
  readonly etag: string;
  readonly capabilityModel: Readonly<Record<string, unknown>>;
}

interface TemplatePage {
  readonly value: readonly DeviceTemplate[];
  readonly nextLink?: string;
}

const PAGE_SIZE = '100';

export async function listTemplates(rest: RestClient): Promise<readonly DeviceTemplate[]> {
  const templates: DeviceTemplate[] = [];
  let token: string | null = null;
  do {
    const query: Record<string, string> = { maxpagesize: PAGE_SIZE, ...(token === null ? {} : { $skiptoken: token }) };
    const page = (await rest.send({ method: 'GET', path: '/api/deviceTemplates', query })) as TemplatePage;
    templates.push(...page.value);
    token = page.nextLink === undefined ? null : new URL(page.nextLink).searchParams.get('$skiptoken');
  } while (token !== null);
  return templates;
}

export async function getTemplate(rest: RestClient, templateId: string): Promise<DeviceTemplate> {
  return (await rest.send({ method: 'GET', path: templatePath(templateId) })) as DeviceTemplate;
}

/** Publishes it at once. Without `replace`, only where there is none of its identifier. @throws CliFailure */
export async function importTemplate(
  rest: RestClient,
  { templateId, body }: ReadTemplate,
  replace: boolean,
): Promise<DeviceTemplate> {
  const path = templatePath(templateId);
  const isThere = await rest.send({ method: 'GET', path }).then(
    () => true,
    (thrown: unknown) => {
      if (thrown instanceof CliFailure && thrown.exitCode === ExitCode.notFound) return false;
      throw thrown;
    },
  );
  if (isThere && !replace) {
    throw new CliFailure(ExitCode.refused, `there is a template ${templateId} already`, 'Say --replace to change it.');
  }
  return (await rest.send({ method: 'PUT', path, body })) as DeviceTemplate;
}

export interface ReadTemplate {
  readonly templateId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A template as `export` writes it, or a DTDL interface, of which a template of the same identifier is made. Pure. @throws CliFailure usage */
export function readTemplate(document: Readonly<Record<string, unknown>>): ReadTemplate {
  const isTemplate = document.capabilityModel !== undefined;
  const model = isTemplate ? document.capabilityModel : document;
  const id = document['@id'] ?? (model as Readonly<Record<string, unknown>> | null)?.['@id'];
  if (typeof id !== 'string') {
    throw new CliFailure(ExitCode.usage, 'the document has no @id', 'Give a DTDL interface, or a device template.');
  }
  const body = { '@type': ['ModelDefinition', 'DeviceModel'], ...(isTemplate ? document : { capabilityModel: model }) };
  return { templateId: id, body };
}

function templatePath(templateId: string): string {
  return `/api/deviceTemplates/${encodeURIComponent(templateId)}`;
}
