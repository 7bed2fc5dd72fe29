import type { Extension, Line, Phone } from '../../domain/phone.ts';
import { issue, missingIssue, type FieldPath, type Issue } from './issue.ts';
import type { PhoneDocument } from './phone-document.ts';
import type { FoundParts } from './phone-parts.ts';
import type { TenantScope } from './scope.ts';
import { readSettings } from './settings-document.ts';
import { lineLimit } from './template-document.ts';

export interface ReadLines {
  readonly lines: readonly Line[];
  /** The extension of each line that has one. */
  readonly extensions: ReadonlyMap<number, Extension>;
  /** Where each line stands in the document. */
  readonly paths: ReadonlyMap<number, FieldPath>;
  readonly issues: readonly Issue[];
}

/** Why a line may not stand here, if so (S4.74). */
function wrongWithPosition(position: number, taken: boolean, parts: FoundParts): string | undefined {
  const limit = lineLimit(parts.template);
  const most = parts.model?.lines;
  if (taken) return 'is used twice';
  if (most !== undefined && position > most) return `${parts.model?.id ?? 'the model'} has ${most} lines`;
  if (limit !== undefined && position > limit)
    return `template ${JSON.stringify(parts.template?.name)} has ${limit} line keys, so a phone with it has as many lines`;
  return undefined;
}

/** An extension must exist and be on no other phone, unless it is shared (S4.14, S4.75). */
async function wrongWithExtension(
  extension: Extension | undefined,
  number: string,
  phone: Phone | undefined,
  path: FieldPath,
  { own }: TenantScope,
): Promise<Issue | undefined> {
  if (extension === undefined) return missingIssue(path, 'extension', number);
  if (extension.shared) return undefined;
  const holder = (await own.phones.byExtension(extension.id)).find((other) => other.id !== phone?.id);
  return holder === undefined ? undefined : issue(path, `is on phone ${holder.name} already`, number);
}

/** The lines of a phone with their extensions, or everything that is wrong with them. */
export async function readLines(
  written: PhoneDocument['lines'],
  before: Phone | undefined,
  parts: FoundParts,
  scope: TenantScope,
): Promise<ReadLines> {
  const lines = new Map<number, Line>();
  const extensions = new Map<number, Extension>();
  const paths = new Map<number, FieldPath>();
  const issues: Issue[] = [];
  for (const [index, line] of written.entries()) {
    const path = ['lines', index];
    const position = 'position' in line ? (line.position ?? index + 1) : index + 1;
    const misplaced = wrongWithPosition(position, lines.has(position), parts);
    if (misplaced !== undefined) issues.push(issue([...path, 'position'], misplaced, position));
    const extension = await scope.own.extensions.byKey(line.extension);
    const unusable = await wrongWithExtension(extension, line.extension, before, [...path, 'extension'], scope);
    if (unusable !== undefined) issues.push(unusable);
    const old = before?.lines.find((one) => one.position === position)?.settings ?? {};
    const settings = readSettings(line.settings, old, scope, { path: [...path, 'settings'], onLine: true });
    issues.push(...settings.issues);
    if (extension === undefined) continue;
    lines.set(position, { position, extension: extension.id, settings: settings.entries });
    extensions.set(position, extension);
    paths.set(position, path);
  }
  const ordered = Array.from(lines.values()).toSorted((a, b) => a.position - b.position);
  return { lines: ordered, extensions, paths, issues };
}
