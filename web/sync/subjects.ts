/** The actor of clients without a name of their own. */
export const anonymousActor = 'frontend-client';

/** The subjects that one actor uses. */
export interface Subjects {
  update: string;
  pull: string;
  broadcast: string;
  heartbeat: string;
  /** Without the token at its end. */
  receipt: string;
  /** Where answers to pulls go: the bridge answers nowhere else. */
  inbox: string;
}

const tokenRule = /^[A-Za-z0-9_-]{1,64}$/;
const prefixRule = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

export function subjectsOf(actor: string, prefix = 'users'): Subjects {
  if (!tokenRule.test(actor)) throw new Error(`an actor is 1 to 64 characters of [A-Za-z0-9_-], not "${actor}"`);
  if (!prefixRule.test(prefix)) throw new Error(`a subject's prefix is tokens of [A-Za-z0-9_-], not "${prefix}"`);
  const anonymous = actor === anonymousActor;
  const named = (subject: string) => (anonymous ? `${prefix}.${subject}` : `${prefix}.${subject}.${actor}`);
  return {
    update: named('update'),
    pull: named('pull'),
    broadcast: `${prefix}.broadcast`,
    heartbeat: `${prefix}.heartbeat`,
    receipt: `${prefix}.receipt.${actor}`,
    inbox: anonymous ? '_INBOX' : `inbox.${actor}`,
  };
}
