/**
 * Why the server cannot start, in words for the person who started it: what is wrong, and what to do. Shown without a stack.
 */
export class StartFault extends Error {
  override readonly name = 'StartFault';
  /** 2: started wrongly (flags, environment). 1: the machine does not allow it now. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
