import type { Kysely } from 'kysely';
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from '#shared/contract/app';
import type { Mapping } from '#shared/domain/mapping';
import type { HeldMappings, MappingMemory, SettingsStore } from '../../services/imports/store-ports.ts';
import { checkStored, readJson } from './json-column.ts';
import type { StoreSchema } from './schema.ts';
import type { StoreDatabase } from './store-database.ts';

/** Mappings that a person confirmed. */
export function createMappingMemory({ db }: StoreDatabase): MappingMemory & HeldMappings {
  const write = async (fingerprint: string, mapping: Mapping, pending: 0 | 1) => {
    const values = { mapping: JSON.stringify(mapping), remembered_at: new Date().toISOString(), pending };
    await db
      .insertInto('mapping_memory')
      .values({ fingerprint, ...values })
      .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet(values))
      .execute();
  };
  return {
    async find(fingerprint) {
      const row = await db
        .selectFrom('mapping_memory')
        .select('mapping')
        .where('fingerprint', '=', fingerprint)
        .executeTakeFirst();
      return row ? readJson('mapping', row.mapping, { table: 'mapping_memory', id: fingerprint }) : null;
    },
    remember: (fingerprint, mapping) => write(fingerprint, mapping, 0),
    hold: (fingerprint, mapping) => write(fingerprint, mapping, 1),
    async held() {
      const rows = await db
        .selectFrom('mapping_memory')
        .select(['fingerprint', 'mapping'])
        .where('pending', '=', 1)
        .orderBy('remembered_at')
        .execute();
      return rows.map(({ fingerprint, mapping }) => ({
        fingerprint,
        mapping: readJson('mapping', mapping, { table: 'mapping_memory', id: fingerprint }),
      }));
    },
    async told(fingerprint, mapping) {
      await db
        .updateTable('mapping_memory')
        .set({ pending: 0 })
        .where('fingerprint', '=', fingerprint)
        // Another answer that was given meanwhile is still to be told.
        .where('mapping', '=', JSON.stringify(mapping))
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

/** Settings: only what differs from the defaults is kept. */
export function createSettingsStore({ db, write }: StoreDatabase): SettingsStore {
  return {
    read: () => readSettings(db),
    update(patch) {
      return write(async (transaction) => {
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
