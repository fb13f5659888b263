// What a person does with the page in several tabs, while all is well.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { emailsOf } from './harness/document.ts';
import { eventually } from './harness/eventually.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();

test.each([2, 5])('%d people see what one creates, another updates and a third deletes', async (count) => {
  const people = await stage.people(count);
  const [first, last] = [people[0]!, people.at(-1)!];
  await first.create(`story-${count}@example.com`);
  for (const person of people) await person.row(`story-${count}@example.com`).waitFor();
  const before = await allEqual(stage.system, ...people);

  await last.button('🔄 Update Random User').click();
  await eventually(async () => expect(await allEqual(stage.system, ...people)).not.toEqual(before));

  await first.button('🗑️ Delete Random User').click();
  await eventually(async () => {
    const after = await allEqual(stage.system, ...people);
    expect(emailsOf(after)).toHaveLength(emailsOf(before).length - 1);
  });
});
