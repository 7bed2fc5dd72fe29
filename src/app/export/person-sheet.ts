import type { Person } from '../../domain/tenant.ts';
import { namesOf } from './names.ts';
import type { Sheet } from './sheet.ts';

export const personSheet: Sheet<Person> = {
  columns: ['tenant', 'name', 'displayName', 'email', 'groups', 'profile'],
  repository: ({ own }) => own.people,
  keyOf: (person) => person.name,
  rows: async (people, { own, tenant }) => {
    const group = namesOf(
      (id) => own.groups.byId(id),
      ({ name }) => name,
    );
    const profile = namesOf(
      (id) => own.profiles.byId(id),
      ({ name }) => name,
    );
    const rows: (string | undefined)[][] = [];
    for (const person of people) {
      const groups = await Promise.all(person.groups.map(group));
      const { name, displayName, email } = person;
      rows.push([tenant.name, name, displayName, email, groups.join(' '), await profile(person.profile)]);
    }
    return rows;
  },
};
