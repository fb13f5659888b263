/** "YYYY-MM-DDThh:mm:ss", before the fraction and the Z. */
const secondsLength = 19;

/** The seconds, and the fraction without trailing zeros: both compare as text. */
function parts(text: string): [string, string] {
  return [text.slice(0, secondsLength), text.slice(secondsLength).replace(/[.0Z]+$/, '')];
}

/** Whether `a` is a later moment than `b`, however many digits either has. Both are RFC 3339 in UTC. */
export function isLater(a: string, b: string): boolean {
  const [seconds, fraction] = parts(a);
  const [otherSeconds, otherFraction] = parts(b);
  return seconds === otherSeconds ? fraction > otherFraction : seconds > otherSeconds;
}
