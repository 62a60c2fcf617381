import type { EnrollmentView } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { draftOf, emptyDraft, enrollmentInput, missing, newEnrollment } from './enrollment-draft.ts';

describe('a draft of an enrolment', () => {
  it('needs no more than an id, and says what else is missing for other proofs', () => {
    expect(missing(emptyDraft('group'))).toBe('Give it an id.');
    expect(missing(emptyDraft('group', '-no'))).toBe('Give it an id.');
    const draft = emptyDraft('group', 'stations');
    expect(missing(draft)).toBeUndefined();
    expect(missing({ ...draft, proof: 'caReferences' })).toBe('Choose a certificate authority.');
    expect(missing({ ...draft, proof: 'signingCertificates' })).toBe('Paste a certificate.');
    expect(missing({ ...draft, kind: 'individual', proof: 'tpm' })).toMatch(/endorsement key/);
    expect(missing({ ...draft, tags: '[]' })).toMatch(/tags/);
    expect(missing({ ...draft, allocationPolicy: 'static' })).toMatch(/one hub/);
    expect(missing({ ...draft, allocationPolicy: 'custom', webhookUrl: 'hooks.example' })).toMatch(/webhook/);
  });

  it('lets the server make keys, and sends those that somebody brings', () => {
    expect(newEnrollment(emptyDraft('group', 'stations'))).toMatchObject({
      id: 'stations',
      proof: { kind: 'symmetricKey' },
      settings: { deviceId: null, mayMove: true, keepsTwin: true, allocationPolicy: null, hubs: [] },
    });
    const brought = { ...emptyDraft('group', 's'), fields: { symmetricKey: { primary: ' a2V5 ', secondary: '' } } };
    expect(newEnrollment(brought).proof).toEqual({ kind: 'symmetricKey', primaryKey: 'a2V5' });
  });

  it('of one that exists changes nothing but what was typed, and never its keys by accident', () => {
    const settings: EnrollmentView['settings'] = {
      deviceId: 'pump-1',
      isEdge: true,
      initialTwin: { tags: { site: 'north' }, desired: { interval: 5 } },
      mayMove: true,
      keepsTwin: false,
      allocationPolicy: 'static',
      hubs: ['hub.local'],
      webhookUrl: null,
      credentialPolicy: 'short',
    };
    const view = { kind: 'individual', id: 'p1', settings } as EnrollmentView;
    expect(enrollmentInput(draftOf(view))).toEqual({ settings });
  });
});
