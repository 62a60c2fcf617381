import { HubError } from '@viaduct/contracts';
import { type Caller, ROLES, type RoleId } from './caller.ts';

const { administrator, builder, operator } = ROLES;
const ALL = [administrator, builder, operator];
const BUILDERS = [administrator, builder];
const ADMINISTRATORS = [administrator];

/**
 * Which role may do what, in families as Azure IoT Central has them, fewer: operators run devices, builders make what devices and
 * dashboards are made of, administrators let people, programs and devices in.
 */
const PERMISSIONS = {
  'template.read': ALL,
  'template.write': BUILDERS,
  'device.read': ALL,
  /** Create, change, remove, properties. */
  'device.write': ALL,
  'device.command': ALL,
  /** Keys and certificates, seen or set. */
  'device.credentials': ALL,
  'deviceGroup.read': ALL,
  'deviceGroup.write': ALL,
  'query.run': ALL,
  'dashboard.read': ALL,
  /** Those that all share; personal ones are their owner's. */
  'dashboard.write': BUILDERS,
  'enrollment.read': ADMINISTRATORS,
  'enrollment.write': ADMINISTRATORS,
  'fileUpload.read': BUILDERS,
  'fileUpload.write': ADMINISTRATORS,
  'apiToken.read': ADMINISTRATORS,
  'apiToken.write': ADMINISTRATORS,
  'user.read': ADMINISTRATORS,
  'user.write': ADMINISTRATORS,
  'role.read': ALL,
  'organization.read': ALL,
  'organization.write': ADMINISTRATORS,
} as const satisfies Readonly<Record<string, readonly RoleId[]>>;
export type Permission = keyof typeof PERMISSIONS;

/** Pure. */
export function rolesWith(permission: Permission): readonly RoleId[] {
  return PERMISSIONS[permission];
}

/** @throws HubError central.forbidden */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (rolesWith(permission).includes(caller.role)) return;
  const roles = rolesWith(permission).map(roleName).join(' or ');
  throw new HubError(
    'central.forbidden',
    `"${caller.name}" is ${roleName(caller.role)} and lacks ${permission}; ${roles} has it`,
  );
}

/** As people read it. Pure. */
export function roleName(role: RoleId): string {
  return role === administrator ? 'Administrator' : role === builder ? 'Builder' : 'Operator';
}
