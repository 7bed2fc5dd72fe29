import type { SubjectField } from '../../domain/recognise/clue.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { readDer, readOid, type BadDer, type DerElement } from './der.ts';

/** Names of RFC 4514 §3 and RFC 4519; `ST` is what makers' papers call `S`. Others keep their number. */
const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.13', 'description'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
]);

/** String types of RFC 5280 §4.1.2.4 by tag. */
const DECODERS: ReadonlyMap<number, (content: Buffer) => string> = new Map([
  [0x0c, (content) => content.toString('utf8')],
  [0x13, (content) => content.toString('latin1')],
  [0x14, (content) => content.toString('latin1')],
  [0x16, (content) => content.toString('latin1')],
  [0x1e, (content) => (content.length % 2 === 0 ? Buffer.from(content).swap16().toString('utf16le') : '\u0000')],
]);

/** Two readers that stop at a NUL differently would see two phones (T3); no honest name has a control character. */
export interface HostileName {
  readonly kind: 'hostile_name';
}

function readField(attribute: DerElement): Result<SubjectField, BadDer | HostileName> {
  const parts = readDer(attribute.content);
  if (!parts.ok) return parts;
  const [type, value] = parts.value;
  if (type?.tag !== 0x06 || value === undefined) return err({ kind: 'bad_der' });
  const text = DECODERS.get(value.tag)?.(Buffer.from(value.content));
  if (text === undefined || /[\u0000-\u001f\u007f]/.test(text)) return err({ kind: 'hostile_name' });
  const oid = readOid(type.content);
  return ok({ type: TYPE_NAMES.get(oid) ?? oid, value: text });
}

/** A Name (RFC 5280 §4.1.2.4) as its whole fields, in order; the parts of a multi-valued one follow each other. */
export function readName(content: Uint8Array): Result<readonly SubjectField[], BadDer | HostileName> {
  const rdns = readDer(content);
  if (!rdns.ok) return rdns;
  const fields: SubjectField[] = [];
  for (const rdn of rdns.value) {
    const attributes = readDer(rdn.content);
    if (!attributes.ok) return attributes;
    for (const attribute of attributes.value) {
      const field = readField(attribute);
      if (!field.ok) return field;
      fields.push(field.value);
    }
  }
  return ok(fields);
}

export interface CertificateNames {
  readonly subject: readonly SubjectField[];
  readonly issuer: readonly SubjectField[];
  /** OID of the algorithm it was signed with. */
  readonly signatureAlgorithm: string;
}

/** What an element is made of; nothing where it is broken, so that the part that is looked for is missing. */
function partsOf(element: DerElement | undefined): readonly DerElement[] {
  const parts = readDer(element?.content ?? new Uint8Array(0));
  return parts.ok ? parts.value : [];
}

/** The names in a certificate (RFC 5280 §4.1), read from its bytes: the text that libraries make of them cannot be taken apart again. */
export function readCertificateNames(raw: Uint8Array): Result<CertificateNames, BadDer | HostileName> {
  const [tbs, algorithm] = partsOf(partsOf({ tag: 0x30, content: raw })[0]);
  const fields = partsOf(tbs);
  // The version is optional: version 1 leaves it out.
  const [, , issuerField, , subjectField] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  const oid = partsOf(algorithm)[0];
  if (issuerField === undefined || subjectField === undefined || oid === undefined) return err({ kind: 'bad_der' });
  const issuer = readName(issuerField.content);
  const subject = readName(subjectField.content);
  if (!issuer.ok) return issuer;
  if (!subject.ok) return subject;
  return ok({ subject: subject.value, issuer: issuer.value, signatureAlgorithm: readOid(oid.content) });
}
