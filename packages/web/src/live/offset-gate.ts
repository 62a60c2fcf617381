/**
 * Lets each record through once. Records of one partition come in order, so the highest offset seen says all; the memory
 * it takes is one number a partition.
 */
export class OffsetGate {
  readonly #highest = new Map<number, number>();

  admits(partition: number, offset: number): boolean {
    const highest = this.#highest.get(partition);
    if (highest !== undefined && offset <= highest) return false;
    this.#highest.set(partition, offset);
    return true;
  }
}
