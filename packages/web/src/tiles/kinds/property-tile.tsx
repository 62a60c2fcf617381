import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { twinQuery } from '../../api/queries.ts';
import { type Measure, sentWords, shownValue } from '../../model/measure.ts';
import { propertyRows } from '../../model/property-rows.ts';
import { Age } from '../../ui/age.tsx';
import { ConditionBadge } from '../condition-badge.tsx';
import { findProperty } from '../find-property.ts';
import { Scroll } from '../scroll.tsx';
import { conditionFor } from '../tile-conditions.ts';
import type { ValueConfiguration } from '../tile-configuration.ts';
import { resolveSource } from '../tile-source.ts';
import { TileState } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { useCapabilityFacts } from '../use-capability-facts.ts';
import { useSourceDevices } from '../use-source-devices.ts';
import { textStyle } from './text-style.ts';

/** What devices say of themselves now: reported properties, or what was wished where nothing was reported yet. */
export function PropertyTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: ValueConfiguration;
}) {
  const { variables } = useTileSurroundings();
  const resolved = resolveSource(configuration, variables);
  const devices = useSourceDevices(resolved.kind === 'source' ? resolved.source : null);
  const twins = useQueries({ queries: devices.deviceIds.map((deviceId) => twinQuery({ deviceId })) });
  const facts = useCapabilityFacts({ kind: 'devices', deviceIds: devices.deviceIds });
  const capabilities = configuration.capabilities ?? [];
  const rows = devices.deviceIds.flatMap((deviceId, index) => {
    const twin = twins[index]?.data;
    const properties = twin === undefined ? [] : propertyRows(twin, null);
    return capabilities.flatMap(({ capability }) => {
      const row = findProperty(properties, capability);
      return row === undefined
        ? []
        : [{ deviceId, capability, value: row.reported ?? row.desired, at: row.reportedAt ?? row.desiredAt }];
    });
  });
  const isAlone = devices.deviceIds.length === 1;
  const problem = devices.problem ?? twins.find(({ error }) => error !== null)?.error ?? null;
  return (
    <TileState
      missing={resolved.kind === 'missing' ? resolved.title : null}
      isPending={devices.isPending || twins.some(({ isPending }) => isPending)}
      problem={problem}
      isEmpty={rows.length === 0}
      empty="No device has this property."
    >
      <Scroll label={title}>
        <div className={classes.figures}>
          {rows.map(({ deviceId, capability, value, at }) => (
            <div key={`${deviceId} ${capability}`} className={classes.figure}>
              <span className={classes.figureLabel}>
                {!isAlone && (
                  <Link to="/devices/$deviceId" params={{ deviceId }}>
                    {deviceId}
                  </Link>
                )}
                {!isAlone && capabilities.length > 1 && ' · '}
                {(isAlone || capabilities.length > 1) && facts(capability).title}
              </span>
              <Value
                value={value}
                capability={capability}
                measure={facts(capability).measure}
                configuration={configuration}
              />
              {at !== null && (
                <span className={classes.when}>
                  <Age at={at} />
                </span>
              )}
            </div>
          ))}
        </div>
      </Scroll>
    </TileState>
  );
}

interface ValueProps {
  readonly value: unknown;
  readonly capability: string;
  readonly measure: Measure;
  readonly configuration: ValueConfiguration;
}

/** An address is a link. */
function Value({ value: sent, capability, measure, configuration: { format = {}, extension } }: ValueProps) {
  const value = shownValue(sent, measure);
  const text = tileText(value, measure.unit, format);
  const isLink = typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
  return (
    <>
      <span
        className={classes.figureValue}
        style={textStyle({ textSize: 14, ...format })}
        title={sentWords(sent, measure)}
      >
        {isLink ? (
          <a href={value} rel="noreferrer" target="_blank">
            {text}
          </a>
        ) : (
          text
        )}
      </span>
      <ConditionBadge condition={conditionFor(extension?.conditions, capability, value)} />
    </>
  );
}
