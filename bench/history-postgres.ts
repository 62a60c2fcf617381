import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Contestant, sampleOf, type Workload } from './history-contestants.ts';

const PROGRAMS = '/usr/lib/postgresql/15/bin';
const BATCH_ROWS = 10_000;

/** As its program says it; undefined where it is not installed. */
export function postgresVersion(): string | undefined {
  if (!existsSync(join(PROGRAMS, 'initdb'))) return undefined;
  return execFileSync(join(PROGRAMS, 'postgres'), ['--version'], { encoding: 'utf8' }).trim().split(' ')[2];
}

/** A server of its own on a socket in its folder; it refuses to run as root, and is the user postgres' then. */
export class PostgresContestant implements Contestant {
  readonly name: string;
  readonly isInProcess = false;
  readonly #directory: string;
  #session: PsqlSession | undefined;

  constructor(directory: string, version: string) {
    this.name = `PostgreSQL ${version}`;
    this.#directory = directory;
  }

  async open(): Promise<void> {
    mkdirSync(this.#directory, { recursive: true });
    const owner = isRoot() ? idsOfPostgres() : undefined;
    if (owner !== undefined) {
      chownSync(this.#directory, owner.uid, owner.gid);
      allowPassing(this.#directory);
    }
    const data = join(this.#directory, 'data');
    execFileSync(...asPostgres('initdb', ['-D', data, '-A', 'trust', '-U', 'bench']), { stdio: 'ignore', cwd: '/tmp' });
    const settings = [
      'shared_buffers=512MB',
      'max_wal_size=4GB',
      'listen_addresses=',
      `unix_socket_directories=${this.#directory}`,
    ];
    const [program, words] = asPostgres('postgres', ['-D', data, ...settings.flatMap((each) => ['-c', each])]);
    spawn(program, words, { stdio: 'ignore', cwd: '/tmp' });
    while (!existsSync(join(this.#directory, '.s.PGSQL.5432'))) await after(50);
    await after(500);
    this.#session = new PsqlSession(this.#directory);
    await this.#session.run(
      `CREATE TABLE point (device integer, time bigint, value double precision);
       CREATE INDEX point_device ON point (device, time); CREATE INDEX point_time ON point USING brin (time)`,
    );
  }

  async ingest(workload: Workload): Promise<null> {
    for (let from = 0; from < workload.rows; from += BATCH_ROWS) {
      const lines: string[] = [];
      for (let row = from; row < Math.min(from + BATCH_ROWS, workload.rows); row++) {
        const { device, time, value } = sampleOf(row, workload);
        lines.push(`${device}\t${time}\t${value}`);
      }
      await this.#session?.run(`COPY point FROM STDIN;\n${lines.join('\n')}\n\\.`, '');
    }
    return null;
  }

  async settle(): Promise<void> {
    await this.#session?.run('VACUUM ANALYZE point; CHECKPOINT');
  }

  async week(device: number, since: number): Promise<number> {
    return this.#timed(
      `SELECT time / 3600000 AS hour, avg(value), min(value), max(value) FROM point
       WHERE device = ${device} AND time >= ${since} GROUP BY hour ORDER BY hour`,
    );
  }

  async hour(since: number): Promise<number> {
    return this.#timed(`SELECT device, avg(value) FROM point WHERE time >= ${since} GROUP BY device`);
  }

  async bytes(): Promise<number> {
    return Number(await this.#session?.run("SELECT pg_total_relation_size('point')"));
  }

  async close(): Promise<void> {
    this.#session?.close();
    const data = join(this.#directory, 'data');
    execFileSync(...asPostgres('pg_ctl', ['stop', '-D', data, '-m', 'immediate', '-s']), {
      cwd: '/tmp',
      timeout: 30_000,
    });
  }

  async #timed(sql: string): Promise<number> {
    const begun = performance.now();
    await this.#session?.run(sql);
    return performance.now() - begun;
  }
}

/** One `psql` that is kept: to start one takes longer than the queries. */
class PsqlSession {
  readonly #child: ChildProcess;
  #output = '';

  constructor(directory: string) {
    this.#child = spawn('psql', ['-h', directory, '-U', 'bench', '-d', 'postgres', '-qtA', '-v', 'ON_ERROR_STOP=1'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
  }

  /** What it printed. @param end of the statement; a COPY has its own */
  run(sql: string, end = ';'): Promise<string> {
    return new Promise((resolve) => {
      const mark = '--done--';
      const look = () => {
        if (!this.#output.includes(mark)) return;
        this.#child.stdout?.off('data', look);
        const text = this.#output.slice(0, this.#output.indexOf(mark)).trim();
        this.#output = '';
        resolve(text);
      };
      this.#child.stdout?.on('data', look);
      this.#child.stdin?.write(`${sql}${end}\n\\echo ${mark}\n`);
    });
  }

  close(): void {
    this.#child.stdin?.end();
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function idsOfPostgres(): { readonly uid: number; readonly gid: number } {
  const [, , uid, gid] = (/^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0] ?? '').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function asPostgres(program: string, words: readonly string[]): [string, string[]] {
  const command = [join(PROGRAMS, program), ...words];
  return isRoot() ? ['runuser', ['-u', 'postgres', '--', ...command]] : [command[0] ?? '', command.slice(1)];
}

/** The user postgres must come through the folders above its own, which are ours alone. */
function allowPassing(directory: string): void {
  execFileSync('chmod', ['o+x', join(directory, '..')]);
}
