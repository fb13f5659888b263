// Times the page that runs somewhere, and prints a line a figure: bench <name> <value> <unit>.
// Its users must be there before, as many as are named; it makes one more.
import { parseArgs } from 'node:util';
import { openChromium } from '../../page/harness/chromium.ts';
import { timeEdits } from './edit_time.ts';
import { timeFirstSync } from './first_sync.ts';
import { weighPage } from './page_weight.ts';
import { quantile, report } from './report.ts';

/** Of so many first syncs the middle one counts. */
const firstSyncs = 3;

const { values } = parseArgs({
  options: { url: { type: 'string' }, users: { type: 'string' }, edits: { type: 'string' } },
});
const { url = 'http://127.0.0.1:3000' } = values;
const users = Number(values.users ?? 10_000);
const edits = Number(values.edits ?? 200);

const browser = await openChromium();
try {
  report('page_kb', await weighPage(browser, url), 'kB');
  const syncs: number[] = [];
  for (let round = 0; round < firstSyncs; ++round) syncs.push(await timeFirstSync(browser, url, users));
  report(`first_sync_${users}`, quantile(syncs, 0.5) / 1000, 's');
  const delays = await timeEdits(browser, url, users, edits);
  report('edit_to_visible_p50', quantile(delays, 0.5), 'ms');
  report('edit_to_visible_p99', quantile(delays, 0.99), 'ms');
} finally {
  await browser.close();
}
