/** What tests use of it; it brings no types. */
declare module '@20minutes/s3rver' {
  import type { Server } from 'node:http';

  export default class S3rver {
    constructor(options: {
      readonly address: string;
      readonly port: number;
      readonly directory: string;
      readonly silent: boolean;
      readonly configureBuckets: readonly { readonly name: string }[];
      readonly cert?: string;
      readonly key?: string;
    });
    readonly httpServer: Server;
    run(): Promise<unknown>;
  }
}
