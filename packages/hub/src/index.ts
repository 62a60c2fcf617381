export type { Hub } from './core/hub.ts';
export * from './core/ports.ts';
export * from './core/record/record.ts';
export type { DeviceSession, MethodAnswer, MethodCall } from './core/session/device-session.ts';
export { type PresenceChange, type PresenceListener, SessionDirectory } from './core/session/session-directory.ts';
