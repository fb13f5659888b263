import { expect, test } from 'vitest';
import { subjectsOf } from './subjects.ts';

test('a named actor has subjects and an inbox of its own', () => {
  expect(subjectsOf('alice')).toMatchObject({
    update: 'users.update.alice',
    pull: 'users.pull.alice',
    receipt: 'users.receipt.alice',
    inbox: 'inbox.alice',
  });
});

test('a client without a name is the anonymous actor', () => {
  expect(subjectsOf('frontend-client', 'people')).toMatchObject({
    update: 'people.update',
    pull: 'people.pull',
    receipt: 'people.receipt.frontend-client',
    broadcast: 'people.broadcast',
    inbox: '_INBOX',
  });
});

test('a name that could name other subjects is none', () => {
  for (const actor of ['a.b', 'a>', '*', '', 'x'.repeat(65)]) expect(() => subjectsOf(actor)).toThrow('an actor');
});

test('a prefix is tokens, too', () => {
  expect(subjectsOf('alice', 'eu.people').update).toBe('eu.people.update.alice');
  for (const prefix of ['', 'users.', '*', 'users.>', 'a b']) expect(() => subjectsOf('alice', prefix)).toThrow('prefix');
});
