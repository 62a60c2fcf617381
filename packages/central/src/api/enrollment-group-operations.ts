import type { CaCertificateRecord, JsonObject } from '@viaduct/hub';
import type { Central } from '../central.ts';
import { groupCertificateFacts } from '../enrollment/describe-group.ts';
import {
  admitVerified,
  type EnrollmentGroup,
  getEnrollmentGroup,
  groupEtag,
  listEnrollmentGroups,
  putEnrollmentGroup,
  removeEnrollmentGroup,
} from '../enrollment/enrollment-groups.ts';
import {
  GROUP_ENTRIES,
  type GroupCertificateInput,
  getGroupCertificate,
  makeGroupCode,
  putGroupCertificate,
  removeGroupCertificate,
  requireGroupEntry,
  verifyGroupCertificate,
} from '../enrollment/group-certificates.ts';
import { mergePatch } from './merge-patch.ts';
import type { ApiRequest, ServeOperation } from './operation.ts';
import { pageOf } from './read-page.ts';
import { requireValid } from './validate.ts';

interface GroupBody {
  readonly displayName: string;
  readonly enabled?: boolean;
  readonly type: 'iot' | 'iotEdge';
  readonly attestation:
    | { readonly type: 'symmetricKey'; readonly symmetricKey?: JsonObject }
    | {
        readonly type: 'x509';
        readonly x509?: { readonly signingCertificates?: Readonly<Record<string, GroupCertificateInput>> };
      };
}

/** Who may come, as groups: the enrolment groups of provisioning, with a name, and certificates that are proved here. */
export function enrollmentGroupOperations(central: Central, serve: ServeOperation): void {
  const { hub } = central;
  const idOf = ({ params }: ApiRequest) => params.enrollmentGroupId ?? '';
  const entryOf = ({ params }: ApiRequest) => requireGroupEntry(params.entry);

  serve('EnrollmentGroups_List', 'enrollment.read', async (_caller, request) => {
    const page = pageOf(request, await listEnrollmentGroups(central), ({ note }) => note.id.toLowerCase());
    return { ...page, value: await Promise.all(page.value.map((group) => groupDocument(central, group))) };
  });
  serve('EnrollmentGroups_Get', 'enrollment.read', async (_caller, request) =>
    groupDocument(central, await getEnrollmentGroup(central, idOf(request))),
  );
  serve('EnrollmentGroups_Create', 'enrollment.write', (_caller, request) =>
    put(central, idOf(request), request.body as GroupBody, request.ifMatch),
  );
  serve('EnrollmentGroups_Update', 'enrollment.write', async (_caller, request) => {
    const before = await groupDocument(central, await getEnrollmentGroup(central, idOf(request)));
    const merged = mergePatch(before, request.body) as GroupBody;
    requireValid('EnrollmentGroup', merged);
    return put(central, idOf(request), merged, request.ifMatch);
  });
  serve('EnrollmentGroups_Remove', 'enrollment.write', (_caller, request) =>
    removeEnrollmentGroup(central, idOf(request), request.ifMatch),
  );

  serve('EnrollmentGroups_GetX509', 'enrollment.read', async (_caller, request) => {
    const { note } = await getEnrollmentGroup(central, idOf(request));
    return certificateDocument(await getGroupCertificate(hub, note.id, entryOf(request)));
  });
  serve('EnrollmentGroups_CreateX509', 'enrollment.write', async (_caller, request) => {
    const { note } = await getEnrollmentGroup(central, idOf(request));
    const record = await putGroupCertificate(hub, note.id, entryOf(request), request.body as GroupCertificateInput);
    if (note.byCertificate) await admitVerified(central, note.id);
    return certificateDocument(record);
  });
  serve('EnrollmentGroups_RemoveX509', 'enrollment.write', async (_caller, request) => {
    const { note } = await getEnrollmentGroup(central, idOf(request));
    await removeGroupCertificate(hub, note.id, entryOf(request));
    if (note.byCertificate) await admitVerified(central, note.id);
  });
  serve('EnrollmentGroups_GenerateVerificationCodeX509', 'enrollment.write', async (_caller, request) => {
    const { note } = await getEnrollmentGroup(central, idOf(request));
    return { verificationCode: await makeGroupCode(hub, note.id, entryOf(request)) };
  });
  serve('EnrollmentGroups_VerifyX509', 'enrollment.write', async (_caller, request) => {
    const { note } = await getEnrollmentGroup(central, idOf(request));
    const { certificate } = request.body as { certificate: string };
    await verifyGroupCertificate(hub, note.id, entryOf(request), certificate);
    if (note.byCertificate) await admitVerified(central, note.id);
  });
}

async function put(central: Central, id: string, body: GroupBody, ifMatch: string | undefined) {
  const { displayName, enabled = true, type, attestation } = body;
  const proof =
    attestation.type === 'x509'
      ? ({ kind: 'x509' } as const)
      : ({ kind: 'symmetricKey', keys: attestation.symmetricKey ?? {} } as const);
  const input = { displayName, enabled, iotEdge: type === 'iotEdge', attestation: proof };
  const { note } = await putEnrollmentGroup(central, id, input, ifMatch);
  const given = attestation.type === 'x509' ? (attestation.x509?.signingCertificates ?? {}) : {};
  for (const entry of GROUP_ENTRIES) {
    // Without the certificate itself it is one that was read, and stays as it is.
    if (given[entry]?.certificate !== undefined) await putGroupCertificate(central.hub, note.id, entry, given[entry]);
  }
  if (attestation.type === 'x509' && Object.values(given).some(({ certificate }) => certificate !== undefined)) {
    await admitVerified(central, note.id);
  }
  return groupDocument(central, await getEnrollmentGroup(central, id));
}

async function groupDocument(central: Central, group: EnrollmentGroup) {
  const { note, record } = group;
  const { idScope } = await central.provisioning.settings.get();
  return {
    id: note.id,
    displayName: note.displayName,
    enabled: record === undefined ? note.enabled : record.status === 'enabled',
    type: (record?.capabilities.iotEdge ?? note.iotEdge) ? 'iotEdge' : 'iot',
    attestation: await attestationOf(central, group),
    etag: groupEtag(group),
    idScope,
  };
}

async function attestationOf({ hub }: Central, { note, record }: EnrollmentGroup) {
  if (record?.attestation.kind === 'symmetricKey') {
    const { primaryKey, secondaryKey } = record.attestation;
    return { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } };
  }
  const certificates = await groupCertificateFacts(hub, note.id, record);
  return { type: 'x509', x509: { signingCertificates: certificates } };
}

function certificateDocument({ isVerified, thumbprint, etag }: CaCertificateRecord) {
  return { verified: isVerified, info: { sha1Thumbprint: thumbprint }, etag };
}
