/**
 * Uploads one file, in a process that its parent kills. Arguments: connection as JSON, data folder, key, file, SHA-256.
 * The secret comes as MAUZO_S3_SECRET_ACCESS_KEY.
 */
import { s3ConnectionSchema } from '../../src/shared/domain/connections.ts';
import { openStore } from '../support/s3-store.ts';

const [connection = '', home = '', key = '', path = '', sha256 = ''] = process.argv.slice(2);
const secrets = { 's3.secretAccessKey': process.env['MAUZO_S3_SECRET_ACCESS_KEY'] ?? '' };
const store = openStore(s3ConnectionSchema.parse(JSON.parse(connection)), secrets, home, {
  parallelParts: 2,
});
await store.putFile(key, path, { sha256, signal: new AbortController().signal });
console.log('stored');
