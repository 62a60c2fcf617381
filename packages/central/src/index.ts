export { makeServerToken } from './access/server-token.ts';
export { centralApi } from './api/central-api.ts';
export { refuseApiAddress } from './api/refuse-api-address.ts';
export { type Central, type CentralOptions, openCentral } from './central.ts';
export type { ConsoleOptions } from './console/console-parts.ts';
export { consolePlugin } from './console-plugin.ts';
export { type AdminLink, createAdminLink } from './people/admin-link.ts';
export { hasAdministrator } from './people/set-up.ts';
export { type CentralStore, openCentralStore } from './store/central-store.ts';
