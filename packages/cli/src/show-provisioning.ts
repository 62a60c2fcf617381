import type { CredentialPolicy, LinkedHub, ProvisioningAttempt } from '@viaduct/contracts';
import { table } from './output.ts';

/** One line, as `--follow` prints it; the advice below where it was turned away. */
export function attemptLine(attempt: ProvisioningAttempt): string {
  const { registrationId, outcome, transport, remoteAddress, advice } = attempt;
  const who = `${registrationId ?? '(no registration id)'} by ${CREDENTIAL[attempt.credential]}`;
  const line = `${timeText(attempt)}  ${outcome.padEnd(8)}  ${who} over ${transport} from ${remoteAddress}: ${whyText(attempt)}`;
  return advice === null ? line : `${line}\n${' '.repeat(25)}${advice}`;
}

export function attemptTable(attempts: readonly ProvisioningAttempt[]): string {
  if (attempts.length === 0) return 'Nobody tried to be provisioned.\n';
  const rows = attempts.map((attempt) => [
    timeText(attempt),
    attempt.outcome,
    attempt.registrationId ?? '',
    attempt.enrollment === null ? '' : `${attempt.enrollment.kind} ${attempt.enrollment.id}`,
    CREDENTIAL[attempt.credential],
    attempt.transport,
    attempt.remoteAddress,
    whyText(attempt),
  ]);
  return table(['WHEN', 'OUTCOME', 'REGISTRATION', 'ENROLMENT', 'BY', 'OVER', 'FROM', 'WHY, OR WHERE TO'], rows);
}

export function hubTable(hubs: readonly LinkedHub[]): string {
  const rows = hubs.map((hub) => [
    hub.hostName,
    hub.kind === 'local' ? 'this server' : `policy ${hub.policyName}`,
    String(hub.allocationWeight),
    hub.takesNewDevices ? 'yes' : 'no',
  ]);
  return table(['HUB', 'REACHED AS', 'WEIGHT', 'TAKES NEW DEVICES'], rows);
}

export function policyTable(policies: readonly CredentialPolicy[]): string {
  if (policies.length === 0) return 'No credential policies. `viaduct provision policy add NAME` makes one.\n';
  const rows = policies.map(({ name, validityDays, keyTypes }) => [name, `${validityDays} days`, keyTypes.join(', ')]);
  return table(['POLICY', 'CERTIFICATES HOLD', 'KEYS'], rows);
}

const CREDENTIAL: Readonly<Record<ProvisioningAttempt['credential'], string>> = {
  symmetricKey: 'key',
  x509: 'certificate',
  tpm: 'TPM',
  none: 'nothing',
};

function timeText({ time }: ProvisioningAttempt): string {
  return new Date(time).toISOString();
}

function whyText(attempt: ProvisioningAttempt): string {
  const { outcome, code, message, deviceId, assignedHub, substatus, durationMs } = attempt;
  if (outcome !== 'assigned') return [message, code === null ? null : `(${code})`].filter(Boolean).join(' ');
  const took = durationMs === null ? '' : ` in ${durationMs} ms`;
  return `${deviceId} at ${assignedHub}${substatus === null ? '' : ` (${substatus})`}${took}`;
}
