import { readStackInfo, type StackInfo } from '../../scripts/stack/stack-info.mts';

/** Addresses and credentials of the real servers that `MAUZO_TEST_STACK` names. */
export function testStack(): StackInfo {
  const path = process.env['MAUZO_TEST_STACK'];
  if (!path) throw new Error('MAUZO_TEST_STACK names no stack: start one with “npm run stack -- up”');
  return readStackInfo(path);
}
