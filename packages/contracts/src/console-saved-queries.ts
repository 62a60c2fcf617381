/**
 * Queries that people keep under a name: groups of devices, and questions that are asked again. A personal one is its owner's alone; a
 * shared one is everybody's to see, change and remove.
 */
export interface SavedQuery {
  readonly id: number;
  readonly name: string;
  readonly query: string;
  readonly isShared: boolean;
  /** Who saved it first. */
  readonly owner: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

export interface NewSavedQuery {
  readonly name: string;
  readonly query: string;
  readonly isShared: boolean;
}
