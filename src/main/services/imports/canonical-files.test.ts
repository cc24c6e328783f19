import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { CanonicalFiles } from './canonical-files.ts';
import type { ImportRegistry } from './store-ports.ts';
import { sampleImport } from './stores-samples.fixture.ts';

const folders = { reports: '/nowhere', accepted: '/nowhere', exports: '/nowhere', sample: '/nowhere' };
const unused = () => Promise.reject(new Error('not used'));
const registry: ImportRegistry = {
  registryId: unused,
  findImport: () => Promise.resolve(sampleImport('a')),
  listImports: unused,
  log: unused,
  footprint: unused,
  renew: unused,
  desiredGenerations: unused,
  activate: unused,
  undo: unused,
};
const locate = (failure: AppError) =>
  new CanonicalFiles(
    folders,
    {
      verify: unused,
      putFile: unused,
      head: unused,
      localPath: () => Promise.reject(failure),
      list: () => {
        throw new Error('not used');
      },
      sweep: unused,
    },
    registry,
  ).locate('a'.repeat(64), '2024-03');

describe('where canonical files are', () => {
  it('says that rows are missing only when the object store could be asked', async () => {
    await expect(locate(new AppError('objects.missing', 'notFound'))).rejects.toThrow(
      'publishing.canonical_missing',
    );
    await expect(locate(new AppError('s3.unreachable', 'unavailable'))).rejects.toThrow('s3.unreachable');
  });
});
