import { LIMITS } from '@viaduct/contracts';
import { createDevice, deleteDevice } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { say } from '../testing/fake-session.ts';

let tested: ConsoleUnderTest;

beforeEach(async () => {
  tested = await openConsole({ history: true });
});
afterEach(() => tested.close());

const rowsMax = 100_000;

async function pointsOf(deviceId: string) {
  const { history } = tested.central;
  await history.caughtUp();
  const sql = `SELECT component, name, type, number, text FROM points JOIN series USING (series_id)
               WHERE device_id = ? ORDER BY enqueued_time, seq, series_id`;
  return (await history.query(sql, [deviceId], { rowsMax })).rows;
}

describe('the history', () => {
  it('keeps every member of a JSON body as a point, and an object as a whole too', async () => {
    await say(
      tested.hub,
      'd1',
      '{"t":21.5,"on":true,"mode":"eco","at":{"lat":47.1,"lon":8.5},"list":[1,2],"none":null}',
    );
    expect(await pointsOf('d1')).toEqual([
      ['', 't', 1, 21.5, null],
      ['', 'on', 2, 1, null],
      ['', 'mode', 3, null, 'eco'],
      ['', 'at', 4, null, '{"lat":47.1,"lon":8.5}'],
      ['', 'at.lat', 1, 47.1, null],
      ['', 'at.lon', 1, 8.5, null],
      ['', 'list', 4, null, '[1,2]'],
    ]);
  });

  it('tells components apart, and messages of one millisecond', async () => {
    await Promise.all([
      say(tested.hub, 'd1', '{"t":1}', '%24.sub=left'),
      say(tested.hub, 'd1', '{"t":2}', '%24.sub=right'),
    ]);
    expect((await pointsOf('d1')).map(([component, , , value]) => [component, value])).toEqual([
      ['left', 1],
      ['right', 2],
    ]);
    const { rows } = await tested.central.history.query('SELECT count(DISTINCT (enqueued_time, seq)) FROM points', [], {
      rowsMax,
    });
    expect(rows).toEqual([[2]]);
  });

  it('takes the time of the device where that is sane', async () => {
    const past = new Date(Date.now() - 86_400_000);
    for (const said of [past.toISOString(), '1970-01-01T00:00:00Z', '2999-01-01T00:00:00Z', 'yesterday']) {
      await say(tested.hub, 'd1', '{"t":1}', `iothub-creation-time-utc=${encodeURIComponent(said)}`);
    }
    await tested.central.history.caughtUp();
    const { rows } = await tested.central.history.query(
      'SELECT time, time = enqueued_time FROM points ORDER BY enqueued_time, seq',
      [],
      { rowsMax },
    );
    expect(rows[0]).toEqual([past.getTime(), false]);
    expect(rows.slice(1).map(([, same]) => same)).toEqual([true, true, true]);
  });

  it('counts what is no point, by device, and keeps the rest', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]));
    await say(tested.hub, 'd1', 'NaN');
    await say(tested.hub, 'd1', '21.5');
    await say(tested.hub, 'd1', `{"t":1e999,"ok":1,"${'n'.repeat(600)}":1}`);
    await say(tested.hub, 'd1', JSON.stringify({ large: { a: 'x'.repeat(5_000) }, text: 'ä'.repeat(4_000) }));
    await say(tested.hub, 'd1', JSON.stringify(many));
    const points = await pointsOf('d1');
    expect(points).toHaveLength(LIMITS.SERIES_PER_DEVICE_MAX);
    expect(points.find(([, name]) => name === 'text')?.[4]).toBe('ä'.repeat(LIMITS.SERIES_TEXT_BYTES_MAX / 2));
    const dropped = { notJson: 2, notANumber: 1, nameUnusable: 1, valueTooLarge: 1, tooManySeries: 9_003 };
    expect(await tested.central.history.droppedOf({ deviceId: 'd1' })).toEqual(dropped);
    expect(tested.central.history.stats().dropped).toMatchObject(dropped);
  });

  it('knows what a device measures, and who measures a thing', async () => {
    await say(tested.hub, 'd1', '{"t":1,"h":2}');
    await say(tested.hub, 'd2', '{"t":1}');
    const { history } = tested.central;
    await history.caughtUp();
    expect(history.seriesOf({ deviceId: 'd1' }).map(({ name }) => name)).toEqual(['t', 'h']);
    expect(
      history
        .seriesNamed({ name: 't' })
        .map(({ deviceId }) => deviceId)
        .sort(),
    ).toEqual(['d1', 'd2']);
    expect(history.seriesNamed({ name: 't' }, ['d2', 'd3']).map(({ deviceId }) => deviceId)).toEqual(['d2']);
  });

  it('has the newest of each series, by the time of the device', async () => {
    await say(tested.hub, 'd1', '{"t":1}');
    await say(tested.hub, 'd1', '{"t":2}');
    await say(tested.hub, 'd1', '{"t":3}', `iothub-creation-time-utc=${new Date(Date.now() - 60_000).toISOString()}`);
    await tested.central.history.caughtUp();
    const { rows } = await tested.central.history.query('SELECT number FROM latest', [], { rowsMax });
    expect(rows).toEqual([[2]]);
  });

  it('forgets a device that is deleted, and knows the next of its name as another', async () => {
    const identity = { deviceId: 'd1' };
    const { generationId } = await createDevice(tested.hub, identity);
    await say(tested.hub, 'd1', '{"t":1}', '', generationId);
    expect(await pointsOf('d1')).toHaveLength(1);
    await deleteDevice(tested.hub, identity);
    expect(await pointsOf('d1')).toEqual([]);
    await say(tested.hub, 'd1', '{"t":2}', '', generationId);
    await say(tested.hub, 'd1', '{"t":3}', '', 'g2');
    expect((await pointsOf('d1')).map(([, , , value]) => value)).toEqual([3]);
  });

  it('refuses what is no SELECT, and ends what nobody waits for', async () => {
    const { history } = tested.central;
    await history.caughtUp();
    await expect(history.query('DROP VIEW points', [], { rowsMax })).rejects.toThrow();
    const gone = new AbortController();
    const slow = 'SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b';
    const asked = history.query(slow, [], { rowsMax, signal: gone.signal });
    setTimeout(() => gone.abort(new Error('gone')), 300);
    await expect(asked).rejects.toThrow('gone');
    expect((await history.query('SELECT 1', [], { rowsMax })).rows).toEqual([[1]]);
    await expect.poll(() => history.stats().queriesRunning).toBe(0);
  });

  it('cuts an answer after the rows that were asked for', async () => {
    const answer = await tested.central.history.query('FROM range(10) SELECT range', [], { rowsMax: 3 });
    expect(answer.rows).toEqual([[0], [1], [2]]);
    expect(answer.isCut).toBe(true);
  });

  it('says how it is doing', async () => {
    await say(tested.hub, 'd1', '{"t":1}');
    await tested.central.history.caughtUp();
    const browser = await signedInBrowser(tested);
    const state = (await browser.request('GET', '/history/state')).json();
    expect(state).toMatchObject({ state: 'running', reason: null, behindRecords: 0, lagMs: 0, series: 1 });
  });
});
