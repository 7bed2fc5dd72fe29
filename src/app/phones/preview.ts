import type { PhoneId, TenantId } from '../../domain/ids.ts';
import type { Gap, PhoneFile } from '../../vendors/kit/driver.ts';

export interface PreviewOf {
  readonly tenant: TenantId;
  readonly phone: PhoneId;
}

export interface PreviewedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly gaps: readonly Gap[];
  readonly flags: readonly string[];
}

export interface ExplainedFile {
  readonly name: string;
  readonly lines: readonly {
    readonly text: string;
    readonly kind: string;
    readonly setting?: string;
    readonly line?: number;
    readonly slot?: string;
    readonly layer?: string;
    readonly object?: string;
    readonly by?: string;
    readonly at?: string;
  }[];
  readonly gaps: readonly Gap[];
  readonly flags: readonly string[];
}

interface Choice {
  readonly file?: string | undefined;
  readonly firmware?: string | undefined;
}

/** A phone's files as they would be served now: the functions of app/serve/preview.ts with their ports given. */
export interface Preview {
  listFiles(of: PreviewOf): Promise<readonly PhoneFile[]>;
  renderFile(of: PreviewOf, choice: Choice & { readonly reveal: boolean }): Promise<PreviewedFile | undefined>;
  explainFile(of: PreviewOf, choice: Choice): Promise<ExplainedFile | undefined>;
  phoneUrl(of: PreviewOf): Promise<string | undefined>;
}
