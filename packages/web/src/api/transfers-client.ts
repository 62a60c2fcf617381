import { CONSOLE_API, type JobView, type NewTransfer, type TransferContainer } from '@viaduct/contracts';
import { exchange, send } from './request.ts';

const STORAGE_VERSION = '2020-12-06';

/** The registry as a file. */
export const transfersClient = {
  begin: (body: NewTransfer) => send<JobView>('POST', '/transfers', body),
  /** Puts a file where an import finds it, and answers with its name there. */
  upload: async (file: File): Promise<string> => {
    const { path, signature } = await send<TransferContainer>('POST', '/transfers/container');
    const name = `import-${crypto.randomUUID()}.txt`;
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': STORAGE_VERSION };
    await exchange(`${path}/${name}?${signature}`, { method: 'PUT', headers, body: file });
    return name;
  },
};

/** Where what a transfer wrote is downloaded: a link, so that the browser streams it to disk. */
export function transferFileUrl(jobId: string): string {
  return `${CONSOLE_API}/transfers/${encodeURIComponent(jobId)}/file`;
}
