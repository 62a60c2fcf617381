import {
  changeLimits,
  DailyQuota,
  type DailyQuotaOptions,
  HubThrottle,
  limitsNothing,
  type QuotaStore,
  type TellsTime,
  THROTTLE_PROFILES,
  type ThrottleLimits,
} from '@viaduct/hub';
import type { ServerConfig } from './config.ts';

/** The throttle, and the count of the day that it writes; both null where the configuration does not ask for them. */
export interface OpenThrottle {
  readonly throttle: HubThrottle | null;
  readonly quota: DailyQuota | null;
}

/** What the configuration limits: the profile, and what the operator changed of it. */
function throttleLimits(config: Pick<ServerConfig, 'profile' | 'throttle' | 'dailyMessages'>): ThrottleLimits {
  const limits = changeLimits(THROTTLE_PROFILES[config.profile], config.throttle ?? '');
  return config.dailyMessages === undefined ? limits : { ...limits, dailyMessages: config.dailyMessages };
}

/** A throttle that limits nothing is none, so that messages do not pay for it. */
export async function openThrottle(
  config: ServerConfig,
  hub: TellsTime,
  store: QuotaStore,
  options: DailyQuotaOptions,
): Promise<OpenThrottle> {
  const limits = throttleLimits(config);
  if (limitsNothing(limits)) return { throttle: null, quota: null };
  const { dailyMessages } = limits;
  const quota = dailyMessages === null ? null : await DailyQuota.open(hub, store, dailyMessages, options);
  return { throttle: new HubThrottle(hub, limits, quota), quota };
}
