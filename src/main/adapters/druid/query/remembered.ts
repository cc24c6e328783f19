import type { PublishedChunk } from '../../../services/publishing/ports.ts';

/** So many answers of one kind are remembered; then all are asked again. */
const MAX_REMEMBERED = 2_000;

/** The answer under that key, asked for once, also by several at the same time; a failure is not remembered. */
export function remembered<T>(
  answers: Map<string, Promise<T>>,
  key: string,
  ask: () => Promise<T>,
): Promise<T> {
  const known = answers.get(key);
  if (known) return known;
  if (answers.size >= MAX_REMEMBERED) answers.clear();
  const asked = ask();
  answers.set(key, asked);
  asked.catch(() => answers.delete(key));
  return asked;
}

/** A generation of a month: its rows are always the same. */
export const keyOf = ({ chunk, generation }: PublishedChunk): string => `${chunk}@${generation}`;

/** The same for a list of months. */
export const versionOf = (chunks: readonly PublishedChunk[]): string => chunks.map(keyOf).sort().join(' ');
