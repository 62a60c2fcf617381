/**
 * What the core needs from the outside, one small capability an interface. A use case asks for an intersection of those it
 * uses, so its signature tells what it can touch. `main.ts` of the server decides who fills them.
 */
export type * from './ports/access-token.ts';
export type * from './ports/blob.ts';
export type * from './ports/certificate.ts';
export type * from './ports/command.ts';
export type * from './ports/configuration.ts';
export type * from './ports/connection.ts';
export type * from './ports/consumer-group.ts';
export type * from './ports/container.ts';
export type * from './ports/environment.ts';
export type * from './ports/job.ts';
export type * from './ports/query.ts';
export type * from './ports/refusal.ts';
export type * from './ports/registry.ts';
export type * from './ports/routing.ts';
export type * from './ports/subscription.ts';
export type * from './ports/throttle.ts';
export type * from './ports/twin.ts';
export type * from './ports/upload.ts';
