import { queryOptions } from '@tanstack/react-query';
import type {
  AcceptedTemplate,
  InferredTemplate,
  JsonObject,
  KnownInterface,
  ModelFault,
  TemplateImpact,
  TemplateImport,
  TemplateMigrated,
  TemplateMigration,
  TemplateProposal,
  TemplateRow,
  TemplateView,
} from '@viaduct/contracts';
import { get, query, send } from './request.ts';

/** Models: device templates, and what is made of what a device sends. */
export const templatesClient = {
  list: () => get<readonly TemplateRow[]>('/templates'),
  template: (templateId: string) => get<TemplateView>(pathOf(templateId)),
  check: (document: unknown) => send<TemplateProposal>('POST', '/templates/check', { document }),
  /** What is wrong with a template that somebody works on, each fault at its element. */
  faults: (document: JsonObject) => send<readonly ModelFault[]>('POST', '/templates/faults', { document }),
  interfaces: (search: string) => get<readonly KnownInterface[]>(`/templates/interfaces${query({ search })}`),
  interface: (modelId: string) => get<KnownInterface>(`/templates/interfaces/${encodeURIComponent(modelId)}`),
  import: (body: TemplateImport) => send<TemplateView>('POST', '/templates', body),
  saveDraft: (templateId: string, document: JsonObject, etag?: string) =>
    send<TemplateView>('PUT', `${pathOf(templateId)}/draft`, { document, ...(etag === undefined ? {} : { etag }) }),
  discardDraft: (templateId: string) => send<void>('DELETE', `${pathOf(templateId)}/draft`),
  publish: (templateId: string, etag: string) => send<TemplateView>('POST', `${pathOf(templateId)}/publish`, { etag }),
  impact: (templateId: string) => get<TemplateImpact>(`${pathOf(templateId)}/impact`),
  newVersion: (templateId: string) => send<TemplateView>('POST', `${pathOf(templateId)}/version`),
  migrate: (templateId: string, body: TemplateMigration) =>
    send<TemplateMigrated>('POST', `${pathOf(templateId)}/migrate`, body),
  remove: (templateId: string) => send<void>('DELETE', pathOf(templateId)),
  file: (templateId: string, as: 'template' | 'dtdl') => get<JsonObject>(`${pathOf(templateId)}/file${query({ as })}`),
  proposal: (deviceId: string) => get<InferredTemplate>(`/devices/${encodeURIComponent(deviceId)}/proposal`),
  accept: (deviceId: string, body: AcceptedTemplate) =>
    send<TemplateView>('POST', `/devices/${encodeURIComponent(deviceId)}/proposal`, body),
};

function pathOf(templateId: string): string {
  return `/templates/${encodeURIComponent(templateId)}`;
}

export const templatesQuery = queryOptions({
  queryKey: ['templates', 'list'],
  queryFn: () => templatesClient.list(),
});

export const templateQuery = (templateId: string) =>
  queryOptions({ queryKey: ['templates', 'one', templateId], queryFn: () => templatesClient.template(templateId) });

/** Interfaces that a model can be made of. */
export const interfacesQuery = (search: string) =>
  queryOptions({ queryKey: ['templates', 'interfaces', search], queryFn: () => templatesClient.interfaces(search) });

export const interfaceQuery = (modelId: string) =>
  queryOptions({ queryKey: ['templates', 'interface', modelId], queryFn: () => templatesClient.interface(modelId) });

/** A draft is another one with each save, and so is its impact. */
export const impactQuery = (templateId: string, etag: string) =>
  queryOptions({
    queryKey: ['templates', 'impact', templateId, etag],
    queryFn: () => templatesClient.impact(templateId),
  });

/** Asked once: what one has begun to accept must not change under one's hands. */
export const proposalQuery = (deviceId: string) =>
  queryOptions({
    queryKey: ['templates', 'proposal', deviceId],
    queryFn: () => templatesClient.proposal(deviceId),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
