import type { Kysely } from 'kysely';
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from '#shared/contract/app';
import type { MappingMemory, SettingsStore } from '../../services/imports/store-ports.ts';
import { checkStored, readJson } from './json-column.ts';
import type { StoreSchema } from './schema.ts';

/** Mappings that a person confirmed, in the embedded store. */
export function createMappingMemory(db: Kysely<StoreSchema>): MappingMemory {
  return {
    async find(fingerprint) {
      const row = await db
        .selectFrom('mapping_memory')
        .select('mapping')
        .where('fingerprint', '=', fingerprint)
        .executeTakeFirst();
      return row ? readJson('mapping', row.mapping, { table: 'mapping_memory', id: fingerprint }) : null;
    },
    async remember(fingerprint, mapping) {
      const values = { mapping: JSON.stringify(mapping), remembered_at: new Date().toISOString() };
      await db
        .insertInto('mapping_memory')
        .values({ fingerprint, ...values })
        .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet(values))
        .execute();
    },
  };
}

async function readSettings(db: Kysely<StoreSchema>): Promise<Settings> {
  const rows = await db.selectFrom('settings').selectAll().execute();
  const stored: Record<string, unknown> = {};
  for (const { name, value } of rows) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, name)) continue;
    stored[name] = JSON.parse(value);
  }
  return checkStored(settingsSchema, { ...DEFAULT_SETTINGS, ...stored }, 'value', {
    table: 'settings',
    id: rows.map((row) => row.name).join(', '),
  });
}

/** Settings in the embedded store: only what differs from the defaults is kept. */
export function createSettingsStore(db: Kysely<StoreSchema>): SettingsStore {
  return {
    read: () => readSettings(db),
    update(patch) {
      return db.transaction().execute(async (transaction) => {
        for (const [name, value] of Object.entries(patch)) {
          if (value === undefined) continue;
          const text = JSON.stringify(value);
          await transaction
            .insertInto('settings')
            .values({ name, value: text })
            .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: text }))
            .execute();
        }
        // Read back and checked inside the transaction: a value that does not fit is rolled back.
        return readSettings(transaction);
      });
    },
  };
}
