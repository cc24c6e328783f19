import type { WebContents } from 'electron';
import { AppError } from '../../shared/errors/app-error.ts';
import { errorReply, type Reply, type Request } from '../../shared/rpc/envelope.ts';
import type { EngineProcess, EngineProcessOptions } from './engine-process.ts';

type StartEngine = (events: Pick<EngineProcessOptions, 'onReply' | 'onExit'>) => EngineProcess;

/** Someone who asks the engine: a window, or the main process itself. */
export interface EngineClient {
  readonly key: WebContents | 'main';
  reply(reply: Reply): void;
  /** The engine went away: no reply to an earlier request will come any more. */
  engineGone(): void;
}

/** Restarts wait this long, in milliseconds, one after another; a run of a minute starts the list anew. */
const RESTART_DELAYS_MS = [0, 500, 2_000, 5_000];
const STABLE_RUN_MS = 60_000;

/**
 * Joins windows and the engine process. Each client's request ids are its own, so they are renumbered on the way. When
 * the engine dies, whatever was pending fails with `app.disconnected` and the engine is started again; jobs go on from
 * their last step because their state is on disk.
 */
export class EngineLink {
  readonly #start: StartEngine;
  readonly #routes = new Map<number, { client: EngineClient; clientId: number }>();
  #held: Request[] = [];
  #engine: EngineProcess | null = null;
  #nextId = 1;
  #restarts = 0;
  #startedAt = 0;
  #closing = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(start: StartEngine) {
    this.#start = start;
    this.#launch();
  }

  get pid(): number | undefined {
    return this.#engine?.pid;
  }

  request(client: EngineClient, request: Request): void {
    if (request.type === 'cancel') {
      for (const [id, route] of this.#routes) {
        if (route.client.key === client.key && route.clientId === request.id)
          this.#engine?.send({ type: 'cancel', id });
      }
      return;
    }
    const id = this.#nextId++;
    this.#routes.set(id, { client, clientId: request.id });
    // Between two engines requests wait for the next one.
    if (this.#engine) this.#engine.send({ ...request, id });
    else this.#held.push({ ...request, id });
  }

  /** Forgets a client that is gone and cancels what it had asked for. */
  drop(key: EngineClient['key']): void {
    for (const [id, route] of this.#routes) {
      if (route.client.key !== key) continue;
      this.#routes.delete(id);
      this.#engine?.send({ type: 'cancel', id });
    }
  }

  close(): void {
    this.#closing = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#engine?.kill();
  }

  #launch(): void {
    this.#startedAt = Date.now();
    this.#engine = this.#start({
      onReply: (reply) => this.#onReply(reply),
      onExit: () => this.#onExit(),
    });
    const held = this.#held;
    this.#held = [];
    for (const request of held) if (this.#routes.has(request.id)) this.#engine.send(request);
  }

  #onReply(reply: Reply): void {
    const route = this.#routes.get(reply.id);
    if (!route) return;
    if (reply.type !== 'event') this.#routes.delete(reply.id);
    route.client.reply({ ...reply, id: route.clientId });
  }

  #onExit(): void {
    this.#engine = null;
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    for (const { client, clientId } of routes) client.reply(disconnected(clientId));
    for (const client of new Map(routes.map((route) => [route.client.key, route.client])).values())
      client.engineGone();
    if (this.#closing) return;
    if (Date.now() - this.#startedAt > STABLE_RUN_MS) this.#restarts = 0;
    const delayMs = RESTART_DELAYS_MS[Math.min(this.#restarts, RESTART_DELAYS_MS.length - 1)] ?? 0;
    this.#restarts += 1;
    this.#timer = setTimeout(() => this.#launch(), delayMs);
  }
}

const disconnected = (id: number): Reply => errorReply(id, new AppError('app.disconnected', 'unavailable'));
