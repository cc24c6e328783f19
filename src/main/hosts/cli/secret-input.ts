import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError } from '#shared/errors/app-error';
import { usageError } from './arguments.ts';
import type { Output } from './output.ts';

/** Takes what readline echoes, and shows none of it. */
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/**
 * Reads secrets from stdin, one a line. On a terminal each is asked for, and what is typed is not shown.
 * @param labels what each is, for the person who types
 */
export async function readSecrets(
  labels: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<string[]> {
  if (labels.length === 0) return [];
  const { stdin } = process;
  const lines = createInterface({ input: stdin, output: nowhere(), terminal: stdin.isTTY, signal });
  const secrets: string[] = [];
  const ask = () => {
    if (stdin.isTTY) output.err(`The ${labels[secrets.length] ?? ''} (not shown): `);
  };
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      lines.removeAllListeners('close');
      lines.close();
      if (stdin.isTTY) output.err('\n');
      settle();
    };
    lines.on('line', (line) => {
      if (line === '')
        return finish(() =>
          reject(
            usageError(
              `The ${labels[secrets.length] ?? 'secret'} is empty`,
              '--clear takes a stored one away.',
            ),
          ),
        );
      secrets.push(line);
      if (secrets.length === labels.length) return finish(() => resolve(secrets));
      if (stdin.isTTY) output.err('\n');
      ask();
    });
    lines.on('SIGINT', () => finish(() => reject(new AppError('app.cancelled', 'cancelled'))));
    lines.on('close', () =>
      reject(
        signal.aborted
          ? new AppError('app.cancelled', 'cancelled')
          : usageError(
              `The ${labels[secrets.length] ?? 'secret'} did not come on stdin`,
              'Send each on a line of its own.',
            ),
      ),
    );
    ask();
  });
}
