import type { Script, Step } from './script.ts';
import { World } from './world.ts';

const kinds = ['vanished', 'overwritten unseen', 'took effect', 'applied twice', 'in conflict with oneself', 'is unsent', 'is shown as', 'not quiet', 'not after'];

/** What went wrong, without where. */
function kindOf(flaw: string): string {
  return kinds.find((kind) => flaw.includes(kind)) ?? 'another difference';
}

/** Leaves out of a script whatever it fails without in the same way. */
export async function shortened(script: Script, seed: number, flaws: readonly string[]): Promise<Script> {
  const kind = kindOf(flaws[0] ?? '');
  let { steps } = script;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = steps.length - size; from > -size; from -= size) {
      const fewer = without(steps, Math.max(0, from), Math.min(size, from + size));
      const found = await new World({ ...script, steps: fewer }, seed).run();
      if (found.some((flaw) => kindOf(flaw) === kind)) steps = fewer;
    }
  }
  return { ...script, steps };
}

/** Later steps keep their time. */
function without(steps: readonly Step[], from: number, count: number): Step[] {
  const [left, gone, right] = [steps.slice(0, from), steps.slice(from, from + count), steps.slice(from + count)];
  const time = gone.reduce((sum, { after }) => sum + after, 0);
  return [...left, ...right.map((step, index) => (index === 0 ? { ...step, after: step.after + time } : step))];
}
