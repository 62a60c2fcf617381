import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { TransferJob } from './jobs.ts';
import type { RestClient } from './rest-client.ts';

/** A signed address of the hub's own container for the files of jobs. */
export interface JobContainer {
  readonly containerUri: string;
  readonly expiryTimeUtc: string;
}

const STORAGE_VERSION = '2020-12-06';

export async function signContainer(rest: RestClient, seconds: number): Promise<JobContainer> {
  return (await rest.send({ method: 'POST', path: '/jobs/container', body: { seconds } })) as JobContainer;
}

/** @throws HubError job.transferRunning, container.invalid */
export async function startTransfer(rest: RestClient, job: object): Promise<TransferJob> {
  return (await rest.send({ method: 'POST', path: '/jobs/create', body: job })) as TransferJob;
}

export async function putFile(
  rest: RestClient,
  container: JobContainer,
  name: string,
  content: Readable,
  bytes: number,
): Promise<void> {
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': STORAGE_VERSION };
  const response = await rest.openBlob({ method: 'PUT', path: pathOf(container, name), headers, content, bytes });
  response.resume();
}

/** Read it to its end, or destroy it. */
export function openFile(rest: RestClient, container: JobContainer, name: string): Promise<IncomingMessage> {
  return rest.openBlob({ method: 'GET', path: pathOf(container, name), headers: { 'x-ms-version': STORAGE_VERSION } });
}

export async function removeFile(rest: RestClient, container: JobContainer, name: string): Promise<void> {
  const headers = { 'x-ms-version': STORAGE_VERSION };
  const response = await rest.openBlob({ method: 'DELETE', path: pathOf(container, name), headers });
  response.resume();
}

/** On the same server: its name in the address is the one that we reached it by. */
function pathOf({ containerUri }: JobContainer, name: string): string {
  const { pathname, search } = new URL(containerUri);
  return `${pathname}/${encodeURIComponent(name)}${search}`;
}
