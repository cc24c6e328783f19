import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withoutSecrets } from '../../adapters/processes/plain-environment.ts';
import { usageError } from './arguments.ts';
import { EXIT } from './output.ts';
import { startEngine, type Context } from './session.ts';
import { startHttpHost } from '../http/index.ts';

/** Opens the address with the program that the system uses for it; that none is there is no failure of the host. */
function openBrowser(url: string): void {
  const [command, args] =
    process.platform === 'win32'
      ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
      : [process.platform === 'darwin' ? 'open' : 'xdg-open', [url]];
  const child = spawn(command, args, {
    stdio: 'ignore',
    detached: true,
    env: withoutSecrets(process.env),
  });
  child.on('error', () => child.unref());
  child.unref();
}

/** `serve`: the browser host, until Ctrl+C. Each link works once; Enter prints another. */
export async function serveCommand(context: Context): Promise<number> {
  const { args, output, json, signal, installation } = context;
  const port = args.number('port') ?? 0;
  if (port > 65_535) throw usageError(`--port cannot be ${port}`, 'Ports go up to 65535.');
  const engine = await startEngine(context, 'browser');
  try {
    const host = await startHttpHost({ engine, rendererFolder: installation.rendererFolder, port });
    try {
      const link = host.newLink();
      if (json) {
        const { port, origin, metricsToken } = host;
        output.out(`${JSON.stringify({ url: link, port, origin, home: engine.home, metricsToken })}\n`);
      } else {
        output.out(`Mauzo is at ${link}\n`);
        output.err('The link works once. Press Enter for another one, Ctrl+C to stop.\n');
      }
      if (args.flag('open')) openBrowser(link);
      const another = () => output.out(`${host.newLink()}\n`);
      if (process.stdin.isTTY) process.stdin.on('data', another);
      if (!signal.aborted) await once(signal, 'abort');
      process.stdin.off('data', another);
      process.stdin.pause();
      return EXIT.done;
    } finally {
      await host.close();
    }
  } finally {
    await engine.close();
  }
}
