import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { defineQuery, defineStream } from '#shared/rpc/define';
import { createSessionSwitch, type Session } from './session-switch.ts';

const contract = {
  'name.get': defineQuery({ input: z.strictObject({}), output: z.string() }),
  'name.watch': defineStream({ input: z.strictObject({}), output: z.string() }),
};
type Names = typeof contract;
const context = { signal: { aborted: false, addEventListener() {}, removeEventListener() {} } };

function session(name: string, events: string[] = []): Session<Names> {
  return {
    handlers: {
      'name.get': () => name,
      'name.watch': (_, emit) => {
        emit(name);
        return () => void events.push(`${name} unwatched`);
      },
    },
    close: async () => void events.push(`${name} closed`),
  };
}

describe('the switch of sessions', () => {
  it('answers through the newest session and lets calls wait while it opens', async () => {
    const events: string[] = [];
    const switching = createSessionSwitch(contract, session('first', events));
    expect(await switching.handlers['name.get']({}, context)).toBe('first');
    const opening = Promise.withResolvers<Session<Names>>();
    const replaced = switching.replace(
      () => opening.promise,
      () => opening.promise,
    );
    await expect.poll(() => events).toEqual(['first closed']);
    const asked = switching.handlers['name.get']({}, context);
    opening.resolve(session('second', events));
    expect(await asked).toBe('second');
    await replaced;
  });

  it('goes on with streams, and lets go of those that were stopped', async () => {
    const events: string[] = [];
    const switching = createSessionSwitch(contract, session('first', events));
    const heard: string[] = [];
    const stop = await switching.handlers['name.watch']({}, (name) => heard.push(name));
    await switching.replace(
      async () => session('second', events),
      async () => session('first', events),
    );
    expect(heard).toEqual(['first', 'second']);
    stop();
    await switching.replace(
      async () => session('third', events),
      async () => session('first', events),
    );
    expect(heard).toEqual(['first', 'second']);
    expect(events.filter((event) => event.endsWith('unwatched'))).toEqual([
      'first unwatched',
      'second unwatched',
    ]);
  });

  it('goes back to the settings of before when the new ones do not open, and says why they did not', async () => {
    const switching = createSessionSwitch(contract, session('first'));
    const failing = switching.replace(
      () => Promise.reject(new Error('no room')),
      async () => session('first again'),
    );
    await expect(failing).rejects.toThrow('no room');
    expect(await switching.handlers['name.get']({}, context)).toBe('first again');
  });
});
