const KEPT = 512;

/** How committing goes; since the log was opened. */
export interface LogStats {
  readonly commits: number;
  readonly failedCommits: number;
  readonly records: number;
  /** Bytes written, headers included. */
  readonly bytes: number;
  /** From sealing to durable, of the last commit, ms. */
  readonly lastCommitMs: number;
  /** Over the last 512 commits, ms: on an idle machine this is the disk's own sync time. */
  readonly commitMsP50: number;
  readonly commitMsP99: number;
  /** Bytes of records not yet durable. */
  readonly waitingBytes: number;
  readonly segments: number;
  /** Bytes of all segments. */
  readonly storedBytes: number;
}

export class CommitStats {
  commits = 0;
  failedCommits = 0;
  records = 0;
  bytes = 0;
  lastCommitMs = 0;
  readonly #recent = new Float64Array(KEPT);

  committed(records: number, bytes: number, durationMs: number): void {
    this.#recent[this.commits % KEPT] = durationMs;
    this.commits++;
    this.records += records;
    this.bytes += bytes;
    this.lastCommitMs = durationMs;
  }

  snapshot(waitingBytes: number, segments: number, storedBytes: number): LogStats {
    const { commits, failedCommits, records, bytes, lastCommitMs } = this;
    const recent = this.#recent.slice(0, Math.min(commits, KEPT)).sort();
    const quantile = (share: number) => recent[Math.floor(recent.length * share)] ?? 0;
    return {
      commits,
      failedCommits,
      records,
      bytes,
      lastCommitMs,
      commitMsP50: quantile(0.5),
      commitMsP99: quantile(0.99),
      waitingBytes,
      segments,
      storedBytes,
    };
  }
}
