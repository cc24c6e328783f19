import { expect, it } from 'vitest';
import type { Output } from '#shared/contract/index';
import { AppError } from '#shared/errors/app-error';
import { createDesk } from './desk.ts';
import { druidForm } from './model/druid-form.ts';
import { s3Form } from './model/s3-form.ts';

type Report = Output<'connections.test'>;
const REPORT: Report = { target: 's3', ok: true, steps: [] };

/** A desk whose tests end when the test says so. */
function deskWithProbe() {
  const running: { resolve(report: Report): void; reject(error: AppError): void }[] = [];
  const desk = createDesk({
    run: (_, signal) =>
      new Promise((resolve, reject) => {
        running.push({ resolve, reject });
        signal.addEventListener('abort', () => reject(new AppError('app.cancelled', 'cancelled')));
      }),
    now: () => 1_000,
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { desk, running, settled };
}

it('a result is stale from the first change of its form on, not after a save', async () => {
  const { desk, running, settled } = deskWithProbe();
  desk.test({ target: 's3' });
  running[0]?.resolve(REPORT);
  await settled();
  expect(desk.state().tests.s3).toMatchObject({ state: 'done', stale: false });
  desk.clear('s3', [], false);
  expect(desk.state().tests.s3?.stale).toBe(false);
  desk.edit('druid', druidForm.empty);
  expect(desk.state().tests.s3?.stale).toBe(false);
  desk.edit('s3', s3Form.empty);
  expect(desk.state().tests.s3?.stale).toBe(true);
});

it('a change while a test runs makes its result stale', async () => {
  const { desk, running, settled } = deskWithProbe();
  desk.test({ target: 's3' });
  desk.editSecret('s3', 's3.secretAccessKey', { kind: 'set', value: 'x' });
  running[0]?.resolve(REPORT);
  await settled();
  expect(desk.state().tests.s3).toMatchObject({ state: 'done', stale: true });
});

it('a cancelled test gives the result before it back', async () => {
  const { desk, running, settled } = deskWithProbe();
  desk.test({ target: 's3' });
  running[0]?.resolve(REPORT);
  await settled();
  desk.test({ target: 's3' });
  const test = desk.state().tests.s3;
  if (test?.state !== 'running') throw new Error('not running');
  test.cancel();
  await settled();
  expect(desk.state().tests.s3).toMatchObject({ state: 'done', report: REPORT });
});

it('one test of a service runs at a time; a refusal is kept with its error', async () => {
  const { desk, running, settled } = deskWithProbe();
  desk.test({ target: 's3' });
  desk.test({ target: 's3' });
  desk.test({ target: 'druid' });
  expect(running).toHaveLength(2);
  running[0]?.reject(new AppError('app.disconnected', 'unavailable'));
  await settled();
  expect(desk.state().tests.s3).toMatchObject({ state: 'refused', error: { code: 'app.disconnected' } });
  expect(desk.state().tests.druid?.state).toBe('running');
});

it('a saved form forgets what was typed, secrets of others stay', () => {
  const { desk } = deskWithProbe();
  desk.edit('s3', s3Form.empty);
  desk.editSecret('s3', 's3.secretAccessKey', { kind: 'set', value: 'x' });
  desk.editSecret('postgres', 'postgres.password', { kind: 'set', value: 'y' });
  desk.chooseFigures('druid');
  desk.clear('s3', s3Form.secrets, false);
  expect(desk.state()).toMatchObject({
    drafts: {},
    secrets: { 'postgres.password': { kind: 'set', value: 'y' } },
    figuresFrom: 'druid',
  });
  desk.clear('figures', [], false);
  expect(desk.state().figuresFrom).toBeNull();
});

it('a test of what is stored is stale at once where the form says something else', () => {
  const { desk } = deskWithProbe();
  desk.edit('s3', s3Form.empty);
  desk.test({ target: 's3' });
  expect(desk.state().tests.s3?.stale).toBe(true);
});
