/** Variables of our connections and of the usual clients for them, and whatever calls itself a secret. */
const SECRETS = [
  /^MAUZO_(S3|DRUID|POSTGRES)_/i,
  /^(AWS_|PG(PASS|USER|HOST|SERVICE))/i,
  /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|ACCESS_?KEY|PRIVATE_?KEY|API_?KEY/i,
];

/**
 * The environment for a process that reads files of strangers or shows pages: it never needs a secret, so it gets none,
 * neither ours nor another program's.
 */
export const withoutSecrets = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.some((secret) => secret.test(name))));
