import { expect, test } from 'vitest';
import { backlogText, emptyText, stateText, type ReplicationStatus } from './state_text.ts';

function status(differences: Partial<ReplicationStatus> = {}): ReplicationStatus {
  return { running: true, state: 'active', transport: 'nats', byOtherTab: false, problem: null, ...differences };
}

test('an active replication says so in the agreed words, whatever carries it and whoever does it', () => {
  const words = '✅ NATS replication is active!';
  expect(stateText(status()).title).toBe(words);
  expect(stateText(status({ transport: 'grpc-web' }))).toMatchObject({ title: words, detail: expect.stringContaining('gRPC-Web') });
  expect(stateText(status({ byOtherTab: true }))).toMatchObject({ title: words, detail: expect.stringContaining('Another tab') });
});

test('it is off as soon as a person stops it, and starting as soon as it is started', () => {
  expect(stateText(status({ running: false })).title).toBe('Replication is off');
  expect(stateText(status({ state: 'stopped' })).title).toBe('Starting …');
});

test('what went wrong is said while it lasts, and no longer', () => {
  const problem = 'Nobody answers there.';
  expect(stateText(status({ state: 'connecting', problem })).detail).toContain(problem);
  expect(stateText(status({ running: false, problem })).detail).toBe(problem);
  expect(stateText(status({ problem })).detail).not.toContain(problem);
});

test('what is behind is counted, and nothing is said of nothing', () => {
  expect(backlogText(0, 0)).toBe('');
  expect(backlogText(1, 0)).toBe('1 change to fetch');
  expect(backlogText(2, 1)).toBe('2 changes to fetch, 1 edit to send');
});

test('an empty table says whether there is anybody to wait for', () => {
  expect(emptyText(status({ running: false }))).toContain('start the replication');
  for (const state of ['connecting', 'syncing', 'offline'] as const) expect(emptyText(status({ state }))).toContain('once it is active');
  expect(emptyText(status())).toContain('anywhere');
});
