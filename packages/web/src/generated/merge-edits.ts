import type { FieldEdit, ViewEdits, ViewEditsPatch } from '@viaduct/contracts';

/** The same merge that the server does: by field and attribute, null removes. Pure. */
export function mergeEdits({ fields }: ViewEdits, patch: ViewEditsPatch): ViewEdits {
  const merged: Record<string, FieldEdit> = { ...fields };
  for (const [key, change] of Object.entries(patch.fields)) {
    if (change === null) delete merged[key];
    else merged[key] = withoutNulls({ ...merged[key], ...change });
  }
  return { fields: merged };
}

function withoutNulls(values: object): FieldEdit {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
