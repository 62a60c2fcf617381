import type { MethodResult, ModelCommand } from '@viaduct/contracts';
import type { ConsoleRefusal } from '../../../api/request.ts';

/** What was called in this visit, newest first. Lives as long as the page is not reloaded. */
export interface MethodCall {
  readonly id: number;
  readonly methodName: string;
  /** Null where it was called by hand. */
  readonly command: ModelCommand | null;
  readonly payload: unknown;
  readonly at: string;
  readonly outcome: { readonly result: MethodResult } | { readonly error: ConsoleRefusal };
}

const CALLS_PER_IDENTITY_MAX = 50;

const calls = new Map<string, readonly MethodCall[]>();
const listeners = new Set<() => void>();
const NONE: readonly MethodCall[] = [];
let nextId = 1;

export function callsOf(identity: string): readonly MethodCall[] {
  return calls.get(identity) ?? NONE;
}

export function rememberCall(identity: string, call: Omit<MethodCall, 'id'>): void {
  calls.set(identity, [{ ...call, id: nextId++ }, ...callsOf(identity)].slice(0, CALLS_PER_IDENTITY_MAX));
  for (const listener of listeners) listener();
}

export function subscribeToCalls(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
