import { Button, Skeleton, Stack } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ENROLLMENT_KINDS, type EnrollmentKindName, type EnrollmentView } from '@viaduct/contracts';
import { enrollmentQuery, provisioningClient } from '../../api/provisioning-client.ts';
import { ConsoleRefusal } from '../../api/request.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { notify } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { BringDevice } from './bring-device.tsx';
import { EnrollmentAttempts } from './enrollment-attempts.tsx';
import { draftOf, type EnrollmentDraft, enrollmentInput } from './enrollment-draft.ts';
import { EnrollmentFacts } from './enrollment-facts.tsx';
import { EnrollmentForm } from './enrollment-form.tsx';
import { EnrollmentStatus } from './enrollment-table.tsx';
import { KIND_WORDS } from './enrollment-words.ts';
import { ProofCard } from './proof-card.tsx';
import classes from './provisioning.module.css';
import { RegistrationsCard } from './registrations-card.tsx';
import { RemoveEnrollment } from './remove-enrollment.tsx';
import { SwitchEnrollment } from './switch-enrollment.tsx';

const route = getRouteApi('/shell/enrollments/$kind/$id');

/** One enrolment: whom it lets in, what becomes of them, who came, and how to bring the next one. */
export function EnrollmentPage() {
  const { kind: asked, id } = route.useParams();
  const kind = ENROLLMENT_KINDS.find((each) => each === asked) ?? 'group';
  usePageTitle(id, 'Enrolments');
  useFleetStream({ attempts: true });
  const enrollment = useQuery(enrollmentQuery(kind, id));
  if (enrollment.isPending) return <Skeleton height={360} />;
  if (enrollment.isError) {
    const { error } = enrollment;
    if (!isUnknown(error)) return <ProblemAlert error={error} onRetry={() => void enrollment.refetch()} />;
    return (
      <EmptyState
        order={1}
        icon={IconUsersGroup}
        title={`No such ${KIND_WORDS[kind].toLowerCase()}`}
        text={error.advice}
      >
        <ButtonLink to="/enrollments">Show all enrolments</ButtonLink>
      </EmptyState>
    );
  }
  return <KnownEnrollment enrollment={enrollment.data} />;
}

function isUnknown(error: Error): error is ConsoleRefusal {
  return (
    error instanceof ConsoleRefusal &&
    (error.code === 'enrollment.notFound' || error.code === 'enrollmentGroup.notFound')
  );
}

function KnownEnrollment({ enrollment }: { readonly enrollment: EnrollmentView }) {
  const { edit = false } = route.useSearch();
  const navigate = route.useNavigate();
  const { kind, id } = enrollment;
  const setEdit = (isOpen: boolean) => {
    void navigate({ search: (old) => ({ ...old, edit: isOpen || undefined }), replace: true });
  };
  return (
    <Stack gap="md">
      <div>
        <DetailHead
          crumb={<EnrollmentsLink kind={kind} />}
          title={id}
          badge={<EnrollmentStatus status={enrollment.status} />}
        >
          <Button size="xs" variant="default" aria-expanded={edit} onClick={() => setEdit(!edit)}>
            Edit
          </Button>
          <SwitchEnrollment enrollment={enrollment} />
          <RemoveEnrollment enrollment={enrollment} />
        </DetailHead>
        <span className={classes.sub}>{KIND_WORDS[kind]}</span>
      </div>
      {edit ? (
        <EditEnrollment enrollment={enrollment} onClose={() => setEdit(false)} />
      ) : (
        <>
          <div className={classes.grid}>
            <ProofCard enrollment={enrollment} />
            <EnrollmentFacts enrollment={enrollment} />
          </div>
          <BringDevice enrollment={enrollment} />
          <RegistrationsCard enrollment={enrollment} />
          <EnrollmentAttempts kind={kind} id={id} />
        </>
      )}
    </Stack>
  );
}

export function EnrollmentsLink({ kind }: { readonly kind: EnrollmentKindName }) {
  return (
    <Link to="/enrollments" search={kind === 'group' ? {} : { kind }}>
      Enrolments
    </Link>
  );
}

interface EditEnrollmentProps {
  readonly enrollment: EnrollmentView;
  readonly onClose: () => void;
}

function EditEnrollment({ enrollment, onClose }: EditEnrollmentProps) {
  const { kind, id } = enrollment;
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (draft: EnrollmentDraft) => provisioningClient.change(enrollment, enrollmentInput(draft)),
    onSuccess: ({ enrollment: changed }) => {
      queryClient.setQueryData(enrollmentQuery(kind, id).queryKey, changed);
      notify(`${id} is changed; it counts from the next registration`);
      onClose();
    },
  });
  return (
    <EnrollmentForm
      initial={draftOf(enrollment)}
      current={enrollment.attestation}
      action="Save"
      error={change.error}
      isPending={change.isPending}
      onSubmit={change.mutate}
      cancel={
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      }
    />
  );
}
