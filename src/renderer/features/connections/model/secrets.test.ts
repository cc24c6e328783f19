import { describe, expect, it } from 'vitest';
import { NO_CONNECTIONS, type Connections } from '#shared/domain/connections';
import { CONNECTED, viewOf } from './connections.fixture.ts';
import { secretsToSend, secretState } from './secrets.ts';
import { withSettings } from './service-form.ts';

const PASSWORD = 'postgres.password';
const otherHost: Connections = {
  ...CONNECTED,
  postgres: CONNECTED.postgres && { ...CONNECTED.postgres, host: 'pg2.example.co.ke' },
};
const placed = (place: 'session' | 'environment' | 'missing') =>
  viewOf({ secrets: { ...viewOf().secrets, [PASSWORD]: place } });

describe('the field of a secret', () => {
  it('says where a stored one is kept', () => {
    expect(secretState(PASSWORD, viewOf(), CONNECTED, undefined)).toEqual({
      kind: 'stored',
      place: 'keychain',
    });
    expect(secretState(PASSWORD, placed('session'), CONNECTED, undefined)).toMatchObject({
      place: 'session',
    });
  });

  it('asks anew, and says why, when the server or the user is another', () => {
    expect(secretState(PASSWORD, viewOf(), otherHost, undefined)).toEqual({
      kind: 'asked',
      typed: '',
      bound: true,
      replaces: false,
    });
    const otherUser = withSettings(CONNECTED, 's3', CONNECTED.s3 && { ...CONNECTED.s3, accessKeyId: 'b' });
    expect(secretState('s3.secretAccessKey', viewOf(), otherUser, undefined)).toMatchObject({ bound: true });
  });

  it('asks for one that is nowhere', () => {
    expect(secretState(PASSWORD, placed('missing'), CONNECTED, undefined)).toMatchObject({
      kind: 'asked',
      bound: false,
    });
    const first = viewOf({ connections: NO_CONNECTIONS });
    expect(secretState(PASSWORD, first, CONNECTED, undefined)).toMatchObject({ kind: 'asked' });
  });

  it('leaves one of the environment to the environment, whatever the server', () => {
    expect(secretState(PASSWORD, placed('environment'), otherHost, { kind: 'remove' })).toEqual({
      kind: 'environment',
      bound: true,
    });
    expect(secretState(PASSWORD, placed('environment'), CONNECTED, undefined)).toMatchObject({
      bound: false,
    });
  });

  it('is not there when the form has no use for it', () => {
    const anonymous = withSettings(
      CONNECTED,
      'druid',
      CONNECTED.druid && { ...CONNECTED.druid, username: null },
    );
    expect(secretState('druid.password', viewOf(), anonymous, undefined)).toBeNull();
    expect(secretState('s3.secretAccessKey', viewOf(), NO_CONNECTIONS, undefined)).toBeNull();
  });

  it('can replace a stored one, or take it away, until it is saved', () => {
    expect(secretState(PASSWORD, viewOf(), CONNECTED, { kind: 'set', value: 'n' })).toEqual({
      kind: 'asked',
      typed: 'n',
      bound: false,
      replaces: true,
    });
    expect(secretState(PASSWORD, viewOf(), CONNECTED, { kind: 'remove' })).toEqual({ kind: 'removing' });
  });
});

describe('what is sent', () => {
  const names = ['s3.secretAccessKey', 's3.sessionToken'] as const;

  it('is what was typed or taken away, nothing else', () => {
    expect(secretsToSend(names, CONNECTED, {})).toEqual({});
    expect(
      secretsToSend(names, CONNECTED, {
        's3.secretAccessKey': { kind: 'set', value: 'typed' },
        's3.sessionToken': { kind: 'remove' },
        'druid.password': { kind: 'set', value: 'of another form' },
      }),
    ).toEqual({ 's3.secretAccessKey': 'typed', 's3.sessionToken': null });
  });

  it('is never an empty secret, nor one without a server', () => {
    const typed = { 's3.secretAccessKey': { kind: 'set', value: 'typed' } } as const;
    expect(secretsToSend(names, withSettings(CONNECTED, 's3', null), typed)).toEqual({});
    expect(secretsToSend(names, CONNECTED, { 's3.secretAccessKey': { kind: 'set', value: '' } })).toEqual({});
  });
});
