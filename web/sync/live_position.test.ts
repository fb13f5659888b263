import { beforeEach, describe, expect, test } from 'vitest';
import { LivePosition } from './live_position.ts';

let position: LivePosition;

/** Subscribed, pulled up to 10, and trusted. */
beforeEach(() => {
  position = new LivePosition('e');
  position.subscribed();
  position.pullAsked();
  position.pulledUpTo(10);
});

test('the next change is applied, and the next', () => {
  expect(position.changed('e', 11)).toBe('apply');
  expect(position.changed('e', 12)).toBe('apply');
});

test('a gap is healed', () => {
  expect(position.changed('e', 13)).toBe('resync');
});

test('a gap after a change is healed', () => {
  position.changed('e', 11);
  expect(position.changed('e', 13)).toBe('resync');
});

test('what comes between a gap and the pull that heals it waits for the pull', () => {
  position.changed('e', 13);
  expect(position.changed('e', 14)).toBe('wait');
  position.pullAsked();
  expect(position.changed('e', 15)).toBe('apply');
});

test('a repeat is healed', () => {
  position.changed('e', 11);
  position.changed('e', 12);
  expect(position.changed('e', 12)).toBe('resync');
  position.pullAsked();
  expect(position.changed('e', 11)).toBe('resync');
});

test('a pull that is ahead of the stream makes no repeat', () => {
  position.changed('e', 11);
  position.pulledUpTo(20);
  expect(position.changed('e', 12)).toBe('apply');
  expect(position.changed('e', 13)).toBe('apply');
});

test('the first change of a subscription that a pull brought already may be of a database that was put back', () => {
  expect(position.changed('e', 5)).toBe('resync');
  position.pullAsked();
  expect(position.changed('e', 6)).toBe('apply');
});

test('another epoch is healed', () => {
  expect(position.changed('f', 11)).toBe('resync');
  expect(position.epoch).toBe('f');
});

test('the first epoch is learned, not healed', () => {
  const fresh = new LivePosition(null);
  fresh.subscribed();
  fresh.pullAsked();
  expect(fresh.changed('e', 1)).toBe('apply');
  expect(fresh.epoch).toBe('e');
});

describe('after a new subscription', () => {
  beforeEach(() => {
    position.changed('e', 11);
    position.subscribed();
  });

  test('nothing is trusted before a pull is asked', () => {
    expect(position.changed('e', 11)).toBe('wait');
  });

  test('the old stream does not count: what it missed is a gap', () => {
    position.pullAsked();
    expect(position.changed('e', 13)).toBe('resync');
  });

  test('the first change may be one that was seen before', () => {
    position.pullAsked();
    expect(position.changed('e', 11)).toBe('apply');
  });
});

describe('a heartbeat', () => {
  test('that is not ahead says nothing', () => {
    expect(position.heartbeat('e', 10)).toBe('apply');
  });

  test('that is ahead may mean a loss', () => {
    expect(position.heartbeat('e', 11)).toBe('wait');
    position.lost();
    expect(position.stale).toBe(true);
    expect(position.changed('e', 11)).toBe('wait');
  });

  test('of another epoch is healed', () => {
    expect(position.heartbeat('f', 1)).toBe('resync');
    expect(position.stale).toBe(true);
  });
});

describe('a heartbeat that is behind', () => {
  test('may have been overtaken', () => {
    position.changed('e', 11);
    expect(position.heartbeat('e', 10)).toBe('apply');
    position.changed('e', 12);
    expect(position.heartbeat('e', 11)).toBe('apply');
    expect(position.heartbeat('e', 12)).toBe('apply');
    expect(position.stale).toBe(false);
  });

  test('and the next one too: the database was put back to an older copy', () => {
    expect(position.heartbeat('e', 8)).toBe('apply');
    expect(position.heartbeat('e', 8)).toBe('resync');
    expect(position.stale).toBe(true);
  });

  test('of another connection does not count', () => {
    position.heartbeat('e', 8);
    position.subscribed();
    position.pullAsked();
    expect(position.heartbeat('e', 8)).toBe('apply');
  });
});
