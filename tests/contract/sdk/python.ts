import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Debian's own interpreter: its packages bring the clients, and another one does not see them. */
const PYTHON = '/usr/bin/python3';
const FOLDER = fileURLToPath(new URL('../python/', import.meta.url));

/** Versions of the Python clients on this machine; a client that is not there is not named. */
export function pythonClients(): Readonly<Record<string, string>> {
  const program = `
import json
from importlib import import_module
found = {}
for name in ["azure.eventhub", "azure.storage.blob", "uamqp", "paho.mqtt"]:
    try:
        found[name] = import_module(name).__version__
    except ImportError:
        pass
print(json.dumps(found))`;
  try {
    return JSON.parse(execFileSync(PYTHON, ['-c', program], { encoding: 'utf8' })) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

export interface PythonRun {
  /** Resolves when the program says that it is ready for the next step. */
  readonly ready: Promise<void>;
  /** The program's last line, as JSON. */
  readonly result: Promise<unknown>;
}

const RUN_MS_MAX = 60_000;

/** Runs one of `tests/contract/python` with its arguments as JSON. */
export function runPython(script: string, args: object, caFile: string): PythonRun {
  const environment = { ...process.env, SSL_CERT_FILE: caFile, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(PYTHON, ['-W', 'ignore', script, JSON.stringify({ ...args, ca: caFile })], {
    cwd: FOLDER,
    env: environment,
    timeout: RUN_MS_MAX,
  });
  let [out, errors] = ['', ''];
  let tellReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (/^ready$/m.test(out)) tellReady();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const result = new Promise<unknown>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      tellReady();
      if (code === 0) resolve(JSON.parse(out.trim().split('\n').at(-1) ?? ''));
      else reject(new Error(`${script} ended with ${code}:\n${errors.slice(-4_000)}\n${out.slice(-1_000)}`));
    });
  });
  return { ready, result };
}
