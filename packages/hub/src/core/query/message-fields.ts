import type { Path } from './expression.ts';
import { QueryRefusal } from './query-refusal.ts';

/**
 * What a path means in the condition of a route.
 *
 *     name, {name}                  an application property
 *     $messageId, $iothub-…         a system property
 *     $body.a.b[0]                  in the message's body
 *     $twin.tags.a, …               in the twin of who sent it
 *
 * @throws QueryRefusal steps below what has none, and a twin's section that does not exist
 */
export function readMessagePath(text: string, path: Omit<Path, 'scope'>): Path {
  const [root, ...steps] = path.steps;
  const name = String(root);
  if (name.toLowerCase() === '$body') return { ...path, scope: 'body', steps };
  if (name.toLowerCase() === '$twin') return { ...path, scope: 'twin', steps: twinSteps(text, path, steps) };
  if (steps.length > 0) {
    throw new QueryRefusal(
      text,
      path.at,
      'a property of a message has nothing inside it: a body is $body.…, a twin $twin.…, and a name with other characters is written {name}',
    );
  }
  return name.startsWith('$')
    ? { ...path, scope: 'system', steps: [name.slice(1)] }
    : { ...path, scope: 'application', steps: [name] };
}

function twinSteps(text: string, path: Omit<Path, 'scope'>, steps: Path['steps']): Path['steps'] {
  const [section = '', part = '', ...rest] = steps;
  if (String(section).toLowerCase() === 'tags') return ['tags', ...steps.slice(1)];
  const known = ['desired', 'reported'].find((name) => name === String(part).toLowerCase());
  if (String(section).toLowerCase() === 'properties' && known !== undefined) return ['properties', known, ...rest];
  throw new QueryRefusal(
    text,
    path.at,
    'of a twin a route sees $twin.tags, $twin.properties.desired and $twin.properties.reported',
  );
}
