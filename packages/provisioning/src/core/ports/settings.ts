import type { AllocationPolicy } from './enrollment.ts';

/** What the service as a whole is set to. */
export interface ProvisioningSettings {
  /** `0ne` and eight hex digits, upper case; made at the first start and kept. */
  readonly idScope: string;
  /** For enrolments that name none. */
  readonly allocationPolicy: AllocationPolicy;
  readonly etag: string;
}

export interface SettingsStore {
  get(): Promise<ProvisioningSettings>;
  /** False when `expectedEtag` is not the stored one. The id scope stays as it is. */
  replace(settings: ProvisioningSettings, expectedEtag: string): Promise<boolean>;
}

export interface KeepsSettings extends KeepsSecret {
  readonly settings: SettingsStore;
}

export interface KeepsSecret {
  /** 32 bytes of this service alone, from which keys that need not be kept are derived. */
  readonly secret: Buffer;
}
