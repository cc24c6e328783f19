import { renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Readable for the owner only: what is written here may hold credentials. A reader sees the old text or the new one. */
export function writeFileAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

/** What is downloaded and built once per machine, and the default run folder. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mauzo-stack');
}

/** Where the parts of a stack lie in its run folder. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get info(): string {
    return join(this.path, 'stack.json');
  }
  get settings(): string {
    return join(this.path, 'settings.json');
  }
  get processes(): string {
    return join(this.path, 'processes.json');
  }
  get lock(): string {
    return join(this.path, 'up.lock');
  }
  get logs(): string {
    return join(this.path, 'logs');
  }
  get s3Objects(): string {
    return join(this.path, 's3', 'objects');
  }
  get s3Accounts(): string {
    return join(this.path, 's3', 'accounts');
  }
  get zookeeper(): string {
    return join(this.path, 'zookeeper');
  }
  /** Working files of Druid: task logs, segment cache, temporary files. */
  get druid(): string {
    return join(this.path, 'druid');
  }
  get configuration(): string {
    return join(this.path, 'conf');
  }
  /** PostgreSQL's data, when the folder can be reached by the user that it runs as. */
  get postgres(): string {
    return join(this.path, 'postgres');
  }
  /** All that a stack writes, so that nothing else is removed with it. */
  get everything(): readonly string[] {
    const { info, settings, processes, logs, zookeeper, druid, configuration, postgres } = this;
    return [
      join(this.path, 's3'),
      zookeeper,
      druid,
      configuration,
      postgres,
      logs,
      info,
      processes,
      settings,
    ];
  }
  logOf(service: string): string {
    return join(this.logs, `${service}.log`);
  }
}
