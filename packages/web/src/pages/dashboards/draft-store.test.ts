import { describe, expect, it } from 'vitest';
import { keepDraft, readDraft } from './draft-store.ts';

/** What a browser keeps, with room for so many characters. */
function testStorage(room = 10_000): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => void kept.delete(key),
    setItem(key: string, value: string) {
      if (value.length > room) throw new DOMException('no room', 'QuotaExceededError');
      kept.set(key, value);
    },
  } as unknown as Storage;
}

const draft = { etag: '"1"', content: { displayName: 'Cellar', tiles: [] } };

describe('a draft', () => {
  it('is kept by dashboard until it is forgotten', () => {
    const storage = testStorage();
    keepDraft(storage, 'a', draft);
    expect(readDraft(storage, 'a')).toEqual(draft);
    expect(readDraft(storage, 'b')).toBeNull();
    keepDraft(storage, 'a', null);
    expect(readDraft(storage, 'a')).toBeNull();
  });

  it('that cannot be read, or has no room, is none', () => {
    const storage = testStorage(10);
    keepDraft(storage, 'a', draft);
    expect(readDraft(storage, 'a')).toBeNull();
    storage.setItem('viaduct.dashboard.b', '{"etag":1}');
    expect(readDraft(storage, 'b')).toBeNull();
  });
});
