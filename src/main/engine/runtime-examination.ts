import { ok, trouble, type Examination } from '../services/diagnostics/index.ts';

/** What the engine needs of the machine: a Node that is new enough and native packages that load. */
export function runtimeExamination(load: Readonly<Record<string, () => Promise<unknown>>>): Examination {
  return {
    area: 'runtime',
    name: 'Runtime',
    examine: async () => {
      const lines = [ok('Node', `${process.version} on ${process.platform} ${process.arch}`)];
      for (const [name, probe] of Object.entries(load)) {
        try {
          await probe();
          lines.push(ok(name, 'loads'));
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          lines.push(
            trouble(
              'failed',
              name,
              'does not load',
              reason,
              `Install Mauzo again, or run “npm ci” in a checkout.`,
            ),
          );
        }
      }
      return lines;
    },
  };
}
