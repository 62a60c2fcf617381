import type { AccessAction, AccessSubject } from '../../core/access/access-role.ts';

/** By the pattern of the route, the first that fits. What fits none is about the hub itself, which no role may change. */
const SUBJECTS: readonly (readonly [RegExp, AccessSubject])[] = [
  [/^\/devices\/query$/, 'twins'],
  [/^\/devices\/.*\/commands$/, 'messages'],
  [/^\/devices\/.*\/files(\/|$)/, 'files'],
  [/^\/devices\/.*\/applyconfigurationcontent$/, 'configurations'],
  [/^\/twins\/.*\/methods$/, 'methods'],
  [/^\/digitaltwins\/.*\/commands\/:command$/, 'methods'],
  [/^\/(digital)?twins\//, 'twins'],
  [/^\/(devices|statistics)(\/|$)/, 'registry'],
  [/^\/messages\//, 'messages'],
  [/^\/jobs(\/|$)/, 'jobs'],
  [/^\/configurations(\/|$)/, 'configurations'],
];

/** Asked by POST, for a question may be long. */
const QUESTIONS: ReadonlySet<string> = new Set(['/devices/query', '/configurations/testqueries']);

/** What a request does, as roles of access tokens see it. Pure; `route` is the pattern, in lower case. */
export function actionOf(method: string, route: string): AccessAction {
  const subject = SUBJECTS.find(([pattern]) => pattern.test(route))?.[1] ?? 'management';
  const isQuestion = QUESTIONS.has(route);
  // Who fetches from a queue takes it from others.
  const isTaking = route.startsWith('/messages/');
  return { subject, verb: isQuestion || (method === 'GET' && !isTaking) ? 'read' : 'write' };
}
