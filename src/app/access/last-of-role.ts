import { pages } from '../pages.ts';
import type { Page, User, Versioned } from '../ports.ts';

/** Whether nobody else of those listed has the role that this user has. */
export async function isLastOfRole(
  user: User,
  list: (page: Page) => Promise<readonly Versioned<User>[]>,
): Promise<boolean> {
  for await (const page of pages(list, (other) => other.name))
    if (page.some((other) => other.role === user.role && other.id !== user.id)) return false;
  return true;
}
