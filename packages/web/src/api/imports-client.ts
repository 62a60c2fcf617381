import { CONSOLE_API, type ImportView } from '@viaduct/contracts';
import { get, query, send, upload } from './request.ts';

interface ImportChoice {
  readonly fileName: string;
  readonly templateId?: string | undefined;
}

/** Devices from a CSV file. */
export const importsClient = {
  begin: ({ fileName, templateId }: ImportChoice, file: Blob) =>
    upload<ImportView>(`/imports${query({ fileName, templateId })}`, 'text/csv', file),
  import: (importId: string) => get<ImportView>(importPath(importId)),
  cancel: (importId: string) => send<void>('DELETE', importPath(importId)),
};

/** The file with every line that was refused, and why. */
export function importErrorsUrl(importId: string): string {
  return `${CONSOLE_API}${importPath(importId)}/errors`;
}

function importPath(importId: string): string {
  return `/imports/${encodeURIComponent(importId)}`;
}
