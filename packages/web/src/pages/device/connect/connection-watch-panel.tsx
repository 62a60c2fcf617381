import { Button } from '@mantine/core';
import { IconAntenna, IconBan, IconCircleCheck, IconPlugConnectedX, IconShieldX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { deviceQuery, refusalsQuery } from '../../../api/queries.ts';
import type { DeviceFeed } from '../../../live/device-feed.ts';
import { useFeedVersion } from '../../../live/use-device-feed.ts';
import { Age } from '../../../ui/age.tsx';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { Words } from '../../../ui/words.tsx';
import { useDeviceScope } from '../device-context.ts';
import classes from './connect.module.css';
import { type WatchState, watchState } from './connection-watch.ts';

/** A refusal older than this is not the answer to what was just tried. */
const RECENT_MS = 600_000;
/** A device that speaks over HTTPS is not connected; it is there while its messages are no older than this. */
const HEARD_MS = 15_000;

/** Waits with the person: for the connection, for the first message, or for the reason why not. */
export function ConnectionWatch() {
  const { device, view } = useDeviceScope();
  const nowMs = useNow();
  useFeedVersion(view);
  const refusals = useQuery(refusalsQuery(device.deviceId));
  const state = watchState({
    enabled: device.status === 'enabled',
    connected: device.connected,
    presenceAt: view.feed.presence?.at ?? device.connectedSince ?? device.lastSeen,
    presenceReason: view.feed.presence?.reason ?? null,
    messages: view.feed.messageCount,
    isHeard: isHeard(view.feed, nowMs),
    refusals: refusals.data ?? [],
    recentSince: new Date(nowMs - RECENT_MS).toISOString(),
  });
  return (
    <section className={classes.watch} data-state={state.kind} aria-live="polite" aria-label="Connection">
      <Told state={state} deviceId={device.deviceId} />
    </section>
  );
}

function isHeard({ messages, presence }: DeviceFeed, nowMs: number): boolean {
  const at = messages.at(-1)?.enqueuedTime;
  if (at === undefined || nowMs - Date.parse(at) > HEARD_MS) return false;
  return presence === null || presence.connected || Date.parse(presence.at) < Date.parse(at);
}

function Told({ state, deviceId }: { readonly state: WatchState; readonly deviceId: string }): ReactNode {
  switch (state.kind) {
    case 'waiting':
      return (
        <>
          <IconAntenna className={classes.pulse} aria-hidden="true" />
          <div>
            <strong>Waiting for your device…</strong>
            <p>This turns green by itself, or says why the device was turned away.</p>
          </div>
        </>
      );
    case 'refused':
      return (
        <>
          <IconShieldX aria-hidden="true" />
          <div>
            <strong>Refused: {state.refusal.message}</strong>
            <p>
              <Words text={state.refusal.advice} />
            </p>
            <p className={classes.small}>
              <Age at={state.refusal.at} />
              {state.refusal.count > 1 && `, ${state.refusal.count} times`} · {state.refusal.transport} from{' '}
              {state.refusal.remoteAddress}. Still waiting.
            </p>
          </div>
        </>
      );
    case 'disabled':
      return <Disabled deviceId={deviceId} />;
    case 'gone':
      return (
        <>
          <IconPlugConnectedX aria-hidden="true" />
          <div>
            <strong>
              Offline: last heard of <Age at={state.at} />
            </strong>
            <p>{state.reason ?? 'Waiting for it to come back.'}</p>
          </div>
        </>
      );
    case 'connected':
      return (
        <>
          <IconCircleCheck aria-hidden="true" />
          <div>
            <strong>Connected</strong>
            <p>The device is in. Waiting for its first message.</p>
          </div>
        </>
      );
    case 'receiving':
      return (
        <>
          <IconCircleCheck aria-hidden="true" />
          <div>
            <strong>{state.connected ? 'Connected, and messages arrive' : 'Messages arrive'}</strong>
            <p className="number">{state.messages.toLocaleString('en')} in the time shown</p>
          </div>
          <ButtonLink to="/devices/$deviceId" params={{ deviceId }} size="sm">
            See the charts
          </ButtonLink>
        </>
      );
    default:
      return state satisfies never;
  }
}

function Disabled({ deviceId }: { readonly deviceId: string }) {
  const queryClient = useQueryClient();
  const enable = useMutation({
    mutationFn: () => consoleClient.patchIdentity({ deviceId }, { status: 'enabled' }),
    onSuccess: (device) => queryClient.setQueryData(deviceQuery(deviceId).queryKey, device),
  });
  return (
    <>
      <IconBan aria-hidden="true" />
      <div>
        <strong>This device is disabled</strong>
        <p>It is refused until it is enabled again.</p>
      </div>
      <Button size="sm" onClick={() => enable.mutate()} loading={enable.isPending}>
        Enable
      </Button>
    </>
  );
}
