import { AppError } from '#shared/errors/app-error';

/**
 * What the package says when a person, or the system in their place, says no: an unlock or question that was dismissed,
 * cancelled or not allowed, a wrong password. Its errors all have one code; their texts begin with the kind and end with
 * the words of the system, which are not translated.
 */
const SAID_NO = /dismissed|denied|cancell?ed|not allowed|not permitted|not correct|is locked/i;
/** Longer than the system's keychain takes. */
const TOO_LONG = /longer than platform limit/i;

/**
 * @param failedTo `load`: the native package; `open`: to find a keychain; `use`: it was asked and failed
 * @param reason in the words of the system, shown in full
 */
export function keychainFailure(failedTo: 'load' | 'open' | 'use', reason: string): AppError {
  const details = { reason: reason.replace(/\.$/, '') };
  if (failedTo === 'use' && (SAID_NO.test(reason) || TOO_LONG.test(reason)))
    return new AppError('keychain.refused', 'permission', details);
  return new AppError('keychain.unavailable', 'unavailable', details, { retryable: false });
}

export const keychainSilence = (patienceMs: number): AppError =>
  new AppError('keychain.no_answer', 'timeout', { seconds: Math.ceil(patienceMs / 1000) });
