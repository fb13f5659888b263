import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { byId, type Document, type Documents } from './document.ts';

const run = promisify(execFile);
const mostOutput = 256 << 20;

/** One change of a user, as the history keeps it. */
export interface Version {
  version: number;
  action: string;
  actor: string;
  document: Document;
}

/** Asks PostgreSQL as the operator does. Each row is one JSON value. */
async function query<T>(system: RunningSystem, sql: string): Promise<T[]> {
  const url = system.variables['USERSYNC_DATABASE_URL'] ?? '';
  const { stdout } = await run('psql', [url, '-XAt', '-v', 'ON_ERROR_STOP=1', '-c', sql], { maxBuffer: mostOutput });
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

/** All users, tombstones included. */
export async function usersOf(system: RunningSystem): Promise<Documents> {
  return byId(await query<Document>(system, 'SELECT document FROM users'));
}

/** The history of each user, the oldest version first, by id. */
export async function historiesOf(system: RunningSystem): Promise<Map<string, Version[]>> {
  const row = `json_build_object('id', u.doc_id, 'version', v.version, 'action', v.action, 'actor', v.actor, 'document', v.json)`;
  const sql = `SELECT ${row} FROM version v JOIN users u ON u.id = v.object_id ORDER BY v.id`;
  const found = new Map<string, Version[]>();
  for (const { id, ...version } of await query<Version & { id: string }>(system, sql)) found.set(id, [...(found.get(id) ?? []), version]);
  return found;
}

/** The history of one user, the oldest version first. */
export async function versionsOf(system: RunningSystem, id: string): Promise<Version[]> {
  return (await historiesOf(system)).get(id) ?? [];
}

/** Runs a statement as the owner of the database, whom no trigger stops: what nobody should be able to do unnoticed. */
export async function tamper(system: RunningSystem, sql: string): Promise<void> {
  const url = new URL(system.variables['USERSYNC_DATABASE_URL'] ?? '');
  url.username = 'usersync_owner';
  url.password = system.secret('postgres-usersync_owner');
  const statements = ['ALTER TABLE version DISABLE TRIGGER USER', sql, 'ALTER TABLE version ENABLE TRIGGER USER'];
  await run('psql', [url.href, '-XAt', '-v', 'ON_ERROR_STOP=1', '-1', ...statements.flatMap((statement) => ['-c', statement])]);
}

/** The newest sequence. */
export async function headOf(system: RunningSystem): Promise<number> {
  const [head = 0] = await query<number>(system, 'SELECT head FROM feed');
  return head;
}

/** The hash of a version; undefined if there is none. */
export async function hashOf(system: RunningSystem, sequence: number): Promise<string | undefined> {
  const [hash] = await query<string>(system, `SELECT to_json(encode(hash, 'hex')) FROM version WHERE id = ${sequence}`);
  return hash;
}
