import type { Mapping } from '../../domain/phone.ts';
import type { Json } from '../collection.ts';
import { present } from '../shown.ts';

export const presentMapping = ({ from, to, note }: Mapping): Json => present({ from, to, note });
