import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { makeDevices, writeDevices } from './devices.ts';

/** What the peers and the sinks need: a certificate, and devices that they let in unasked. */
export interface BenchFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly devicesFile: string;
}

/** ECDSA P-256, the kind of certificate Viaduct makes for itself: with RSA a handshake costs the server twice as much. */
export function makeBenchFiles(folder: string): BenchFiles {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', ...key, '-subj', '/CN=bench', '-days', '2', '-out', certFile], {
    stdio: 'ignore',
  });
  const devicesFile = join(folder, 'devices.txt');
  writeDevices(devicesFile, 'hub.example', makeDevices());
  return { certFile, keyFile, devicesFile };
}
