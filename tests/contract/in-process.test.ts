import { describe } from 'vitest';
import { connectInProcess } from '../../src/main/hosts/in-process/index.ts';
import type { MauzoContract } from '../../src/shared/contract/index.ts';
import { contractSuite } from './contract-suite.ts';
import { probeSuite, type ProbeContract } from './probe-suite.ts';
import { createStubDispatcher } from './stub-engine.fixture.ts';

describe('the contract, in process', () => {
  const dispatcher = createStubDispatcher();
  contractSuite(() => {
    const { client, close } = connectInProcess<MauzoContract>(dispatcher);
    return Promise.resolve({ client, close: () => Promise.resolve(close()) });
  });
});

describe('messages, in process', () => {
  probeSuite((dispatcher) => {
    const { client, close } = connectInProcess<ProbeContract>(dispatcher);
    return Promise.resolve({ client, close: () => Promise.resolve(close()) });
  });
});
