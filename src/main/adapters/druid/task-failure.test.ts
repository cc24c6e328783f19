import { describe, expect, it } from 'vitest';
import { renderError } from '#shared/errors/index';
import recorded from './recorded/druid-25-failures.json' with { type: 'json' };
import { submitFailure, taskFailure } from './task-failure.ts';

const context = { taskId: 'mauzo_x', bucket: 'mauzo', endpoint: 'http://localhost:9000' };

describe('why a task failed', () => {
  const expected: Readonly<Record<keyof typeof recorded.traces, string>> = {
    wrong_secret: 'druid.s3_wrong_secret',
    wrong_key_id: 'druid.s3_unknown_key',
    wrong_region: 'druid.s3_wrong_region',
    no_path_style: 'druid.s3_no_path_style',
    https: 'druid.s3_wrong_scheme',
    unreachable_port: 'druid.s3_unreachable',
    unreachable_host: 'druid.s3_unreachable',
    bucket: 'druid.s3_no_bucket',
    key: 'druid.s3_no_object',
    no_credentials: 'druid.s3_no_credentials',
    no_endpoint: 'druid.s3_no_endpoint',
    deep_storage: 'druid.deep_storage',
    unparseable: 'druid.rows_refused',
  };
  it.each(Object.entries(recorded.traces))('as recorded from Druid 25: %s', (name, trace) => {
    const error = taskFailure(trace, context);
    expect(error.code).toBe(Object.entries(expected).find(([key]) => key === name)?.[1]);
    expect(error.details['answer']).toBe(trace);
    const { title, cause, remedy } = renderError(error);
    expect(`${title} ${cause} ${remedy}`).not.toContain('‹');
  });

  it.each([
    [
      'The worker that this task was assigned disappeared and did not report cleanup within timeout[PT15M]. See overlord and middleManager/indexer logs for more details.',
      'druid.worker_lost',
    ],
    [
      'The worker that this task is assigned did not start it in timeout[PT5M]. See overlord and middleManager/indexer logs for more details.',
      'druid.worker_lost',
    ],
    [
      'This task disappeared on the worker where it was assigned. See overlord logs for more details.',
      'druid.worker_lost',
    ],
    ['Canceled for worker cleanup. See overlord logs for more details.', 'druid.worker_lost'],
    ['Failed to assign this task. See overlord logs for more details.', 'druid.worker_lost'],
    ['Shutdown request from user', 'druid.task_stopped'],
    ['Task was asked to stop. Finish as failed', 'druid.task_stopped'],
    ['Shutting down forcefully as task failed to reacquire lock while becoming leader', 'druid.lock_lost'],
    [
      'org.apache.druid.java.util.common.ISE: Invalid task locks. Maybe they are revoked by a higher priority task. Please check the overlord log for details.',
      'druid.lock_lost',
    ],
    ['java.lang.OutOfMemoryError: Java heap space', 'druid.out_of_memory'],
    ['java.io.IOException: No space left on device', 'druid.disk_full'],
    [
      'java.lang.RuntimeException: x\nCaused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed',
      'druid.s3_tls',
    ],
    [
      'software.amazon.awssdk.services.s3.model.NoSuchKeyException: gone (Service: S3, Status Code: 404, Request ID: R)',
      'druid.s3_no_object',
    ],
    [
      'com.amazonaws.services.s3.model.AmazonS3Exception: no (Service: Amazon S3; Status Code: 403; Error Code: SomethingNew; Request ID: R)',
      'druid.s3_denied',
    ],
    [
      'com.amazonaws.services.s3.model.AmazonS3Exception: no (Service: Amazon S3; Status Code: 503; Error Code: SlowDown; Request ID: R)',
      'druid.s3_unreachable',
    ],
    ['java.lang.NullPointerException\n\tat what.Nobody.knows(Nobody.java:1)', 'druid.task_failed'],
    ['', 'druid.task_failed'],
  ])('%s', (trace, code) => {
    expect(taskFailure(trace, context).code).toBe(code);
  });

  it('what may pass is tried again, what must be mended is not', () => {
    const retryable = (trace: string) => taskFailure(trace, context).retryable;
    expect(retryable(recorded.traces.unreachable_port)).toBe(true);
    expect(retryable('Shutdown request from user')).toBe(true);
    expect(retryable(recorded.traces.wrong_secret)).toBe(false);
    expect(retryable(recorded.traces.no_path_style)).toBe(false);
    expect(retryable('java.lang.OutOfMemoryError: Java heap space')).toBe(false);
  });

  it('a name of Amazon that cannot be found is a missing endpoint only where the store is another', () => {
    const amazon = { ...context, endpoint: null };
    expect(taskFailure(recorded.traces.no_endpoint, amazon).code).toBe('druid.s3_unreachable');
  });
});

describe('why a task was not taken', () => {
  it.each([
    [recorded.refusals.extension, 'druid.s3_extension_missing'],
    [recorded.refusals.region, 'druid.s3_no_region'],
    [
      { status: 400, body: { error: 'druidException', errorMessage: 'Something else' } },
      'druid.spec_refused',
    ],
    [{ status: 503, body: 'busy' }, 'druid.overlord_failed'],
  ])('%j', ({ status, body }, code) => {
    const error = submitFailure(status, body, context);
    expect(error.code).toBe(code);
    expect(renderError(error).cause).not.toContain('‹');
  });
});
