import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A certificate for a host name, signed by itself, as PEM files in the folder. */
export function selfSigned(
  folder: string,
  hostName: string,
): { readonly cert: string; readonly key: string } {
  const cert = join(folder, `${hostName}.crt`);
  const key = join(folder, `${hostName}.key`);
  const subject = ['-subj', `/CN=${hostName}`, '-addext', `subjectAltName=DNS:${hostName}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return { cert, key };
}
