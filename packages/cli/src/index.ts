export { ExitCode } from './exit-code.ts';
export { buildProgram } from './program.ts';
export { runCli } from './run-cli.ts';
