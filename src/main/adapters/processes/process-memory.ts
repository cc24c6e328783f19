import { readFile } from 'node:fs/promises';

const KIB = 1024;

/**
 * Private memory of another process in bytes (its resident pages that no file backs), from `/proc` on Linux; null
 * where the platform does not tell or the process is gone.
 */
export async function privateBytes(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  let status: string;
  try {
    status = await readFile(`/proc/${pid}/status`, 'utf8');
  } catch {
    return null;
  }
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return (kib('RssAnon') + kib('RssShmem')) * KIB;
}
