import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localStoresContract } from '../../services/imports/local-stores-contract.fixture.ts';
import { sharedStoresContract } from '../../services/imports/shared-stores-contract.fixture.ts';
import { sampleJob } from '../../services/imports/stores-samples.fixture.ts';
import { migrate, readSchemaVersion } from '../stores/migrate.ts';
import { migrations } from '../stores/migrations/index.ts';
import type { StoreSchema } from '../stores/schema.ts';
import { openEmbeddedStores } from './index.ts';
import { openDatabase } from './node-sqlite-dialect.ts';
import { sqliteStoreDatabase } from './sqlite-store-database.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mauzo-store-'));
  path = join(folder, 'store', 'mauzo.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const failure = (code: string) => expect.objectContaining({ code });

describe('the contract of shared stores, embedded', () => {
  sharedStoresContract(() => openEmbeddedStores({ path }));
});

describe('the contract of local stores, embedded', () => {
  localStoresContract(() => openEmbeddedStores({ path }));
});

describe('the embedded store', () => {
  it('keeps everything over a close and an opening', async () => {
    const first = await openEmbeddedStores({ path });
    await first.jobs.insert(sampleJob('one'));
    await first.settings.update({ organisation: 'Mauzo Ltd' });
    await first.close();
    const second = await openEmbeddedStores({ path });
    expect(await second.jobs.get('one')).toEqual(sampleJob('one'));
    expect((await second.settings.read()).organisation).toBe('Mauzo Ltd');
    await second.close();
  });

  it('takes over what the first version published: it came from this very registry', async () => {
    const database = sqliteStoreDatabase(openDatabase(join(folder, 'old.sqlite')), 'old.sqlite');
    await migrate(database, migrations.slice(0, 1));
    await database.db
      .insertInto('published_chunks')
      .values({ dataset: 'sales', chunk: '2024-03', generation: 3, path: '2024-03/3.parquet', rows: 9 })
      .execute();
    await database.db.destroy();
    const stores = await openEmbeddedStores({ path: join(folder, 'old.sqlite') });
    expect(await stores.publication.published('sales')).toEqual({
      registryId: await stores.registry.registryId(),
      generations: new Map([['2024-03', 3]]),
    });
    await stores.close();
  });

  it('syncs every commit and checks foreign keys', async () => {
    const stores = await openEmbeddedStores({ path });
    const database = openDatabase(path);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    database.close();
    await stores.close();
  });

  it('refuses a store of a newer version and leaves its bytes alone', async () => {
    const stores = await openEmbeddedStores({ path });
    await stores.jobs.insert(sampleJob('one'));
    await stores.close();
    const database = new DatabaseSync(path);
    database.exec(`insert into schema_versions values (${migrations.length + 1}, 'from the future', '2030')`);
    // Another way to keep its journal is the newer version's choice too.
    database.exec('PRAGMA journal_mode = DELETE');
    database.close();
    const before = readFileSync(path);
    await expect(openEmbeddedStores({ path })).rejects.toEqual(failure('store.newer_schema'));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('rolls a failed migration back as a whole', async () => {
    await (await openEmbeddedStores({ path })).close();
    const database = sqliteStoreDatabase(openDatabase(path), path);
    const broken = {
      name: 'broken',
      async up(inner: Kysely<StoreSchema>) {
        await inner.schema.createTable('half').addColumn('id', 'text').execute();
        throw new Error('stop');
      },
    };
    await expect(migrate(database, [...migrations, broken])).rejects.toThrow('stop');
    expect(await readSchemaVersion(database)).toBe(migrations.length);
    expect(await database.hasTable('half')).toBe(false);
    await database.db.destroy();
  });

  it('names a file that is no database, and keeps it', async () => {
    const other = join(folder, 'photo.sqlite');
    writeFileSync(other, 'x'.repeat(10_000));
    await expect(openEmbeddedStores({ path: other })).rejects.toEqual(failure('store.corrupt'));
    expect(readFileSync(other, 'utf8')).toBe('x'.repeat(10_000));
  });

  it('names a damaged page', async () => {
    const stores = await openEmbeddedStores({ path });
    for (let index = 0; index < 200; index++) await stores.jobs.insert(sampleJob(`job-${index}`));
    await stores.close();
    const bytes = readFileSync(path);
    bytes.fill(0xab, 8_192);
    writeFileSync(path, bytes);
    const readAll = async () => {
      const reopened = await openEmbeddedStores({ path });
      try {
        return await reopened.jobs.list({ includeDismissed: true });
      } finally {
        await reopened.close();
      }
    };
    await expect(readAll()).rejects.toEqual(failure('store.corrupt'));
  });

  it('names a full disk, keeps what was stored and goes on when there is room', async () => {
    await (await openEmbeddedStores({ path })).close();
    const database = openDatabase(path);
    const { db } = sqliteStoreDatabase(database, path);
    const page = database.prepare('PRAGMA page_count').get();
    // SQLite answers the same code as for a full disk when the file may not grow.
    database.exec(`PRAGMA max_page_count = ${Number(page?.['page_count'])}`);
    const insert = (name: string) =>
      db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('settings')
          .values({ name, value: 'x'.repeat(1_000_000) })
          .execute();
      });
    await expect(insert('a')).rejects.toEqual(failure('store.disk_full'));
    database.exec('PRAGMA max_page_count = 1000000');
    await insert('b');
    expect(await db.selectFrom('settings').select('name').execute()).toEqual([{ name: 'b' }]);
    await db.destroy();
  });

  it('says where a stored value does not have its form, and never guesses', async () => {
    const stores = await openEmbeddedStores({ path });
    await stores.jobs.insert(sampleJob('one'));
    const database = openDatabase(path);
    database.exec(`update jobs set options = '{"onOverlap":"maybe"}'`);
    await expect(stores.jobs.get('one')).rejects.toEqual(failure('store.unreadable_record'));
    database.exec(`update jobs set options = 'not json'`);
    await expect(stores.jobs.get('one')).rejects.toEqual(failure('store.unreadable_record'));
    database.close();
    await stores.close();
  });
});
