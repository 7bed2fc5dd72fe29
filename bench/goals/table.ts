import { CREATE_GOALS } from './create.ts';
import type { Goal } from './goal.ts';
import { HALF_OPEN_GOALS } from './half-open.ts';
import { HTTP_GOALS } from './http.ts';
import { IMPORT_GOALS } from './import.ts';
import { PASSWORD_GOALS } from './password.ts';
import { PROCESS_GOALS } from './process.ts';
import { RENDER_GOALS } from './render.ts';
import { STORM_GOALS } from './storm.ts';
import { TFTP_GOALS } from './tftp.ts';
import { TLS_GOALS } from './tls.ts';

const numberOf = ({ id }: Goal): number => Number(id.slice(1));

/** What fast means here, in order. */
export const GOALS: readonly Goal[] = [
  ...HTTP_GOALS,
  ...RENDER_GOALS,
  ...TLS_GOALS,
  ...PASSWORD_GOALS,
  ...TFTP_GOALS,
  ...CREATE_GOALS,
  ...IMPORT_GOALS,
  ...PROCESS_GOALS,
  ...STORM_GOALS,
  ...HALF_OPEN_GOALS,
].toSorted((a, b) => numberOf(a) - numberOf(b));
