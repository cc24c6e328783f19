import { expect, test } from 'vitest';
import type { JobState } from '#shared/domain/job';
import { unfinishedText } from './unfinished.ts';

const text = (...states: JobState[]) => unfinishedText(states.map((state) => ({ state })));

test('figures say which imports they lack', () => {
  expect(text('done', 'failed', 'undone', 'cancelled', 'accepted', 'uploaded', 'published')).toBe('');
  expect(text('staged', 'done')).toContain('1 import still under way.');
  expect(text('queued', 'validated', 'review-needed', 'mapping-needed')).toContain(
    '2 imports still under way, 2 imports waiting for a decision.',
  );
});
