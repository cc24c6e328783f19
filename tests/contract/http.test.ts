import { afterAll, beforeAll, describe } from 'vitest';
import type { HttpHost } from '../../src/main/hosts/http/index.ts';
import type { MauzoContract } from '../../src/shared/contract/index.ts';
import { contractSuite } from './contract-suite.ts';
import { connectSocket, emptyEngine, startHost } from './http-fixture.ts';
import { probeSuite, type ProbeContract } from './probe-suite.ts';
import { createStubDispatcher } from './stub-engine.fixture.ts';

describe('the contract, over loopback HTTP', () => {
  let host: HttpHost;
  beforeAll(async () => {
    host = await startHost(emptyEngine(createStubDispatcher()));
  });
  afterAll(() => host.close());
  contractSuite(() => connectSocket<MauzoContract>(host));
});

describe('messages, over loopback HTTP', () => {
  probeSuite(async (dispatcher) => {
    const host = await startHost(emptyEngine(dispatcher));
    const { client, close } = await connectSocket<ProbeContract>(host);
    return {
      client,
      async close() {
        await close();
        await host.close();
      },
    };
  });
});
