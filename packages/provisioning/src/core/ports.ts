/** What provisioning needs from the outside, one small capability an interface; `open-provisioning.ts` of the server fills them. */
export type * from './ports/allocation.ts';
export type * from './ports/enrollment.ts';
export type * from './ports/issuance.ts';
export type * from './ports/linked-hub.ts';
export type * from './ports/registration.ts';
export type * from './ports/settings.ts';
