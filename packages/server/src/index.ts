export { openCa, openCertificates, type ServerCertificate } from './certificates.ts';
export { type ConfigSources, readConfig, type ServerConfig } from './config.ts';
export { CONFIG_OPTIONS, type ConfigOption } from './config-options.ts';
export { newAdminLink, policiesIn } from './data-folder.ts';
export { type RunningServer, startServer } from './main.ts';
export { describeServeFlags, parseServeFlags } from './parse-serve-flags.ts';
export { ExitCode, serve } from './serve.ts';
export { StartFault } from './start-fault.ts';
