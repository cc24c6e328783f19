import { describe, expect, it } from 'vitest';
import type { ProcessChannel, ProcessPort } from '../parser/process-channel.ts';
import { createMainProcessLauncher } from './main-process-launcher.ts';

/** The main process as its engine sees it. */
function fakeMain() {
  const sent: unknown[] = [];
  const listeners: ((message: unknown, ports: readonly ProcessPort[]) => void)[] = [];
  const channel: ProcessChannel = {
    isUtility: true,
    send: (message) => void sent.push(message),
    onMessage: (listener) => void listeners.push(listener),
    onClose: () => undefined,
  };
  return {
    channel,
    sent,
    say(message: unknown, ports: readonly ProcessPort[] = []) {
      for (const listener of listeners) listener(message, ports);
    },
  };
}

function fakePort() {
  const sent: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  const port: ProcessPort = {
    send: (message) => void sent.push(message),
    onMessage: (listener) => void listeners.push(listener),
    onClose: () => undefined,
  };
  return {
    port,
    sent,
    say(message: unknown) {
      for (const listener of listeners) listener(message);
    },
  };
}

const OPTIONS = { label: 'x', execArgv: ['--max-old-space-size=768'], env: {} };

describe('createMainProcessLauncher', () => {
  it('asks main, holds messages until the channel is there, and hears the parser and its end', () => {
    const main = fakeMain();
    const launcher = createMainProcessLauncher(main.channel);
    const launched = launcher.launch('parser', OPTIONS);
    const heard: unknown[] = [];
    const exits: unknown[] = [];
    launched.onMessage((message) => heard.push(message));
    launched.onExit((exit) => exits.push(exit));
    expect(main.sent).toEqual([{ type: 'parser-wanted', id: 1, execArgv: OPTIONS.execArgv, env: {} }]);
    launched.send('early');
    const parser = fakePort();
    main.say({ type: 'parser-started', id: 1, pid: null }, [parser.port]);
    launched.send('late');
    expect(parser.sent).toEqual(['early', 'late']);
    parser.say('ready');
    expect(heard).toEqual(['ready']);
    main.say({ type: 'parser-exited', id: 1, code: 1 });
    expect(exits).toEqual([{ code: 1, signal: null }]);
  });

  it('asks main to end a parser, also one that has not started yet', () => {
    const main = fakeMain();
    createMainProcessLauncher(main.channel).launch('parser', OPTIONS).kill();
    expect(main.sent).toContainEqual({ type: 'parser-unwanted', id: 1 });
  });

  it('keeps processes apart and does not mind messages that are not for it', () => {
    const main = fakeMain();
    const launcher = createMainProcessLauncher(main.channel);
    const exits: string[] = [];
    launcher.launch('parser', OPTIONS).onExit(() => exits.push('one'));
    launcher.launch('parser', OPTIONS).onExit(() => exits.push('two'));
    main.say({ type: 'call', id: 2 });
    main.say({ type: 'parser-exited', id: 2, code: 0 });
    expect(exits).toEqual(['two']);
  });
});
