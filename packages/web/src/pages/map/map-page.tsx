import { Skeleton, Stack, Switch, TextInput } from '@mantine/core';
import { IconMapPin } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { SeriesSource } from '@viaduct/contracts';
import { useState } from 'react';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { DeviceMap } from '../../map/device-map.tsx';
import type { DevicePlace } from '../../map/place.ts';
import { useTrail } from '../../map/use-trail.ts';
import { Age } from '../../ui/age.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { GroupSelect } from '../dashboards/group-select.tsx';
import { TemplateSelect } from '../dashboards/template-select.tsx';
import classes from './map-page.module.css';
import { PLACE_NAMES, usePlaces } from './use-places.ts';

const route = getRouteApi('/shell/map');

/** Every device that has a place, on a map of this server. */
export function MapPage() {
  usePageTitle('Map');
  useFleetStream();
  const { group, template, device = null, trail = false } = route.useSearch();
  const navigate = route.useNavigate();
  const { places, devices, isPending, error } = usePlaces(sourceOf(group, template));
  const trails = useTrail(trail ? device : null, PLACE_NAMES);
  const set = (part: {
    group?: string | undefined;
    template?: string | undefined;
    device?: string | undefined;
    trail?: true | undefined;
  }) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <Stack gap="md">
      <PageHead
        title="Map"
        text="Devices that say where they are, by telemetry or by a property. The map comes with this server: nobody else hears of your places."
      >
        <GroupSelect
          label="Group"
          value={group ?? ''}
          onChoose={(chosen) => set({ group: chosen || undefined, template: undefined })}
        />
        <TemplateSelect
          label="Model"
          value={template ?? ''}
          onChoose={(chosen) => set({ template: chosen || undefined, group: undefined })}
        />
      </PageHead>
      {error !== null && <ProblemAlert error={error} />}
      {isPending && <Skeleton height={420} />}
      {!isPending && places.length === 0 && error === null && (
        <div className="card">
          <EmptyState
            icon={IconMapPin}
            title="Nobody says where it is"
            text={`None of ${devices} devices has a geopoint as telemetry or property that is called ${PLACE_NAMES.slice(0, 3).join(', ')} or alike.`}
          >
            <ButtonLink to="/devices">Show the devices</ButtonLink>
          </EmptyState>
        </div>
      )}
      {places.length > 0 && (
        <div className={classes.layout}>
          <div className={`card ${classes.map}`}>
            <DeviceMap
              label={`Map of ${places.length} devices`}
              places={places}
              trails={trails}
              selected={device}
              onSelect={(deviceId) => set({ device: deviceId ?? undefined })}
            />
          </div>
          <PlaceList
            places={places}
            devices={devices}
            selected={device}
            onSelect={(deviceId) => set({ device: deviceId })}
          />
        </div>
      )}
      {device !== null && places.length > 0 && (
        <Switch
          label={`Where ${device} came from`}
          checked={trail}
          onChange={(event) => set({ trail: event.currentTarget.checked || undefined })}
        />
      )}
    </Stack>
  );
}

function sourceOf(
  group: string | undefined,
  template: string | undefined,
): Exclude<SeriesSource, { readonly kind: 'devices' }> {
  if (group !== undefined) return { kind: 'group', groupId: group };
  return template === undefined ? { kind: 'all' } : { kind: 'template', templateId: template };
}

interface PlaceListProps {
  readonly places: readonly DevicePlace[];
  readonly devices: number;
  readonly selected: string | null;
  readonly onSelect: (deviceId: string) => void;
}

/** More than these are found by searching. */
const LISTED_MAX = 100;

/** The same as the map, to be read and reached by keyboard: choosing one shows it on the map. */
function PlaceList({ places, devices, selected, onSelect }: PlaceListProps) {
  const [search, setSearch] = useState('');
  const wanted = search.toLowerCase();
  const found = places.filter(({ deviceId, label }) => `${deviceId} ${label}`.toLowerCase().includes(wanted));
  return (
    <section className={`card ${classes.list}`} aria-label="Places">
      <TextInput
        size="xs"
        label={`${places.length} of ${devices} devices have a place`}
        placeholder="Find one"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <ul className={classes.items}>
        {found.slice(0, LISTED_MAX).map(({ deviceId, label, lat, lon, atMs }) => (
          <li key={deviceId}>
            <button
              type="button"
              className={classes.item}
              aria-pressed={deviceId === selected}
              onClick={() => onSelect(deviceId)}
            >
              <span className={classes.label}>{label}</span>
              <span className="quiet number">
                {lat.toFixed(3)}, {lon.toFixed(3)} {atMs !== null && <Age at={atMs} />}
              </span>
            </button>
            <Link to="/devices/$deviceId" params={{ deviceId }} aria-label={`Open ${label}`}>
              Open
            </Link>
          </li>
        ))}
      </ul>
      {found.length > LISTED_MAX && <p className="quiet">and {found.length - LISTED_MAX} more</p>}
    </section>
  );
}
