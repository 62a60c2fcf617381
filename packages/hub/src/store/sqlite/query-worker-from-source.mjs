// The start of the query thread where nothing was built: in tests, and under tsx. A worker thread does not inherit a loader, so it
// registers the one that development uses. A bundle starts `query-worker.mjs` itself.
import { register } from 'tsx/esm/api';

register();
await import('./query-worker.ts');
