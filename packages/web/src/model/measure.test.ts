import type { SeriesAnswer } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { aggregateMeasure, measureOf, sentWords, shownAnswer, shownValue } from './measure.ts';

const warmth = { unit: '°C', hints: { displayUnit: '°F' } };

describe('measureOf', () => {
  it('converts to the unit that people want', () => {
    const measure = measureOf(warmth);
    expect(measure).toMatchObject({ unit: '°F', sentUnit: '°C' });
    expect(shownValue(21.5, measure)).toBe(70.7);
    expect(sentWords(21.5, measure)).toBe('sent as 21.5 °C');
  });

  it('shows what cannot be converted as it was sent', () => {
    expect(measureOf({ unit: '°C', hints: { displayUnit: 'm' } })).toEqual({
      unit: '°C',
      sentUnit: '°C',
      conversion: null,
    });
    expect(measureOf({ unit: '°C', hints: {} }).conversion).toBeNull();
    expect(measureOf({ unit: null, hints: { displayUnit: 'pieces' } })).toMatchObject({
      unit: 'pieces',
      conversion: null,
    });
  });

  it('makes a share a percentage', () => {
    const share = measureOf({ unit: null, semanticType: 'RelativeHumidity', hints: { displayUnit: '%' } });
    expect([shownValue(0.42, share), share.unit, sentWords(0.42, share)]).toEqual([42, '%', 'sent as 0.42']);
  });

  it('leaves texts, switches and objects alone', () => {
    for (const value of ['21', true, null, { value: 21 }]) expect(shownValue(value, measureOf(warmth))).toBe(value);
  });
});

describe('aggregateMeasure', () => {
  it('knows that a count has no unit, and that a sum of temperatures cannot be converted', () => {
    expect(aggregateMeasure(measureOf(warmth), 'count').unit).toBeNull();
    expect(aggregateMeasure(measureOf(warmth), 'sum')).toMatchObject({ unit: '°C', conversion: null });
    expect(aggregateMeasure(measureOf(warmth), 'avg').unit).toBe('°F');
    expect(aggregateMeasure(measureOf({ unit: 'm', hints: { displayUnit: 'km' } }), 'sum').unit).toBe('km');
  });
});

describe('shownAnswer', () => {
  it('converts values and their extremes, and silence stays silence', () => {
    const line = { key: 'all', label: '', times: [1, 2], values: [0, null], min: [-40, null], max: [100, null] };
    const answer: SeriesAnswer = { query: '', from: '', to: '', resolution: null, isCut: false, lines: [line] };
    const [shown] = shownAnswer(answer, measureOf(warmth)).lines;
    expect(shown).toMatchObject({ values: [32, null], min: [-40, null], max: [212, null] });
    expect(shownAnswer(answer, measureOf({ unit: 'm', hints: {} }))).toBe(answer);
  });
});
