/**
 * Browsers, a network and a store, in which a script of chance happens, in a time of its own (`testing/simulation/`).
 * In the end all are connected, and the network is calm. Then must hold, after at most five minutes and for good:
 *
 * - every row of every tab is the store's document, field by field, tombstones too; what the store does not have is no
 *   living row; nothing is unsent; and nobody sends or pulls anything any more;
 * - each field that a person gave a value is accounted for: the history says so; or a database did that is no more, and
 *   that browser was told of it; or `refused$` says so, or what that person dropped from it; or the same person changed
 *   the field again in that browser; or deleted the user, whom the store does not have, or did not have in between; or
 *   the user was erased;
 * - what a browser made of a field was asked for by a person there, to whom the row had shown the value that it replaced;
 * - nobody's edit is refused for what was written in the same browser, unless it builds upon a refused one;
 * - no mutation is applied twice, and unless a database was put back to an older copy no field of an edit.
 */
import { expect, test } from 'vitest';
import { scriptOf } from './testing/simulation/script.ts';
import { shortened } from './testing/simulation/shorten.ts';
import { World } from './testing/simulation/world.ts';

/** Each of these found a bug. */
const known = [12, 19, 67, 119, 250, 607];
const asked = process.env['USERSYNC_SIMULATION'];

function seeds(): number[] {
  if (asked === undefined) return known;
  const [first = 1, count = 1] = asked.split(':').map(Number);
  return Array.from({ length: count }, (_, index) => first + index);
}

test.each(seeds())('nothing is lost, and all say the same in the end: seed %i', async (seed) => {
  const script = scriptOf(seed);
  const flaws = await new World(script, seed).run();
  if (flaws.length === 0) return;
  const world = new World(asked === undefined ? script : await shortened(script, seed, flaws), seed);
  const found = await world.run();
  expect.fail([...found, ...world.trace].join('\n'));
}, 3_600_000);
