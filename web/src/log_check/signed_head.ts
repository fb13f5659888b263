import { bytesOf, bytesOfBase64, hexOf, joined, sameBytes, sha256, type Bytes } from './bytes.ts';
import type { Tree } from './merkle.ts';
import { NotVerified } from './not_verified.ts';

const ed25519 = 1;
const keyBytes = 32;
const hashBytes = 32;
const keyIdBytes = 4;
const signatureMark = '— ';

/** A head of a log (C2SP tlog-checkpoint). */
export interface LogHead extends Tree {
  /** The name of the log. */
  origin: string;
}

/** A public key (C2SP signed-note vkey). */
interface VerifierKey {
  name: string;
  id: Bytes;
  key: Bytes;
}

async function parseKey(vkey: string): Promise<VerifierKey> {
  const [, name = '', id = '', encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? [];
  const data = bytesOfBase64(encoded);
  if (data !== null && data.length === 1 + keyBytes && data[0] === ed25519) {
    const expected = (await sha256(joined(bytesOf(`${name}\n`), data))).slice(0, keyIdBytes);
    if (hexOf(expected) === id) return { name, id: expected, key: data.slice(1) };
  }
  throw new NotVerified('forged', 'The key of the log is no key of Ed25519.');
}

function parseHead(text: string): LogHead {
  const [origin = '', size = '', encoded = ''] = text.split('\n');
  const root = bytesOfBase64(encoded);
  if (origin === '' || !/^(0|[1-9]\d{0,18})$/.test(size) || root?.length !== hashBytes) {
    throw new NotVerified('forged', 'What the store calls the head of the log is none.');
  }
  return { origin, size: BigInt(size), root };
}

async function isSigned(key: Bytes, text: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, signature, text);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') {
      throw new NotVerified('unable', 'This browser cannot check signatures of Ed25519: a newer one can.');
    }
    return false;
  }
}

/** The signatures of a line that say they are made with this key. */
function signatureOf(line: string, { name, id }: VerifierKey): Bytes | null {
  const prefix = `${signatureMark}${name} `;
  const data = line.startsWith(prefix) ? bytesOfBase64(line.slice(prefix.length)) : null;
  return data !== null && sameBytes(data.slice(0, keyIdBytes), id) ? data.slice(keyIdBytes) : null;
}

/** Opens a signed head (C2SP signed-note). Throws NotVerified unless the key has signed it. */
export async function openHead(note: string, vkey: string): Promise<LogHead> {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const key = await parseKey(vkey);
  const head = parseHead(text);
  for (const line of note.slice(end + 2).split('\n')) {
    const signature = signatureOf(line, key);
    if (signature !== null && head.origin === key.name && (await isSigned(key.key, bytesOf(text), signature))) return head;
  }
  throw new NotVerified('forged', `The head of the log (${head.size} versions) is not signed with its key.`);
}
