import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { createFileLog } from './file-log.ts';
import { RotatingFile } from './rotating-file.ts';

describe('the log', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mauzo-log-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps an error with its code and causes, and no secret', async () => {
    const log = createFileLog(folder);
    const cause = new Error('the disk said no');
    log.error(
      {
        error: new AppError('store.failed', 'bug', { reason: 'x' }, { cause }),
        connection: { password: 'hunter2' },
      },
      'Failed',
    );
    log.info({ secretAccessKey: 'hunter2', jobId: 'one' }, 'Connected');
    const secrets = { 's3.secretAccessKey': 'hunter2', 'druid.password': 'hunter2' };
    log.warn({ request: { input: [{ deep: { secrets } }] } }, 'Deep');
    log.warn({ error: new AppError('store.failed', 'bug', { reason: 'x', password: 'hunter2' }) }, 'Details');
    log.close();
    log.info({}, 'After the end');
    const text = await readFile(join(folder, 'engine.log'), 'utf8');
    const [first, second, ...more] = text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(first).toMatchObject({ error: { code: 'store.failed', cause: { message: 'the disk said no' } } });
    expect(second).toMatchObject({ jobId: 'one', secretAccessKey: '[redacted]' });
    expect(more).toHaveLength(2);
    expect(text).not.toContain('hunter2');
  });

  it('never grows beyond its limit, and keeps the newest lines', async () => {
    const file = new RotatingFile({ folder, name: 'small', maxBytes: 100, keep: 2 });
    for (let count = 0; count < 100; count += 1) file.write(`line ${count}\n`);
    file.close();
    expect((await readdir(folder)).sort()).toEqual(['small.1.log', 'small.2.log', 'small.log']);
    const texts = await Promise.all(
      ['small.2.log', 'small.1.log', 'small.log'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(100);
    expect(texts.join('').endsWith('line 98\nline 99\n')).toBe(true);
  });
});
