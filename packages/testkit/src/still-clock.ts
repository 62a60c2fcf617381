import type { Clock } from '@viaduct/hub';

/** A clock that moves only when it is told to. */
export class StillClock implements Clock {
  #now: number;

  constructor(now = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
