import { NO_CONNECTIONS } from '#shared/domain/connections';
import type { ConnectionsKeeper } from '../../services/connections/ports.ts';
import { readJson } from './json-column.ts';
import type { StoreDatabase } from './store-database.ts';

const NAME = 'connections';

/** Connections of one data folder, as one versioned document. */
export function createConnectionsKeeper({ db }: StoreDatabase): ConnectionsKeeper {
  return {
    async read() {
      const row = await db
        .selectFrom('connections')
        .select('document')
        .where('name', '=', NAME)
        .executeTakeFirst();
      return row ? readJson('document', row.document, { table: 'connections', id: NAME }) : NO_CONNECTIONS;
    },
    async write(connections) {
      const document = JSON.stringify(connections);
      await db
        .insertInto('connections')
        .values({ name: NAME, document })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ document }))
        .execute();
    },
  };
}
