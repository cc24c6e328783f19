/** Configuration of one Druid service: the files under druid/conf, and the addresses and credentials of this stack. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunFolder } from './files.mts';
import { DRUID_EXTENSIONS } from './provision.mts';
import { BUCKET, HOST, REGION, type StackSettings } from './settings.mts';

const TEMPLATES = resolve(import.meta.dirname, '../../druid/conf');

export const DRUID_SERVICES = ['coordinator', 'broker', 'historical', 'indexer'] as const;
export type DruidService = (typeof DRUID_SERVICES)[number];

/** How a service differs from its usual configuration, for tests of wrong ones. */
export interface Overrides {
  /** Undefined takes the property away. */
  readonly properties?: Readonly<Record<string, string | undefined>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly extensions?: readonly string[];
}

export interface DruidPlace {
  readonly folder: RunFolder;
  readonly settings: StackSettings;
  /** Where the jars are. */
  readonly dist: string;
}

const HEAPS: Readonly<Record<DruidService, readonly string[]>> = {
  coordinator: ['-Xms128m', '-Xmx384m', '-XX:MaxDirectMemorySize=128m'],
  broker: ['-Xms128m', '-Xmx2g', '-XX:MaxDirectMemorySize=512m'],
  historical: ['-Xms128m', '-Xmx1536m', '-XX:MaxDirectMemorySize=1600m'],
  indexer: ['-Xms256m', '-Xmx3g', '-XX:MaxDirectMemorySize=1g'],
};

/** Druid 25 reaches into the JDK; without these it does not start on Java 17. */
const OPENED = [
  '--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
  ...['java.nio', 'java.lang', 'java.io', 'jdk.internal.ref', 'sun.nio.ch'].map(
    (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
  ),
];

/** Writes the configuration and answers the arguments of `java` that start the service with it. */
export function configureDruid(
  place: DruidPlace,
  service: DruidService,
  overrides: Overrides,
): readonly string[] {
  const { folder, dist } = place;
  const temporary = join(folder.druid, 'tmp');
  const home = join(folder.druid, 'home');
  const configuration = join(folder.configuration, service);
  for (const path of [temporary, home, configuration]) mkdirSync(path, { recursive: true });
  writeFileSync(
    join(configuration, 'runtime.properties'),
    writeProperties(propertiesOf(place, service, overrides)),
    { mode: 0o600 },
  );
  writeFileSync(join(configuration, 'log4j2.xml'), LOG4J);
  return [
    '-server',
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:-UsePerfData',
    ...HEAPS[service],
    // The coordinator computes little: the quick compiler starts it sooner and takes less memory.
    ...(service === 'coordinator' ? ['-XX:TieredStopAtLevel=1'] : []),
    '-Duser.timezone=UTC',
    '-Dfile.encoding=UTF-8',
    `-Djava.io.tmpdir=${temporary}`,
    // So that no credentials of the person who starts it are found in their home.
    `-Duser.home=${home}`,
    '-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager',
    ...OPENED,
    '-cp',
    `${configuration}:${join(dist, 'lib', '*')}`,
    'org.apache.druid.cli.Main',
    'server',
    service,
  ];
}

/** Environment of a Druid service beside that of every process. */
export const DRUID_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: REGION,
  // Else the SDK looks for a cloud machine's own credentials at an address outside this computer.
  AWS_EC2_METADATA_DISABLED: 'true',
};

function propertiesOf(
  { folder, settings, dist }: DruidPlace,
  service: DruidService,
  overrides: Overrides,
): ReadonlyMap<string, string> {
  const { ports, s3, postgres } = settings;
  const added: Record<string, string | undefined> = {
    'druid.host': HOST,
    'druid.bindOnHost': 'true',
    'druid.plaintextPort': String(ports[service]),
    'druid.zk.service.host': `${HOST}:${ports.zookeeper}`,
    // A coordinator that was killed has a successor after this time.
    'druid.zk.service.sessionTimeoutMs': '10000',
    'druid.extensions.directory': join(dist, 'extensions'),
    'druid.extensions.loadList': JSON.stringify(overrides.extensions ?? DRUID_EXTENSIONS),
    'druid.metadata.storage.connector.connectURI': `jdbc:postgresql://${HOST}:${ports.postgres}/druid`,
    'druid.metadata.storage.connector.user': 'druid',
    'druid.metadata.storage.connector.password': postgres.druidPassword,
    'druid.storage.bucket': BUCKET,
    'druid.s3.accessKey': s3.accessKeyId,
    'druid.s3.secretKey': s3.secretAccessKey,
    'druid.s3.protocol': 'http',
    'druid.s3.enablePathStyleAccess': 'true',
    'druid.s3.endpoint.url': s3Endpoint(settings),
    'druid.s3.endpoint.signingRegion': REGION,
    'druid.indexer.logs.directory': join(folder.druid, 'task-logs'),
    'druid.indexer.task.baseDir': join(folder.druid, 'tasks'),
    'druid.indexer.task.baseTaskDir': join(folder.druid, 'tasks'),
    ...(service === 'historical' ? { 'druid.segmentCache.locations': segmentCache(folder) } : {}),
    ...overrides.properties,
  };
  const properties = new Map([...readTemplate('common'), ...readTemplate(service)]);
  for (const [key, value] of Object.entries(added)) {
    if (value === undefined) properties.delete(key);
    else properties.set(key, value);
  }
  return properties;
}

/** Of the Historical alone: an Indexer that is started again would announce what it finds there, and cannot serve it. */
const segmentCache = (folder: RunFolder) =>
  JSON.stringify([{ path: join(folder.druid, 'segment-cache'), maxSize: '20g' }]);

/** A name and not an address: with an address, a missing path style would not show. */
export const s3Endpoint = ({ ports }: StackSettings) => `http://localhost:${ports.s3}`;

function readTemplate(name: string): ReadonlyMap<string, string> {
  const lines = readFileSync(join(TEMPLATES, `${name}.properties`), 'utf8').split('\n');
  return new Map(
    lines
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => {
        const end = line.indexOf('=');
        return [line.slice(0, end).trim(), line.slice(end + 1).trim()];
      }),
  );
}

/** In a Java properties file a backslash escapes what follows. */
function writeProperties(properties: ReadonlyMap<string, string>): string {
  return [...properties].map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`).join('');
}

const LOG4J = `<Configuration status="WARN">
  <Appenders><Console name="Console" target="SYSTEM_OUT">
    <PatternLayout pattern="%d{ISO8601} %p [%t] %c - %m%n"/>
  </Console></Appenders>
  <Loggers><Root level="info"><AppenderRef ref="Console"/></Root></Loggers>
</Configuration>
`;
