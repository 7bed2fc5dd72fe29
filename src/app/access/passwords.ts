/** Slow, salted hashing of passwords: the result says how it was made. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes as long for a hash that is not one. */
  matches(password: string, hash: string): Promise<boolean>;
}
