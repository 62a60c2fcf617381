/** What the shell learns. A promise to scripts: docs/operating/cli.md. */
export const ExitCode = {
  ok: 0,
  /** The server, or the device, said no. */
  refused: 1,
  /** The command line is wrong; nothing was tried. */
  usage: 2,
  /** Server or device cannot be reached now; the same command may succeed later. */
  unreachable: 3,
  /** What was named does not exist. */
  notFound: 4,
  /** A bug of ours. Source: sysexits(3), EX_SOFTWARE. */
  fault: 70,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
