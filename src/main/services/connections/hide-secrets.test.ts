import { expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error';
import { errorWithoutSecrets, hideSecrets } from './hide-secrets.ts';

const secrets = {
  's3.secretAccessKey': 'pa/ss word',
  'postgres.password': 'pa/ss word and more',
  'druid.password': 'abc',
};

it('hides secrets in texts at any depth, also as part of an address, and longer ones before their parts', () => {
  expect(
    hideSecrets(
      {
        plain: 'nothing',
        number: 1,
        list: ['x pa/ss word y', { deep: 'http://u:pa%2Fss%20word@h' }],
        longer: 'pa/ss word and more',
        nothing: null,
      },
      secrets,
    ),
  ).toEqual({
    plain: 'nothing',
    number: 1,
    list: ['x [hidden] y', { deep: 'http://u:[hidden]@h' }],
    longer: '[hidden]',
    nothing: null,
  });
});

it('hides them in the details and the cause of an error, and keeps the rest of it', () => {
  const cause = new TypeError('the server said pa/ss word', { cause: new Error('pa/ss word') });
  const error = new AppError(
    's3.failed',
    'unavailable',
    { text: 'pa/ss word?' },
    { cause, retryable: false },
  );
  const hidden = errorWithoutSecrets(error, secrets);
  expect(hidden.toJSON()).toEqual({ ...error.toJSON(), details: { text: '[hidden]?' } });
  expect(hidden.cause).toEqual(new Error('TypeError: the server said [hidden]'));
  expect(errorWithoutSecrets(new Error('pa/ss word'), secrets).details).toEqual({ message: '[hidden]' });
});
