/**
 * The condition by which a job selects what a query lists: `SELECT * FROM devices WHERE x` lists the devices that fit `x`.
 *
 * Null where a job cannot: groups and counts are no devices, TOP leaves some out, and a job is nobody's target. Pure; whether the
 * condition is well formed the server says.
 */
export function conditionOf(query: string): string | null {
  const words = wordsOf(query);
  if (words.some(({ word }) => word === 'top' || word === 'group')) return null;
  const from = words.find(({ word }) => word === 'from');
  const source = from === undefined ? undefined : /^from\s+([\w.]+)/i.exec(query.slice(from.at))?.[1]?.toLowerCase();
  if (from === undefined || source === undefined) return null;
  if (source !== 'devices' && source !== 'devices.modules') return null;
  // An aggregate without GROUP BY is one row about all.
  if (/\b(?:count|avg|sum|min|max)\s*\(/i.test(query.slice(0, from.at))) return null;
  const where = words.find(({ word, at }) => word === 'where' && at > from.at);
  const order = words.find(({ word, at }) => word === 'order' && at > from.at);
  const condition = where === undefined ? '*' : query.slice(where.at + 'where'.length, order?.at).trim();
  if (source === 'devices') return condition;
  return where === undefined ? 'from devices.modules' : `from devices.modules where ${condition}`;
}

/** Words of the language: not within a text, not after a dot. */
function wordsOf(query: string): readonly { readonly word: string; readonly at: number }[] {
  const tokens = query.matchAll(
    /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[\[.*?\]\]|\.\s*[\p{L}_$][\p{L}\p{N}_$]*|[\p{L}_$][\p{L}\p{N}_$]*/gsu,
  );
  return [...tokens].map((token) => ({ word: token[0].toLowerCase(), at: token.index }));
}
