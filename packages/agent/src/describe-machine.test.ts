import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGENT_VERSION, parseOsRelease } from './describe-machine.ts';

describe('parseOsRelease', () => {
  it('reads the name with and without quotes', () => {
    expect(parseOsRelease('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')).toBe(
      'Debian GNU/Linux 12 (bookworm)',
    );
    expect(parseOsRelease("PRETTY_NAME='Alpine Linux v3.20'")).toBe('Alpine Linux v3.20');
    expect(parseOsRelease('PRETTY_NAME=Void')).toBe('Void');
    expect(parseOsRelease('NAME=Void')).toBeUndefined();
  });
});

describe('AGENT_VERSION', () => {
  it('is the version of the package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(AGENT_VERSION).toBe(manifest.version);
  });
});
