import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunFolder } from '../../scripts/stack/files.mts';
import { withLock } from '../../scripts/stack/folder-lock.mts';
import { ProcessTable, thisProcess } from '../../scripts/stack/processes.mts';
import { whatIsMissing } from '../../scripts/stack/provision.mts';
import { DEFAULT_PORTS, HOST, prepareSettings, SERVICES } from '../../scripts/stack/settings.mts';
import { wipe } from '../../scripts/stack/stack.mts';
import { findGo, findJava, findMaven, findSetpriv } from '../../scripts/stack/tools.mts';

let folder: RunFolder;
beforeEach(() => {
  folder = new RunFolder(mkdtempSync(join(tmpdir(), 'mauzo-stack-folder-')));
  mkdirSync(folder.logs);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder.path, { recursive: true, force: true });
});

describe('processes of a stack', () => {
  const waits = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {} };

  it('are known to another command, and end when they are stopped', async () => {
    const processes = new ProcessTable(folder);
    await processes.start('s3', waits);
    const pid = new ProcessTable(folder).pidOf('s3');
    expect(pid).not.toBeNull();
    expect(processes.pids()).toEqual({ s3: pid });
    await new ProcessTable(folder).stop('s3', 'SIGTERM', 60_000);
    expect(processes.pidOf('s3')).toBeNull();
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
  });

  it('are killed when they do not end', async () => {
    const processes = new ProcessTable(folder);
    const deaf = "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)";
    await processes.start('s3', { ...waits, args: ['-e', deaf] });
    await vi.waitFor(() => expect(readFileSync(folder.logOf('s3'), 'utf8')).toContain('deaf'), 60_000);
    await processes.stop('s3', 'SIGTERM', 10);
    expect(processes.pidOf('s3')).toBeNull();
  });

  it('a stranger that got the pid of one is left alone', async () => {
    const stranger = spawn(waits.command, waits.args);
    await once(stranger, 'spawn');
    const record = { pid: stranger.pid, startedAt: 'an earlier time' };
    writeFileSync(folder.processes, JSON.stringify({ broker: record }));
    const processes = new ProcessTable(folder);
    expect(processes.pidOf('broker')).toBeNull();
    await processes.stop('broker', 'SIGKILL', 1_000);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    expect(() => process.kill(stranger.pid ?? 0, 0)).not.toThrow();
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  });

  it('a program that is not there is told', async () => {
    const start = new ProcessTable(folder).start('s3', { ...waits, command: '/nowhere/versitygw' });
    await expect(start).rejects.toThrow('/nowhere/versitygw could not be started');
  });
});

describe('settings of a run folder', () => {
  it('free ports and credentials are chosen once, and only the owner can read them', async () => {
    const first = await prepareSettings(folder, true);
    const ports = SERVICES.map((service) => first.ports[service]);
    expect(new Set(ports).size).toBe(SERVICES.length);
    expect(first.s3.secretAccessKey).not.toBe(first.postgres.password);
    expect(await prepareSettings(folder, true)).toEqual(first);
    expect(statSync(folder.settings).mode & 0o777).toBe(0o600);
  });

  it('a port that is taken by then is replaced by another', async () => {
    const first = await prepareSettings(folder, true);
    const other = createServer().listen(first.ports.broker, HOST);
    await once(other, 'listening');
    const second = await prepareSettings(folder, true);
    other.close();
    expect(second.ports.broker).not.toBe(first.ports.broker);
    expect(second.postgres).toEqual(first.postgres);
  });

  it('a fixed port that is taken is named', async () => {
    const other = createServer();
    const isOurs = await new Promise<boolean>((resolve) => {
      other.once('error', () => resolve(false));
      other.listen(DEFAULT_PORTS.broker, HOST, () => resolve(true));
    });
    await expect(prepareSettings(folder, false)).rejects.toMatchObject({
      message: expect.stringContaining(`broker ${DEFAULT_PORTS.broker}`),
      remedy: expect.stringContaining('--free-ports'),
    });
    if (isOurs) other.close();
  });
});

describe('commands on one run folder', () => {
  it('wait for each other to end', async () => {
    await withLock(folder, async () => {
      await expect(withLock(folder, () => Promise.resolve())).rejects.toThrow(`pid ${process.pid}`);
    });
    await expect(withLock(folder, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('are not held up by one that was killed', async () => {
    writeFileSync(folder.lock, JSON.stringify({ ...thisProcess(), startedAt: 'an earlier time' }));
    await expect(withLock(folder, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('wipe removes what a stack wrote, and nothing else', async () => {
    await prepareSettings(folder, true);
    writeFileSync(join(folder.path, 'notes.txt'), 'mine');
    await wipe(folder.path);
    expect(existsSync(folder.settings)).toBe(false);
    expect(existsSync(folder.logs)).toBe(false);
    expect(readFileSync(join(folder.path, 'notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('a machine that lacks a program', () => {
  beforeEach(() => {
    vi.stubEnv('PATH', folder.path);
    vi.stubEnv('JAVA_HOME', '');
  });

  it.each([
    ['Java', findJava],
    ['Maven', findMaven],
    ['Go', findGo],
    ['setpriv', findSetpriv],
  ])('%s is named with the remedy', (name, find) => {
    expect(find).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`${name} is missing`),
        remedy: expect.stringContaining('Install'),
      }),
    );
  });

  it('a test run learns all of them at once', () => {
    const reasons = whatIsMissing(folder.path).join('\n');
    for (const name of ['Java', 'Maven', 'Go']) expect(reasons).toContain(`${name} is missing`);
  });
});
