import type { Script, Step } from './script.ts';
import { World } from './world.ts';

/** Leaves out of a script whatever it fails without. */
export async function shortened(script: Script, seed: number): Promise<Script> {
  let { steps } = script;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = steps.length - size; from > -size; from -= size) {
      const fewer = without(steps, Math.max(0, from), Math.min(size, from + size));
      if ((await new World({ ...script, steps: fewer }, seed).run()).length > 0) steps = fewer;
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
