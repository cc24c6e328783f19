import { z } from 'zod';
import {
  connectionKindSchema,
  connectionsSchema,
  secretNameSchema,
  secretPlaceSchema,
} from '../domain/connections.ts';
import { defineCommand, defineQuery, defineStream } from '../rpc/define.ts';
import { appErrorSchema } from '../rpc/envelope.ts';

/** What is set, and where each secret comes from. Secrets themselves only travel towards the engine. */
const connectionsViewSchema = z.object({
  connections: connectionsSchema,
  secrets: z.record(secretNameSchema, secretPlaceSchema),
  /** Connections that environment variables set: they cannot be changed here. */
  fromEnvironment: z.array(connectionKindSchema),
  keychain: z.object({
    available: z.boolean(),
    /** Why not, in the system's own words; null when it is. */
    reason: z.string().nullable(),
  }),
});
export type ConnectionsView = z.infer<typeof connectionsViewSchema>;

/** A secret that is given is stored; null takes the stored one away; an absent one stays as it is. */
const secretsPatchSchema = z.partialRecord(secretNameSchema, z.string().min(1).max(10_000).nullable());

/** One thing that a test did against the real server. The first failed step ends a test. */
const probeStepSchema = z.object({
  /** "Write a probe object", in words for people. */
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failed', 'skipped']),
  detail: z.string(),
  elapsedMs: z.number(),
  error: appErrorSchema.nullable(),
});
export type ProbeStep = z.infer<typeof probeStepSchema>;

export const probeReportSchema = z.object({
  target: z.enum(['s3', 'druid', 'postgres', 'keychain']),
  ok: z.boolean(),
  steps: z.array(probeStepSchema),
});
export type ProbeReport = z.infer<typeof probeReportSchema>;

export const serviceStatusSchema = z.object({
  target: z.enum(['s3', 'druid', 'postgres', 'keychain']),
  /** "Object store", "Druid Broker" …: Druid has a line for each of its services. */
  name: z.string(),
  state: z.enum(['off', 'checking', 'ok', 'failed']),
  latencyMs: z.number().nullable(),
  version: z.string().nullable(),
  /** ISO 8601. */
  lastSuccessAt: z.string().nullable(),
  error: appErrorSchema.nullable(),
});
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;

const connectionErrors = [
  'connections.invalid',
  'connections.from_environment',
  'keychain.unavailable',
  'keychain.refused',
];

export const connectionsContract = {
  'connections.get': defineQuery({ input: z.strictObject({}), output: connectionsViewSchema }),
  /** Stores settings and secrets and connects anew; running imports go on from their last step. */
  'connections.save': defineCommand({
    input: z.strictObject({ connections: connectionsSchema, secrets: secretsPatchSchema.default({}) }),
    output: connectionsViewSchema,
    errors: connectionErrors,
  }),
  /**
   * A real round trip with settings that need not be saved yet: a probe object written, read and deleted; a row ingested
   * into a probe datasource that is removed again; the schema of the database. Absent settings are the saved ones.
   */
  'connections.test': defineCommand({
    input: z.strictObject({
      target: z.enum(['s3', 'druid', 'postgres', 'keychain']),
      connections: connectionsSchema.optional(),
      secrets: secretsPatchSchema.default({}),
    }),
    output: probeReportSchema,
    errors: connectionErrors,
  }),
  /** The state of every service now, and again whenever it changes. */
  'connections.watch': defineStream({
    input: z.strictObject({}),
    output: z.object({ services: z.array(serviceStatusSchema) }),
  }),
};
