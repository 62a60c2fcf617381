import { SegmentedControl, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { enrollmentQuery, provisioningClient } from '../../api/provisioning-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { notify } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { type EnrollmentDraft, emptyDraft, newEnrollment } from './enrollment-draft.ts';
import { EnrollmentForm } from './enrollment-form.tsx';
import { EnrollmentsLink } from './enrollment-page.tsx';
import { KIND_WORDS } from './enrollment-words.ts';

const route = getRouteApi('/shell/enrollments/new');

/** An id and how devices prove themselves; the rest has a default. */
export function NewEnrollmentPage() {
  usePageTitle('New enrolment', 'Enrolments');
  useFleetStream();
  const { kind = 'group', id } = route.useSearch();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: (draft: EnrollmentDraft) => provisioningClient.create(draft.kind, newEnrollment(draft)),
    onSuccess: async (made) => {
      queryClient.setQueryData(enrollmentQuery(made.kind, made.id).queryKey, made);
      void queryClient.invalidateQueries({ queryKey: ['provisioning', 'enrollments'] });
      void queryClient.invalidateQueries({ queryKey: ['provisioning', 'overview'] });
      notify(`${KIND_WORDS[made.kind]} ${made.id} is made`);
      await navigate({ to: '/enrollments/$kind/$id', params: { kind: made.kind, id: made.id } });
    },
  });
  return (
    <Stack gap="md">
      <DetailHead crumb={<EnrollmentsLink kind={kind} />} title="New enrolment" />
      <div>
        <SegmentedControl
          classNames={{ label: 'segment' }}
          aria-label="For"
          value={kind}
          data={[
            { value: 'group', label: 'Many devices: a group' },
            { value: 'individual', label: 'One device' },
          ]}
          onChange={(value) => {
            create.reset();
            void navigate({
              search: (old) => ({ ...old, kind: value === 'individual' ? value : undefined }),
              replace: true,
            });
          }}
        />
      </div>
      <EnrollmentForm
        key={kind}
        initial={emptyDraft(kind, id)}
        action={kind === 'group' ? 'Make group' : 'Enrol device'}
        error={create.error}
        isPending={create.isPending}
        onSubmit={create.mutate}
        cancel={
          <ButtonLink to="/enrollments" variant="default">
            Cancel
          </ButtonLink>
        }
      />
    </Stack>
  );
}
