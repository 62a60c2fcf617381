import { Link } from '@tanstack/react-router';
import type { AttemptView } from '@viaduct/contracts';
import { Age } from '../../ui/age.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { Words } from '../../ui/words.tsx';
import { CREDENTIAL_WORDS, substatusWords, transportWords } from './enrollment-words.ts';
import { type AttemptGroup, groupAttempts } from './group-attempts.ts';
import { nextStep } from './next-step.ts';
import { OutcomeBadge } from './outcome-badge.tsx';
import classes from './provisioning.module.css';

/** Who asked, from where, with what, and what became of it; newest first. */
export function AttemptList({ attempts }: { readonly attempts: readonly AttemptView[] }) {
  return (
    <ul className={classes.attempts} aria-label="Attempts">
      {groupAttempts(attempts).map((group) => (
        // By the oldest: a group that grows at its head stays the same one.
        <Attempt key={`${group.firstTime} ${group.attempt.registrationId}`} group={group} />
      ))}
    </ul>
  );
}

function Attempt({ group }: { readonly group: AttemptGroup }) {
  const { attempt } = group;
  return (
    <li className={classes.attempt}>
      <OutcomeBadge outcome={attempt.outcome} />
      <div>
        <span className={classes.who}>{attempt.registrationId ?? 'A device without a registration id'}</span>
        <Became attempt={attempt} />
        <p className={classes.sub}>
          <Age at={attempt.time} />
          {group.count > 1 && (
            <>
              , {group.count} times since <Age at={group.firstTime} />
            </>
          )}{' '}
          · with {CREDENTIAL_WORDS[attempt.credential]} over {transportWords(attempt.transport)} from{' '}
          {attempt.remoteAddress}
          {attempt.enrollment !== null && (
            <>
              {' '}
              · by{' '}
              <Link to="/enrollments/$kind/$id" params={attempt.enrollment}>
                {attempt.enrollment.id}
              </Link>
            </>
          )}
          {attempt.durationMs !== null && ` · took ${Math.round(attempt.durationMs).toLocaleString('en')} ms`}
        </p>
      </div>
      <Step attempt={attempt} />
    </li>
  );
}

/** The hub and the device id; or the reason in words, and what to do. */
function Became({ attempt }: { readonly attempt: AttemptView }) {
  const { outcome, deviceId, assignedHub, substatus, message, advice } = attempt;
  if (outcome === 'assigned') {
    const how = substatusWords(substatus);
    return (
      <p>
        Device {deviceId} at {assignedHub}
        {how !== null && `: ${how}`}
      </p>
    );
  }
  return (
    <>
      <p>
        <strong>{message}</strong>
      </p>
      {advice !== null && (
        <p>
          <Words text={advice} />
        </p>
      )}
    </>
  );
}

const BUTTON = { size: 'xs', variant: 'default' } as const;

function Step({ attempt }: { readonly attempt: AttemptView }) {
  const step = nextStep(attempt);
  switch (step?.kind) {
    case undefined:
      return null;
    case 'enroll':
      return (
        <ButtonLink
          {...BUTTON}
          to="/enrollments/new"
          search={{ kind: 'individual', id: step.registrationId }}
          aria-label={`Let it in…: ${step.registrationId}`}
        >
          Let it in…
        </ButtonLink>
      );
    case 'showEnrollment':
      return (
        <ButtonLink {...BUTTON} to="/enrollments/$kind/$id" params={step.enrollment}>
          {step.text}
        </ButtonLink>
      );
    case 'certificates':
      return (
        <ButtonLink {...BUTTON} to="/certificates">
          Show the authorities
        </ButtonLink>
      );
    case 'hubs':
      return (
        <ButtonLink {...BUTTON} to="/linked-hubs">
          Show the hubs
        </ButtonLink>
      );
    case 'showDevice':
      return (
        <ButtonLink
          {...BUTTON}
          to="/devices/$deviceId"
          params={{ deviceId: step.deviceId }}
          aria-label={`Show the device ${step.deviceId}`}
        >
          Show the device
        </ButtonLink>
      );
    case 'setUp':
      return (
        <ButtonLink {...BUTTON} to="/enrollments">
          Show the id scope
        </ButtonLink>
      );
    default:
      return step satisfies never;
  }
}
