// When RxDB rests, as far as it says so itself. With RxDB: push.test.ts, pull_and_live.test.ts.
import type { RxCollection } from 'rxdb';
import type { RxReplicationState } from 'rxdb/plugins/replication';
import { BehaviorSubject } from 'rxjs';
import { beforeEach, expect, test, vi } from 'vitest';
import type { UserRow } from './document.ts';
import { LocalRows } from './local_rows.ts';
import type { Checkpoint } from './page_reader.ts';

let queue: { up: Promise<void>; down: Promise<void> };
let active: BehaviorSubject<boolean>;
let rows: LocalRows;

beforeEach(() => {
  queue = { up: Promise.resolve(), down: Promise.resolve() };
  active = new BehaviorSubject(false);
  const internalReplicationState = { streamQueue: queue, events: { active: { up: active } } };
  rows = new LocalRows(null as unknown as RxCollection<UserRow>, { internalReplicationState } as unknown as RxReplicationState<UserRow, Checkpoint>);
});

/** Something that takes its time, and its end. */
function work(): [Promise<void>, () => void] {
  let end = (): void => undefined;
  return [new Promise<void>((resolve) => (end = resolve)), () => end()];
}

function quiet() {
  const resolved = vi.fn();
  const done = rows.quiet().then(resolved);
  return { done, resolved };
}

/** Lets everything happen that needs no clock: messages between ports come in tasks of their own. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test.each(['up', 'down'] as const)('while it works on what goes %s there is no quiet', async (way) => {
  const [working, end] = work();
  queue[way] = working;
  const { done, resolved } = quiet();
  await settle();
  expect(resolved).not.toHaveBeenCalled();
  end();
  await done;
});

test('while it says that it pushes there is none, though its queue is empty, and it is not asked again and again', async () => {
  active.next(true);
  const looks = vi.fn(() => Promise.resolve());
  Object.defineProperty(queue, 'up', { get: looks });
  const { done, resolved } = quiet();
  await settle();
  expect(resolved).not.toHaveBeenCalled();
  expect(looks).toHaveBeenCalledOnce();
  looks.mockReturnValue(looks.mock.results[0]!.value as Promise<void>);
  active.next(false);
  await done;
});

test.each([
  ['a push', (working: Promise<void>) => (queue.up = working)],
  ['a pull', (working: Promise<void>) => (queue.down = working)],
])('%s that begins in the same task is waited for', async (_, begin) => {
  const [working, end] = work();
  const { done, resolved } = quiet();
  // Later than any promise that is settled already.
  process.nextTick(() => queueMicrotask(() => begin(working)));
  await settle();
  expect(resolved).not.toHaveBeenCalled();
  end();
  await done;
});

test('a push that says so in the same task is waited for', async () => {
  const { done, resolved } = quiet();
  process.nextTick(() => queueMicrotask(() => active.next(true)));
  await settle();
  expect(resolved).not.toHaveBeenCalled();
  active.next(false);
  await done;
});
