import { expect, it } from 'vitest';
import { withoutSecrets } from './plain-environment.ts';

it('takes away secrets by whatever name, and nothing that a process needs to run', () => {
  const kept = {
    PATH: '/usr/bin',
    HOME: '/home/amina',
    TMPDIR: '/tmp',
    LANG: 'sw_KE.UTF-8',
    NODE_OPTIONS: '--max-old-space-size=512',
    POLARS_MAX_THREADS: '2',
    XDG_CONFIG_HOME: '/home/amina/.config',
    SystemRoot: 'C:\\Windows',
    ELECTRON_RUN_AS_NODE: '1',
    MAUZO_NODE: '/usr/bin/node',
  };
  const secret = [
    'MAUZO_S3_SECRET_ACCESS_KEY',
    'MAUZO_S3_SESSION_TOKEN',
    'MAUZO_S3_ENDPOINT',
    'MAUZO_DRUID_PASSWORD',
    'MAUZO_POSTGRES_PASSWORD',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
    'aws_session_token',
    'AWS_PROFILE',
    'PGPASSWORD',
    'PGPASSFILE',
    'GITHUB_TOKEN',
    'Some_Api_Key',
    'GOOGLE_APPLICATION_CREDENTIALS',
  ];
  const env = { ...kept, ...Object.fromEntries(secret.map((name) => [name, 'x'])) };
  expect(withoutSecrets(env)).toEqual(kept);
});
