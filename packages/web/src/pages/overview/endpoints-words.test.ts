import type { EndpointHealth } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { endpointsWords } from './endpoints-words.ts';

const of = (...healths: EndpointHealth[]) => endpointsWords(healths.map((health) => ({ state: { health } })));

describe('endpointsWords', () => {
  it('says the worst that is', () => {
    expect(of()).toEqual({ words: 'Built in', isBad: false });
    expect(of('healthy', 'unknown')).toEqual({ words: '2 well', isBad: false });
    expect(of('healthy', 'paused')).toEqual({ words: '1 paused', isBad: false });
    expect(of('degraded', 'paused')).toEqual({ words: '1 degraded', isBad: true });
    expect(of('dead', 'unhealthy', 'degraded')).toEqual({ words: '2 of 3 failing', isBad: true });
  });
});
