import { median, type Sample } from './measurement.ts';

/** What one contestant did in one case: a sample a repetition, and why others are missing. */
export interface Cell {
  readonly samples: Sample[];
  readonly failures: string[];
}

export type Figure = 'rate' | 'cpuPerMillion' | 'p50Ms' | 'p99Ms' | 'residentKbPerConnection' | 'generatorShare';

/** All cells of a run, and their medians. */
export class Results {
  readonly #cells = new Map<string, Cell>();
  readonly contestants: readonly string[];

  constructor(contestants: readonly string[]) {
    this.contestants = contestants;
  }

  cell(caseId: string, contestant: string): Cell {
    const key = `${caseId}/${contestant}`;
    const cell = this.#cells.get(key) ?? { samples: [], failures: [] };
    this.#cells.set(key, cell);
    return cell;
  }

  /** The median over the repetitions; undefined where any of them failed, for half a median flatters. */
  median(caseId: string, contestant: string, figure: Figure): number | undefined {
    const { samples, failures } = this.cell(caseId, contestant);
    if (failures.length > 0) return undefined;
    return median(samples.map((sample) => sample[figure]).filter((value) => value !== undefined));
  }

  /** This contestant's median over another's. */
  ratio(caseId: string, contestant: string, other: string, figure: Figure): number | undefined {
    const [own, theirs] = [this.median(caseId, contestant, figure), this.median(caseId, other, figure)];
    return own === undefined || theirs === undefined ? undefined : own / theirs;
  }

  failed(caseId: string, contestant: string): boolean {
    return this.cell(caseId, contestant).failures.length > 0;
  }

  failures(): string[] {
    return [...this.#cells].flatMap(([key, { failures }]) => failures.map((words) => `${key}: ${words}`));
  }

  toJSON(): object {
    return Object.fromEntries(this.#cells);
  }
}
