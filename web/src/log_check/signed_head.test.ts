import { expect, test } from 'vitest';
import { openHead } from './signed_head.ts';
import { FakeLog } from './testing/fake_log.ts';
import { leaves, rootOf3, signedHead, vkey } from './testing/worked_example.ts';

const [origin = ''] = vkey.split('+');

test('a signed head opens', async () => {
  expect(await openHead(signedHead, vkey)).toEqual({ origin, size: 3n, root: rootOf3 });
});

const lies: Record<string, [string, string]> = {
  'another size': [signedHead.replace('\n3\n', '\n4\n'), vkey],
  'another root': [signedHead.replace('\nLf8', '\nMf8'), vkey],
  'another log': [signedHead.replaceAll('localhost', 'elsewhere'), vkey],
  'another log in the head alone': [signedHead.replace('localhost', 'elsewhere'), vkey],
  'another signature': [signedHead.replace('u00/yH3Y', 'u01/yH3Y'), vkey],
  'another key id': [signedHead.replace('H3u0', 'I3u0'), vkey],
  'no signature': [signedHead.replace(/— .*\n$/, ''), vkey],
  'no note': ['', vkey],
  'a line more': [signedHead.replace('\n\n', '\nmore\n\n'), vkey],
  'another mark': [signedHead.replace('—', '-'), vkey],
  'no number': [signedHead.replace('\n3\n', '\n03\n'), vkey],
  'a short root': [signedHead.replace('DU58=', 'DU5='), vkey],
  'another key': [signedHead, vkey.replace('AQOh', 'AQOi')],
  'another id of the key': [signedHead, vkey.replace('1f7bb4d3', '1f7bb4d4')],
  'another name of the key': [signedHead, vkey.replace('localhost', 'elsewhere')],
  'another algorithm': [signedHead, vkey.replace('AQOh', 'AgOh')],
  'no key': [signedHead, ''],
};

test.each(Object.keys(lies))('a lie is found: %s', async (name) => {
  const [note, key] = lies[name]!;
  await expect(openHead(note, key)).rejects.toMatchObject({ doubt: 'forged' });
});

test('signatures of others beside it do not matter', async () => {
  const witness = `${signedHead}— witness AAAAAAAA\n`;
  expect((await openHead(witness, vkey)).size).toBe(3n);
});

test('a key signs only for the log whose name it bears', async () => {
  const store = await FakeLog.of(leaves);
  const { logCheckpoint } = await store.log.getLogHead({});
  const [name = ''] = (await store.vkey()).split('+');
  expect((await openHead(logCheckpoint, await store.vkey())).origin).toBe(name);
  const elsewhere = await store.sign(logCheckpoint.slice(0, logCheckpoint.indexOf('\n\n') + 1).replace(name, 'elsewhere'));
  await expect(openHead(elsewhere, await store.vkey())).rejects.toMatchObject({ doubt: 'forged' });
});
