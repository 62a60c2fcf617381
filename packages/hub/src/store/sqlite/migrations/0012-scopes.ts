export const scopes = `
-- 0012-scopes
-- Why   An Edge hub asks which devices are below it, a page at a time; without an index each page reads the whole registry.
-- Cost  Reads every identity once. Two indexes over the few devices that have a gateway.
-- Back  Earlier versions do not look at the indexes.

CREATE INDEX identity_device_scope ON identity (device_scope, device_id) WHERE device_scope IS NOT NULL;
CREATE INDEX identity_parent_scopes ON identity (parent_scopes, device_id) WHERE parent_scopes <> '[]';
`;
