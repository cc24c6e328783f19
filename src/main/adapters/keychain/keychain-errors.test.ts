import { expect, it } from 'vitest';
import { keychainFailure } from './keychain-errors.ts';

it.each([
  ['use', "Couldn't access platform storage: Secret Service: unlock prompt was dismissed", 'refused'],
  ['use', 'Platform failure: User canceled the operation.', 'refused'],
  ['use', "Couldn't access platform storage: User interaction is not allowed.", 'refused'],
  ['use', 'Platform failure: The user name or passphrase you entered is not correct.', 'refused'],
  ['use', "Attribute 'password encoded as UTF-16' is longer than platform limit of 2560 chars", 'refused'],
  ['use', "Couldn't access platform storage: Secret Service: no result found", 'unavailable'],
  ['use', "Couldn't access platform storage: A specified logon session does not exist", 'unavailable'],
  ['open', 'Platform failure: DBus error: access denied', 'unavailable'],
  ['load', "Cannot find module '@napi-rs/keyring-linux-x64-gnu'", 'unavailable'],
] as const)('to %s with “%s” is keychain.%s, in full', (failedTo, reason, code) => {
  const error = keychainFailure(failedTo, reason);
  expect(error.code).toBe(`keychain.${code}`);
  expect(error.details['reason']).toBe(reason.replace(/\.$/, ''));
});
