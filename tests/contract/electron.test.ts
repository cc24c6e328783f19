import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_REQUEST_BYTES } from '../../src/shared/rpc/envelope.ts';
import { contractSuite } from './contract-suite.ts';
import { startDesktop, type DesktopApp } from './electron-fixture.ts';

/** Set by `npm test` where a real Electron and a display are at hand; it prints why when they are not. */
const dist = process.env['MAUZO_TEST_ELECTRON'];

describe.runIf(dist)('the contract of the real engine, over the Electron channel', () => {
  let desktop: DesktopApp;
  beforeAll(async () => {
    desktop = await startDesktop(dist ?? '');
  });
  afterAll(() => desktop.close());

  contractSuite(() => desktop.connect());

  it('says how large a request is that it refuses', async () => {
    const { client, close } = await desktop.connect();
    const search = 'x'.repeat(5 * 1024 * 1024);
    const refused = client.call('analytics.values', { dimension: 'Branch', search });
    await expect(refused).rejects.toMatchObject({
      code: 'hosts.request_too_large',
      details: { sizeBytes: expect.any(Number), limitBytes: MAX_REQUEST_BYTES },
    });
    await close();
  });

  it('lets nothing frame it, its own page included', async () => {
    const reached = await desktop.window.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.src = '/';
      document.body.append(frame);
      await new Promise((resolve) => {
        frame.addEventListener('load', resolve);
      });
      try {
        return frame.contentWindow !== null && 'mauzo' in frame.contentWindow ? 'reached' : 'empty';
      } catch {
        // The refused frame is another origin.
        return 'refused';
      } finally {
        frame.remove();
      }
    });
    expect(reached).toBe('refused');
  });

  it('gives the page no Node, no other origin and no new window', async () => {
    const found = await desktop.window.evaluate(async () => ({
      node: typeof Reflect.get(globalThis, 'require') + typeof Reflect.get(globalThis, 'process'),
      opened: window.open('https://example.com') === null,
      fetched: await fetch('http://127.0.0.1:9/').then(
        () => 'answered',
        () => 'refused',
      ),
      inlineScript: (() => {
        const script = document.createElement('script');
        script.textContent = 'document.title = "run"';
        document.body.append(script);
        script.remove();
        return document.title === 'run' ? 'run' : 'refused';
      })(),
    }));
    expect(found).toEqual({
      node: 'undefinedundefined',
      opened: true,
      fetched: 'refused',
      inlineScript: 'refused',
    });
  });
});
