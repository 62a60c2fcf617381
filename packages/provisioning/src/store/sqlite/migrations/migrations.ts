import { settings } from './0001-settings.ts';
import { enrollments } from './0002-enrollments.ts';
import { registrations } from './0003-registrations.ts';
import { issuance } from './0004-issuance.ts';

/** Plain SQL, forward only, in order; number n is the n-th. A released one is never edited. Text, so that a bundle holds it. */
export const MIGRATIONS: readonly string[] = [settings, enrollments, registrations, issuance];
