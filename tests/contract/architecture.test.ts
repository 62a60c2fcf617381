import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('ARCHITECTURE.md', () => {
  it('names only paths that exist', () => {
    const paths = [...read('ARCHITECTURE.md').matchAll(/`((?:packages|tests)\/[^`*]+)`/g)].map(
      ([, path]) => path as string,
    );
    expect(paths.length).toBeGreaterThan(8);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('lists every package', () => {
    const rows = read('ARCHITECTURE.md');
    const missing = readdirSync(join(root, 'packages')).filter((name) => !rows.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});

describe('documents', () => {
  it('link only to what exists', () => {
    const documents = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      ...markdownIn('docs'),
      ...markdownIn('packages'),
      ...markdownIn('bench'),
    ];
    const dead = documents.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target]) => join(dirname(file), target as string))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(dead).toEqual([]);
  });
});

describe('the console', () => {
  it('has the stylesheet of every component of Mantine that it uses', () => {
    const styles = read('packages/web/src/ui/mantine-styles.ts');
    const used = new Set(filesIn('packages/web/src', '.tsx').flatMap((file) => mantineIn(read(file))));
    const bare = [...used]
      .filter((name) => existsSync(join(root, `node_modules/@mantine/core/styles/${name}.css`)))
      .filter((name) => !styles.includes(`/${name}.css'`));
    expect(used).toContain('Button');
    expect(bare).toEqual([]);
  });
});

function mantineIn(text: string): string[] {
  const lists = [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)];
  return lists.flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
}

function markdownIn(folder: string): string[] {
  return filesIn(folder, '.md').filter((file) => !/\/(node_modules|dist|results)\//.test(file));
}

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => join(folder, file));
}
