// Two browsers, NATS, the bridge, the store and PostgreSQL.
import { firstValueFrom, filter } from 'rxjs';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { Browser, Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { edited, newUser } from './user.ts';

const browsers: Browser[] = [];
const nats = inject('natsWsUrl');

afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
});

async function browser(profile?: Profile): Promise<Browser> {
  const opened = await Browser.open(profile);
  browsers.push(opened);
  opened.replicate({ nats });
  return opened;
}

function someone() {
  const name = crypto.randomUUID();
  return newUser({ email: `${name}@example.com`, status: 'active' });
}

describe('over NATS', () => {
  test('a user that one browser makes is seen by another, edited, and deleted', async () => {
    const [ann, bob] = [await browser(), await browser()];
    const user = someone();
    await ann.users.insert(user);
    await eventually(async () => expect(await bob.row(user.id)).toEqual(user));

    const later = edited(user, { status: 'paused', role: 'admin' });
    await bob.users.incrementalUpsert(later);
    await eventually(async () => expect(await ann.row(user.id)).toEqual(later));

    await (await ann.users.findOne(user.id).exec())?.remove();
    await eventually(async () => expect(await bob.row(user.id)).toBeNull());
    await ann.replication.inSync();
    expect(ann.replication.identifier).toContain('|1');
  });

  test('edits of different fields are joined, in both browsers', async () => {
    const [ann, bob] = [await browser(), await browser()];
    const user = someone();
    await ann.users.insert(user);
    await eventually(async () => expect(await bob.row(user.id)).toEqual(user));
    await ann.users.incrementalUpsert(edited(user, { status: 'paused' }));
    await bob.users.incrementalUpsert(edited(user, { role: 'admin' }));
    await eventually(async () => {
      expect(await ann.row(user.id)).toMatchObject({ status: 'paused', role: 'admin' });
      expect(await bob.row(user.id)).toEqual(await ann.row(user.id));
    });
  });

  test('an address that is taken is refused, and the refused user is kept', async () => {
    const ann = await browser();
    const [user, other] = [someone(), someone()];
    await ann.users.insert(user);
    await ann.users.insert({ ...other, email: user.email });
    const [refused] = await firstValueFrom(ann.replication.refused$.pipe(filter((edits) => edits.length > 0)));
    expect(refused).toMatchObject({ id: other.id, outcome: 'INVALID', violations: [{ field: 'email', reason: 'EMAIL_TAKEN' }] });
    await eventually(async () => expect(await ann.row(other.id)).toBeNull());
    await ann.replication.applyAgain(refused?.key ?? '', { ...refused!.mine, email: other.email });
    await eventually(async () => expect(await ann.row(other.id)).toMatchObject({ email: other.email }));
    await ann.replication.inSync();
    expect(await firstValueFrom(ann.replication.refused$)).toEqual([]);
  });
});
