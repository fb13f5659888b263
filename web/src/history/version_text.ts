/** How an actor was established. */
export const authWords: Readonly<Record<string, string>> = {
  none: 'the name is not proven',
  nats: 'known by a password of NATS',
  jwt: 'signed in',
  mtls: 'known by a certificate',
};

const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function timeText(time: Date): string {
  return times.format(time);
}
