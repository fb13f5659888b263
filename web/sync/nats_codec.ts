import { isUserDocument } from './document.ts';
import { outcomes, type FieldConflict, type Mutation, type Receipt, type Violation } from './mutation.ts';
import { PullError, type LiveChange, type Page } from './transport.ts';

type Json = Record<string, unknown>;

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : null;
  } catch {
    return null;
  }
}

function listOf<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

export function encodeMutations(mutations: readonly Mutation[]): string {
  return JSON.stringify(mutations);
}

/** null if it is none. */
export function decodeReceipt(text: string): Receipt | null {
  const json = parseObject(text);
  const outcome = outcomes.find((name) => name === json?.['outcome']);
  if (json === null || outcome === undefined || typeof json['mutation_id'] !== 'string') return null;
  return {
    mutation_id: json['mutation_id'],
    outcome,
    ...(typeof json['seq'] === 'number' ? { seq: json['seq'] } : {}),
    ...(isUserDocument(json['document']) ? { document: json['document'] } : {}),
    conflicts: listOf<FieldConflict>(json['conflicts']),
    violations: listOf<Violation>(json['violations']),
  };
}

/** Throws a PullError if the answer is one, and an Error if it is nothing that we know. */
export function decodePage(text: string): Page {
  const json = parseObject(text);
  const error = json?.['error'] as Json | undefined;
  if (error) throw new PullError(String(error['reason']), String(error['message']));
  const { documents, seqs, checkpoint, more } = json ?? {};
  const documentsAreRight = Array.isArray(documents) && documents.every(isUserDocument);
  const seqsAreRight = Array.isArray(seqs) && seqs.length === (documents as unknown[] | undefined)?.length;
  if (!documentsAreRight || !seqsAreRight || typeof more !== 'boolean') throw new Error('the answer to a pull is none');
  return { documents, seqs: seqs as number[], checkpoint: typeof checkpoint === 'string' ? checkpoint : null, more };
}

/**
 * A broadcast. null if it does not say which database it is of and where in its sequence: then anybody
 * may have sent it. `header` gives a header's value, '' if there is none.
 */
export function decodeChange(header: (name: string) => string, text: string): LiveChange | null {
  const epoch = header('Users-Epoch');
  const seq = Number(header('Users-Seq'));
  const checkpoint = header('Users-Checkpoint');
  if (epoch === '' || checkpoint === '' || !Number.isSafeInteger(seq) || seq < 1) return null;
  if (text === '') return { epoch, seq, checkpoint, document: null };
  const document = parseObject(text);
  return isUserDocument(document) ? { epoch, seq, checkpoint, document } : null;
}

/** null if it is none. */
export function decodeHeartbeat(text: string): { epoch: string; seq: number } | null {
  const json = parseObject(text);
  const { epoch, seq } = json ?? {};
  return typeof epoch === 'string' && typeof seq === 'number' ? { epoch, seq } : null;
}
